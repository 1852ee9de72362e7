import { EspalierError } from '../../errors.ts';
import { normalQuantile } from './normal.ts';

/** What the size of a sample follows from. */
export interface SampleSizeChoice {
  readonly population: number;
  /** How far an estimate may be off on either side, such as 0.01. */
  readonly margin: number;
  readonly confidence: number;
  /** The share that is expected; 0.5, which needs the most faults, when nothing is known. */
  readonly p: number;
}

/**
 * Compute how many faults to draw: n = N / (1 + e²·(N − 1)/(t²·p·(1 − p))), rounded up (Leveugle, Calvez, Maistri and
 * Vanhauwaert, Statistical fault injection: quantified error and confidence, DATE 2009).
 * @throws {EspalierError} for a margin, confidence or share that is not between 0 and 1.
 */
export function sampleSize({ population, margin, confidence, p }: SampleSizeChoice): number {
  for (const [name, value] of Object.entries({ margin, confidence, p })) {
    if (value > 0 && value < 1) continue;
    throw new EspalierError(`the ${name} of a sample must lie between 0 and 1, received ${value}`);
  }
  if (population === 0) return 0;
  const t = normalQuantile((1 + confidence) / 2);
  const size = population / (1 + (margin ** 2 * (population - 1)) / (t ** 2 * p * (1 - p)));
  return Math.min(population, Math.ceil(size));
}
