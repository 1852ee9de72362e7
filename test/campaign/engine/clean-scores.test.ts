import { describe, expect, it } from 'vitest';
import { batchScores, cleanScores, compareScores } from '../../../src/campaign/engine/clean-scores.ts';
import { tensor } from '../../../src/tensor/tensor.ts';

const scoresOf = (...scores: number[]) => ({
  scores: tensor('float32', [1, scores.length], Float32Array.from(scores)),
});
const CLEAN = [7, 6, 5, 4, 3, 2, 1];

const CASES = [
  ['the same class on top', [9, 6, 5, 4, 3, 2, 1], { prediction: 0, sdc1: false, sdc5: false }],
  ['the fifth of the fault-free run on top', [7, 6, 5, 4, 9, 2, 1], { prediction: 4, sdc1: true, sdc5: false }],
  ['the sixth on top', [7, 6, 5, 4, 3, 9, 1], { prediction: 5, sdc1: true, sdc5: true }],
  ['no number where the top was', [Number.NaN, 6, 5, 4, 3, 2, 1], { prediction: 1, sdc1: true, sdc5: false }],
] as const;

describe('scores under a fault', () => {
  it.each(CASES)('with %s', (_, faulty, expected) => {
    const [clean] = cleanScores(scoresOf(...CLEAN), 1, 'logits');
    const { confidenceChange, ...judged } = compareScores(batchScores(scoresOf(...faulty)), 0, clean!, 'logits');
    expect(judged).toEqual(expected);
    expect(confidenceChange === null).toBe(Number.isNaN(faulty[0]));
  });

  it('tell how the confidence in the fault-free class changes, relative to what it was', () => {
    const [clean] = cleanScores(scoresOf(0.8, 0.2), 1, 'probabilities');
    expect(compareScores(batchScores(scoresOf(0.6, 0.4)), 0, clean!, 'probabilities').confidenceChange).toBeCloseTo(
      -0.25,
    );
  });
});
