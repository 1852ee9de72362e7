import { expect, test } from 'vitest';
import { betaQuantile, logGamma, regularisedBeta } from '../../../src/campaign/statistics/beta.ts';
import { normalQuantile } from '../../../src/campaign/statistics/normal.ts';
import { sampleSize } from '../../../src/campaign/statistics/sample-size.ts';

// The same formula, rounded to the nearest, is tabled by Krejcie and Morgan, Determining sample size for research
// activities (1970), for a margin of 5 % and a confidence of 95 %; these rows round up.
test.each([
  [100, 80],
  [200, 132],
  [1000, 278],
  [5000, 357],
  [10_000, 370],
  [2 ** 53, 385],
])('of %i faults as many are drawn as published: %i', (population, size) => {
  expect(sampleSize({ population, margin: 0.05, confidence: 0.95, p: 0.5 })).toBe(size);
});

test('a sample is never larger than its population, and empty for none', () => {
  expect(sampleSize({ population: 3, margin: 0.001, confidence: 0.99, p: 0.5 })).toBe(3);
  expect(sampleSize({ population: 0, margin: 0.01, confidence: 0.99, p: 0.5 })).toBe(0);
});

test('a margin, a confidence or a share that is none is refused', () => {
  const choice = { population: 10, margin: 0.05, confidence: 0.95, p: 0.5 };
  expect(() => sampleSize({ ...choice, margin: 5 })).toThrow(
    'the margin of a sample must lie between 0 and 1, received 5',
  );
  expect(() => sampleSize({ ...choice, p: 0 })).toThrow('the p of a sample must lie between 0 and 1, received 0');
});

// NIST/SEMATECH e-Handbook, critical values of the normal distribution; more digits in Abramowitz and Stegun, Table 26.5.
test.each([
  [0.5, 0],
  [0.9, 1.2815515655],
  [0.975, 1.9599639845],
  [0.995, 2.5758293035],
  [0.9995, 3.2905267315],
  [0.025, -1.9599639845],
])('the normal quantile of %d is %d', (probability, z) => {
  expect(normalQuantile(probability)).toBeCloseTo(z, 9);
});

test('the beta function agrees with its closed forms', () => {
  for (const x of [0.01, 0.3, 0.5, 0.9]) {
    // The arcsine law, powers, and the symmetry of equal parameters.
    expect(regularisedBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
    expect(regularisedBeta(x, 7, 1)).toBeCloseTo(x ** 7, 13);
    expect(regularisedBeta(x, 1, 2.5)).toBeCloseTo(1 - (1 - x) ** 2.5, 13);
    expect(regularisedBeta(0.5, 1000 * x, 1000 * x)).toBeCloseTo(0.5, 10);
    expect(regularisedBeta(betaQuantile(x, 3.5, 80), 3.5, 80)).toBeCloseTo(x, 12);
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 13);
});
