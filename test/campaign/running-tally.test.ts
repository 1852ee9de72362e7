import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/campaign/outcome.ts';
import { RunningTally } from '../../src/campaign/running-tally.ts';

const MASKED: Outcome = {
  image: 0,
  fired: true,
  stage: 'array',
  maskedBefore: null,
  prediction: 1,
  sdc1: false,
  sdc5: false,
  confidenceChange: 0,
  nonFinite: false,
  corrupted: 0,
  pattern: null,
};

/** Two strata; the first `skewed` faults all come from the first one. */
function tallyOf(skewed: number): RunningTally {
  const strata = ['x', 'y'].map((label) => ({ label, live: 1000, dead: 0, planned: 1000 }));
  const indexOf = (n: number) => ({ stratum: n < skewed ? 0 : n % 2, index: n });
  return new RunningTally({ strata, indexOf }, { confidence: 0.95, confidenceChanges: [0.1] });
}

describe('the tally of a running campaign', () => {
  it('is not precise while a stratum was hardly drawn, however wide the margin', () => {
    const tally = tallyOf(200);
    for (let n = 0; n < 200; n++) tally.add(n, [MASKED]);
    expect(tally.isPrecise(0.6)).toBe(false);
    for (let n = 200; n < 400; n++) tally.add(n, [MASKED]);
    expect(tally.isPrecise(0.6)).toBe(true);
  });

  it('counts faults in the order of their numbers, and those that could not be run as none', () => {
    const tally = tallyOf(0);
    const checkpoints: number[] = [];
    for (let n = 199; n > 0; n--) tally.add(n, n === 7 ? [] : [MASKED], (counted) => checkpoints.push(counted));
    expect([tally.counted, checkpoints]).toEqual([0, []]);
    tally.add(0, [{ ...MASKED, stage: null, sdc1: true }], (counted) => checkpoints.push(counted));
    expect([tally.counted, checkpoints]).toEqual([200, [100, 200]]);
    expect(tally.sdc1.estimate).toBeCloseTo(1 / 200, 3);
    expect(tally.margin).toBeGreaterThan(0);
  });
});
