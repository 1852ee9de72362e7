import { solveIncreasing } from './solve.ts';

/** Find x with I_x(a, b) = `probability`: the quantile of the beta distribution, for real a, b > 0. */
export function betaQuantile(probability: number, a: number, b: number): number {
  return solveIncreasing((x) => regularisedBeta(x, a, b) - probability, 0, 1);
}

/**
 * Compute the regularised incomplete beta function I_x(a, b) by the continued fraction of DLMF 8.17.22, which converges
 * fast for x below the mean (a + 1)/(a + b + 2), and above it by I_x(a, b) = 1 − I_{1−x}(b, a).
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(logFront) / a) * betaFraction(x, a, b);
}

/** Evaluate the continued fraction 1/(1 + d₁/(1 + d₂/(1 + …))) from the front (modified Lentz's method). */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; ; m++) {
    let factor = 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      factor *= c * d;
    }
    value *= factor;
    if (Math.abs(factor - 1) < 1e-15 || m === MOST_TERMS) return value;
  }
}

/** It takes about √max(a, b) terms. */
const MOST_TERMS = 1_000_000;

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** Where Stirling's series is exact to the last digits. */
const STIRLING_FROM = 15;
/** Coefficients of 1/x, 1/x³, … in Stirling's series (DLMF 5.11.1). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** Compute ln Γ(x) for x > 0: Stirling's series, reached from small x by Γ(x) = Γ(x + 1)/x. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < STIRLING_FROM; at++) product *= at;
  const series = STIRLING.reduceRight((sum, coefficient) => sum / at ** 2 + coefficient, 0) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
