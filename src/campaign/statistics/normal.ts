import { solveIncreasing } from './solve.ts';

/** Find z with Φ(z) = `probability`, which lies in (0, 1), to about 12 digits for |z| up to 5. */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  return solveIncreasing((z) => normalCdf(z) - probability, 0, 9);
}

/**
 * Compute Φ(z) by its Taylor series 1/2 + φ(z)·(z + z³/3 + z⁵/(3·5) + …), the terms of which all have one sign (Marsaglia,
 * Evaluating the Normal Distribution, Journal of Statistical Software 11, 2004).
 */
function normalCdf(z: number): number {
  let term = z;
  let sum = 0;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term;
    term *= z ** 2 / odd;
  }
  return 0.5 + (sum * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI);
}
