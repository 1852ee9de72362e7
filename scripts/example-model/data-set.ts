import { drawDigit, SIDE } from './draw.ts';
import { randomFrom } from './random.ts';

/** Drawn digits and what they are. */
export interface DataSet {
  readonly count: number;
  /** count × SIDE × SIDE pixels, 0 … 1. */
  readonly images: Float32Array;
  readonly labels: Uint8Array;
}

/** What each part of the data is drawn from; no part shares a seed with another. */
export const SEEDS = { training: 1, calibration: 2, test: 3, shipped: 4, weights: 5 } as const;

/** Draw `count` digits, each of the ten equally often and in turn. */
export function drawDataSet(count: number, seed: number): DataSet {
  const random = randomFrom(seed);
  const images = new Float32Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  labels.forEach((digit, i) => {
    images.set(drawDigit(digit, random), i * SIDE * SIDE);
  });
  return { count, images, labels };
}
