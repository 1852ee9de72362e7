import { betaQuantile } from './beta.ts';
import { normalQuantile } from './normal.ts';

/** Rules for the interval of a proportion. */
export const INTERVAL_METHODS = ['wilson', 'clopper_pearson'] as const;
export type IntervalMethod = (typeof INTERVAL_METHODS)[number];

/** The two ends of an interval within [0, 1]. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Bound a proportion that was `estimate` in a sample worth `trials` independent ones, which may be any number above 0
 * and infinite.
 *
 * `wilson` is the score interval (Wilson, JASA 22, 1927); `clopper_pearson` the exact one (Biometrika 26, 1934), its
 * binomial tails as beta quantiles, so that both take a number of trials that is not whole (Korn and Graubard, Survey
 * Methodology 24, 1998).
 */
export function boundProportion(estimate: number, trials: number, confidence: number, method: IntervalMethod): Bounds {
  if (trials === Number.POSITIVE_INFINITY) return { lower: estimate, upper: estimate };
  return method === 'wilson' ? wilson(estimate, trials, confidence) : clopperPearson(estimate, trials, confidence);
}

function wilson(estimate: number, trials: number, confidence: number): Bounds {
  const z = normalQuantile((1 + confidence) / 2);
  const square = z ** 2 / trials;
  const middle = (estimate + square / 2) / (1 + square);
  const half = (z / (1 + square)) * Math.sqrt((estimate * (1 - estimate)) / trials + square / (4 * trials));
  // At 0 and 1 an end is the estimate itself, which rounding would miss.
  return {
    lower: estimate === 0 ? 0 : Math.max(0, middle - half),
    upper: estimate === 1 ? 1 : Math.min(1, middle + half),
  };
}

function clopperPearson(estimate: number, trials: number, confidence: number): Bounds {
  const tail = (1 - confidence) / 2;
  const hits = estimate * trials;
  const misses = (1 - estimate) * trials;
  return {
    lower: hits === 0 ? 0 : betaQuantile(tail, hits, misses + 1),
    // By the other tail, so that a small one keeps its digits.
    upper: misses === 0 ? 1 : 1 - betaQuantile(tail, misses, hits + 1),
  };
}
