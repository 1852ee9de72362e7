import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSample } from '../../src/campaign/sampling/plan-sample.ts';
import { type Census, DESIGNS, measureCoverage, takeCensus } from './support/coverage.ts';

// So many that an interval of 95 % is not seen below 90 % by chance: of 100 samples it now and then is.
const SEEDS = 1000;
const USUAL = { seeds: SEEDS, faults: 100, confidence: 0.95 };

let census: Census;

beforeAll(async () => {
  census = await takeCensus(6);
});

afterAll(() => census.campaign.close());

/** The lowest coverage of both intervals over the classes of which some outcomes are. */
function lowest(options: Parameters<typeof measureCoverage>[1]): number {
  return Math.min(...measureCoverage(census, options).flatMap(({ covered }) => Object.values(covered))) / options.seeds;
}

describe('intervals of sampled campaigns', () => {
  it('are tested on a population of which every fault was run, with outcomes of all classes', () => {
    const { campaign, classes } = census;
    expect(classes.size).toBe(campaign.population.live);
    expect(classes.size).toBeGreaterThan(1000);
    const shares = measureCoverage(census, { ...USUAL, design: 'simple random', seeds: 1 }).map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(shares.filter((share) => share > 0.01 && share < 0.99).length).toBeGreaterThan(2);
  });

  it.each(DESIGNS)('hold the true share of every class in nine samples of ten and more: %s', (design) => {
    expect(lowest({ ...USUAL, design })).toBeGreaterThanOrEqual(0.9);
  });

  it('would be seen to be too narrow', () => {
    expect(lowest({ ...USUAL, design: 'simple random', confidence: 0.7 })).toBeLessThan(0.9);
  });

  it('would be seen to come from a sample that is not random', () => {
    const plan: typeof planSample = (spec, population) => {
      const sample = planSample(spec, population);
      // Neighbours in the population are alike.
      return { ...sample, indexOf: (n) => ({ stratum: 0, index: (sample.indexOf(0).index + n) % 1000 }) };
    };
    expect(lowest({ ...USUAL, design: 'simple random', plan })).toBeLessThan(0.9);
  });
});
