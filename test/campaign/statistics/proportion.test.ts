import { describe, expect, test } from 'vitest';
import { INTERVAL_METHODS, type IntervalMethod } from '../../../src/campaign/statistics/interval.ts';
import { effectiveSize, proportionInterval, type StratumSample } from '../../../src/campaign/statistics/proportion.ts';
import { type Random, randomStream } from '../../../src/check/random.ts';

/** So large that no correction for a finite population shows. */
const ENDLESS = 2 ** 53;
const NOTHING_KNOWN = { size: 0, sum: 0 };

function hits(sum: number, drawn: number, size = ENDLESS): StratumSample {
  return { size, drawn, sum, sumOfSquares: sum };
}

function interval(strata: StratumSample[], method: IntervalMethod = 'wilson', known = NOTHING_KNOWN) {
  return proportionInterval(strata, known, 0.95, method);
}

// Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), Table I.
test.each([
  [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
  [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
  [0, 20, [0, 0.1611], [0, 0.1684]],
  [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
] as const)(
  '%i of %i faults with one image each give the published intervals',
  (sum, drawn, wilson, clopperPearson) => {
    const rounded = (method: IntervalMethod) => {
      const { lower, upper } = interval([hits(sum, drawn)], method);
      return [lower, upper].map((end) => Number(end.toFixed(4)));
    };
    expect(rounded('wilson')).toEqual(wilson);
    expect(rounded('clopper_pearson')).toEqual(clopperPearson);
  },
);

/** P(X ≥ hits) of a binomial distribution with the probability n / 2^40, in exact rationals. */
function upperTail(least: number, trials: number, probability: number): number {
  const one = 1n << 40n;
  const p = BigInt(Math.round(probability * 2 ** 40));
  let tail = 0n;
  let choose = 1n;
  for (let k = 0; k <= trials; k++) {
    if (k >= least) tail += choose * p ** BigInt(k) * (one - p) ** BigInt(trials - k);
    choose = (choose * BigInt(trials - k)) / BigInt(k + 1);
  }
  return Number((tail << 60n) / one ** BigInt(trials)) / 2 ** 60;
}

test.each([
  [1, 5],
  [3, 10],
  [50, 100],
  [2, 250],
])(
  'the Clopper-Pearson interval of %i out of %i leaves a fortieth of the exact binomial on either side',
  (sum, drawn) => {
    const { lower, upper } = interval([hits(sum, drawn)], 'clopper_pearson');
    expect(upperTail(sum, drawn, lower)).toBeCloseTo(0.025, 9);
    expect(1 - upperTail(sum + 1, drawn, upper)).toBeCloseTo(0.025, 9);
  },
);

describe('the effective size of a sample', () => {
  test.each([
    [30, 100, 1000],
    [0, 100, 1000],
    [100, 100, 1000],
    [1, 3, 5],
  ])('is n(N − 1)/(N − n) when faults are all or nothing: %i of %i drawn from %i', (sum, drawn, size) => {
    expect(effectiveSize([hits(sum, drawn, size)])).toBeCloseTo((drawn * (size - 1)) / (size - drawn), 8);
  });

  test('counts every image where the images of a fault are independent', () => {
    // 400 faults of which 200 hit 2 and 200 hit 4 of 10 images: a variance of 0.01 instead of 0.21.
    const shares = { size: ENDLESS, drawn: 400, sum: 200 * 0.2 + 200 * 0.4, sumOfSquares: 200 * 0.04 + 200 * 0.16 };
    expect(effectiveSize([shares]) / 400).toBeGreaterThan(18);
    expect(effectiveSize([shares]) / 400).toBeLessThan(21);
  });

  test('is not raised by one fault with one image of a hundred', () => {
    expect(effectiveSize([{ size: ENDLESS, drawn: 100, sum: 0.01, sumOfSquares: 0.0001 }])).toBeLessThan(102);
  });

  test('is that of the whole sample where strata are alike', () => {
    expect(effectiveSize([hits(500, 1000), hits(500, 1000), hits(500, 1000)])).toBeCloseTo(3000, -1);
  });

  test('grows by what strata know, and not by strata of one fault each', () => {
    expect(effectiveSize([hits(0, 100), hits(100, 100)])).toBeGreaterThan(1000);
    expect(effectiveSize(Array.from({ length: 100 }, (_, n) => hits(n % 2, 1, 1000)))).toBeLessThan(101);
  });
});

describe.each(INTERVAL_METHODS)('the %s interval', (method) => {
  test('is a point when every fault is drawn', () => {
    const strata = [{ size: 10, drawn: 10, sum: 2.5, sumOfSquares: 1 }, hits(1, 1, 1)];
    expect(interval(strata, method)).toEqual({ estimate: 3.5 / 11, lower: 3.5 / 11, upper: 3.5 / 11, margin: 0 });
  });

  test('holds what is known of faults that are not run, and is narrower for it', () => {
    const alone = interval([hits(10, 100, 1000)], method);
    const { estimate, lower, upper } = interval([hits(10, 100, 1000)], method, { size: 3000, sum: 1500 });
    expect(estimate).toBeCloseTo((100 + 1500) / 4000, 12);
    expect(lower).toBeCloseTo((1000 * alone.lower + 1500) / 4000, 12);
    expect(upper).toBeCloseTo((1000 * alone.upper + 1500) / 4000, 12);
  });

  test('reaches from none to all of a stratum of which nothing is drawn', () => {
    const half = interval([hits(10, 100, 1000)], method);
    const { lower, upper, estimate } = interval([hits(10, 100, 1000), hits(0, 0, 1000)], method);
    expect([lower, upper, estimate]).toEqual([half.lower / 2, (half.upper + 1) / 2, half.estimate]);
    expect(interval([hits(0, 0, 7)], method)).toEqual({ estimate: 0.5, lower: 0, upper: 1, margin: 0.5 });
  });

  test('never contradicts what was seen', () => {
    expect(interval([hits(9, 9, 10)], method)).toMatchObject({ upper: 1 });
    expect(interval([hits(9, 9, 10)], method).lower).toBeGreaterThanOrEqual(0.9);
    expect(interval([hits(0, 9, 10)], method).upper).toBeLessThanOrEqual(0.1);
  });
});

test.each([
  [
    [hits(0, 2, 1)],
    NOTHING_KNOWN,
    0.95,
    'a sample has at most all faults and shares from 0 to 1, received 2 of 1 faults with shares of sum 0 and of squares 0',
  ],
  [
    [hits(3, 2)],
    NOTHING_KNOWN,
    0.95,
    `a sample has at most all faults and shares from 0 to 1, received 2 of ${ENDLESS} faults with shares of sum 3 and of squares 3`,
  ],
  [
    [],
    { size: 3, sum: 4 },
    0.95,
    'a sample has at most all faults and shares from 0 to 1, received 3 of 3 faults with shares of sum 4 and of squares 0',
  ],
  [[hits(1, 2)], NOTHING_KNOWN, 95, 'a confidence must lie between 0 and 1, received 95'],
  [[], NOTHING_KNOWN, 0.95, 'a share needs a population, received one of no faults'],
] as const)('%j with %j known and confidence %d is refused', (strata, known, confidence, message) => {
  expect(() => proportionInterval(strata, known, confidence, 'wilson')).toThrow(message);
});

/** A population of faults in strata: each fault hits a share of 5 images. */
interface World {
  readonly strata: readonly { readonly shares: readonly number[]; readonly drawn: number }[];
}

function worldOf(
  random: Random,
  strata: readonly { size: number; drawn: number; certain: number; chance: number }[],
): World {
  return {
    strata: strata.map(({ size, drawn, certain, chance }) => ({
      drawn,
      shares: Array.from({ length: size }, () => {
        // Some faults hit all images, the others each image by chance.
        if (random.chance(certain, 100)) return 1;
        return Array.from({ length: 5 }, () => Number(random.chance(chance, 100))).reduce((a, b) => a + b) / 5;
      }),
    })),
  };
}

function drawFrom(random: Random, shares: readonly number[], drawn: number): StratumSample {
  const pool = [...shares];
  let [sum, sumOfSquares] = [0, 0];
  for (let n = 0; n < drawn; n++) {
    const at = random.int(n, pool.length - 1);
    [pool[n], pool[at]] = [pool[at]!, pool[n]!];
    sum += pool[n]!;
    sumOfSquares += pool[n]! ** 2;
  }
  return { size: shares.length, drawn, sum, sumOfSquares };
}

test.each([
  ['a simple random sample of faults', [{ size: 3000, drawn: 150, certain: 5, chance: 10 }]],
  ['most of a small population', [{ size: 80, drawn: 60, certain: 10, chance: 20 }]],
  ['an outcome that is rare', [{ size: 5000, drawn: 300, certain: 1, chance: 0 }]],
  [
    'strata that differ',
    [
      { size: 2000, drawn: 60, certain: 0, chance: 3 },
      { size: 500, drawn: 60, certain: 30, chance: 50 },
      { size: 100, drawn: 60, certain: 90, chance: 50 },
    ],
  ],
  ['many strata of two faults', Array.from({ length: 60 }, (_, n) => ({ size: 40, drawn: 2, certain: n, chance: 5 }))],
])('the intervals hold the true share as often as they say: %s', (name, strata) => {
  const seed = 20090420;
  const random = randomStream(seed, name);
  const world = worldOf(random, strata);
  const all = world.strata.flatMap(({ shares }) => shares);
  const truth = all.reduce((a, b) => a + b) / all.length;
  for (const method of INTERVAL_METHODS) {
    const trials = 1000;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { lower, upper } = interval(
        world.strata.map(({ shares, drawn }) => drawFrom(random, shares, drawn)),
        method,
      );
      if (lower <= truth && truth <= upper) held++;
    }
    expect(held / trials, `${method}, seed ${seed}`).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / trials));
  }
});
