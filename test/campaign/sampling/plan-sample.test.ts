import { describe, expect, test } from 'vitest';
import type { CampaignSpec, SamplingSpec } from '../../../src/campaign/campaign-spec.ts';
import { allocateDraws } from '../../../src/campaign/sampling/allocate-draws.ts';
import { interleave, interleaveAfter } from '../../../src/campaign/sampling/interleave.ts';
import { planSample } from '../../../src/campaign/sampling/plan-sample.ts';
import { mayStop } from '../../../src/campaign/sampling/sequential.ts';

function plan(sampling: SamplingSpec, live: readonly number[], seed = 1) {
  const strata: CampaignSpec['strata'] = live.length > 1 ? ['layer'] : [];
  return planSample(
    { sampling, strata, confidence: 0.95, seed },
    { strata: () => live.map((size, n) => ({ label: `layer ${n}`, live: size, dead: 3 })) },
  );
}

function draws({ planned, indexOf }: ReturnType<typeof plan>): string[] {
  return Array.from({ length: planned }, (_, n) => {
    const { stratum, index } = indexOf(n);
    return `${stratum}:${index}`;
  });
}

const COUNT = { method: 'count', count: 12, each: false } as const;
const MARGIN = { method: 'margin', margin: 0.05, p: 0.5, each: false } as const;

test.each<[string, SamplingSpec, number[], number[]]>([
  ['all of every stratum', { method: 'exhaustive' }, [4, 0, 3], [4, 0, 3]],
  ['so many as are asked for', COUNT, [100], [12]],
  ['no more than there are', COUNT, [5], [5]],
  ['so many in proportion', COUNT, [100, 200, 300], [2, 4, 6]],
  ['so many in each stratum, and no more than it has', { ...COUNT, each: true }, [100, 5, 0], [12, 5, 0]],
  ['as many as a margin needs', MARGIN, [1000], [278]],
  ['as many as a margin needs of all', MARGIN, [500, 500], [139, 139]],
  ['as many as a margin needs in each', { ...MARGIN, each: true }, [1000, 100], [278, 80]],
  ['up to all, to be stopped before', { method: 'sequential', margin: 0.01 }, [40, 20], [40, 20]],
])('a sample takes %s', (_, sampling, live, planned) => {
  const sample = plan(sampling, live);
  expect(sample.strata.map((stratum) => stratum.planned)).toEqual(planned);
  expect(new Set(draws(sample)).size).toBe(sample.planned);
  for (const [n, stratum] of sample.strata.entries()) {
    const indices = Array.from({ length: sample.planned }, (_, at) => sample.indexOf(at)).filter(
      (at) => at.stratum === n,
    );
    expect(indices).toHaveLength(stratum.planned);
    expect(indices.every(({ index }) => index >= 0 && index < stratum.live)).toBe(true);
  }
});

test('an exhaustive one goes through every stratum in order', () => {
  expect(draws(plan({ method: 'exhaustive' }, [5]))).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4']);
});

test('another seed draws other faults, and the same seed the same', () => {
  expect(draws(plan(COUNT, [1000, 1000]))).toEqual(draws(plan(COUNT, [1000, 1000])));
  expect(draws(plan(COUNT, [1000, 1000]))).not.toEqual(draws(plan(COUNT, [1000, 1000], 2)));
});

test('the faults of a larger sample begin with those of a smaller one', () => {
  const large = draws(plan({ ...COUNT, count: 30 }, [1000]));
  expect(large.slice(0, 12)).toEqual(draws(plan(COUNT, [1000])));
});

describe('draws are shared out', () => {
  test.each([
    [10, [50, 30, 20], [5, 3, 2]],
    [10, [90, 10], [9, 1]],
    [4, [26, 26, 48], [1, 1, 2]],
    [5, [1000, 1, 1], [3, 1, 1]],
    [2, [1000, 1, 1], [2, 0, 0]],
    [3, [0, 5, 5], [0, 2, 1]],
    [100, [3, 4], [3, 4]],
    [0, [3, 4], [0, 0]],
  ])('%i among strata of %j', (count, sizes, shares) => {
    expect(allocateDraws(count, sizes)).toEqual(shares);
  });
});

describe('interleaved parts', () => {
  test.each([[[7]], [[3, 5]], [[0, 4, 1, 0, 9]], [[100, 1, 1, 30, 17, 0, 2]]])(
    'of %j have every turn once and in order',
    (lengths) => {
      const turn = interleave(lengths);
      const seen = lengths.map(() => 0);
      const all = lengths.reduce((a, b) => a + b);
      for (let n = 0; n < all; n++) {
        const { part, index } = turn(n);
        expect(index).toBe(seen[part]!++);
        for (const [at, length] of lengths.entries()) {
          expect(Math.abs(seen[at]! - ((n + 1) * length) / all)).toBeLessThanOrEqual(Math.log2(lengths.length) + 1);
        }
      }
      expect(seen).toEqual(lengths);
    },
  );

  test('are exact near 2^53', () => {
    const turn = interleave([2 ** 52 + 1, 2 ** 52 - 2]);
    expect([2, 3, 4, 5].map((back) => turn(2 ** 53 - back))).toEqual([
      { part: 0, index: 2 ** 52 },
      { part: 0, index: 2 ** 52 - 1 },
      { part: 1, index: 2 ** 52 - 3 },
      { part: 0, index: 2 ** 52 - 2 },
    ]);
  });
});

test('some numbers of each part come first, the rest in proportion', () => {
  const turn = interleaveAfter([1, 0, 4, 6], 2);
  const turns = Array.from({ length: 11 }, (_, n) => turn(n));
  expect(turns.slice(0, 5)).toEqual([
    { part: 0, index: 0 },
    { part: 2, index: 0 },
    { part: 2, index: 1 },
    { part: 3, index: 0 },
    { part: 3, index: 1 },
  ]);
  const indices = (part: number) => turns.filter((own) => own.part === part).map(({ index }) => index);
  expect([0, 1, 2, 3].map(indices)).toEqual([[0], [], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5]]);
  expect(() => turn(11)).toThrow(RangeError);
});

test('a sequential campaign stops where every outcome is known well enough', () => {
  expect(mayStop([{ margin: 0.01 }, { margin: 0.02 }], 0.02)).toBe(true);
  expect(mayStop([{ margin: 0.01 }, { margin: 0.02 }], 0.019)).toBe(false);
});
