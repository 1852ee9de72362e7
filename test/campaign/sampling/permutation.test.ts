import { expect, test } from 'vitest';
import { permutation } from '../../../src/campaign/sampling/permutation.ts';

test('every number comes up once, for every size to 300 and some beyond', () => {
  for (const size of [...Array.from({ length: 300 }, (_, n) => n + 1), 4096, 9973, 65_537]) {
    const { at } = permutation(size, 7);
    const found = Array.from({ length: size }, (_, n) => at(n)).sort((p, q) => p - q);
    expect(
      found.every((number, n) => number === n),
      `size ${size}`,
    ).toBe(true);
  }
});

test('a size of 2^53 is permuted without repetition', () => {
  const { at } = permutation(2 ** 53, 'large');
  const found = Array.from({ length: 10_000 }, (_, n) => at(n));
  expect(new Set(found).size).toBe(10_000);
  expect(found.every((number) => Number.isSafeInteger(number) && number >= 0)).toBe(true);
});

test('the same size and key give the same numbers for ever', () => {
  const first = (size: number, key: string | number) => [0, 1, 2, 3, 4].map((n) => permutation(size, key).at(n));
  expect(first(1000, 42)).toEqual([508, 236, 352, 576, 666]);
  expect(first(1000, 43)).toEqual([392, 773, 113, 606, 131]);
  expect(first(2 ** 40, 'layer conv1')).toEqual([
    597054968981, 662822963421, 275048131710, 1093235217556, 398895290284,
  ]);
});

/** Pearson's sum of (found − expected)²/expected for counts that are expected to be equal. */
function chiSquare(counts: readonly number[]): number {
  const mean = counts.reduce((a, b) => a + b) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

/** Far beyond the 99.99th percentile of chi-square with so many degrees of freedom (Wilson and Hilferty 1931). */
function tooUneven(degrees: number): number {
  return degrees * (1 - 2 / (9 * degrees) + 3.72 * Math.sqrt(2 / (9 * degrees))) ** 3;
}

test('the first numbers of a large permutation lie evenly, and so do the steps between them', () => {
  const size = 1_000_003;
  const { at } = permutation(size, 'even');
  const places = Array<number>(50).fill(0);
  const steps = Array<number>(50).fill(0);
  for (let n = 0; n < 20_000; n++) {
    places[Math.floor((at(n) * 50) / size)]!++;
    steps[Math.floor((((at(n + 1) - at(n) + size) % size) * 50) / size)]!++;
  }
  expect(chiSquare(places)).toBeLessThan(tooUneven(49));
  expect(chiSquare(steps)).toBeLessThan(tooUneven(49));
});

test.each([3, 4, 5])('all orders of %i numbers come up equally often over many keys', (size) => {
  const orders = new Map<string, number>();
  const keys = 24_000;
  for (let key = 0; key < keys; key++) {
    const { at } = permutation(size, key);
    const order = Array.from({ length: size }, (_, n) => at(n)).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  const count = { 3: 6, 4: 24, 5: 120 }[size]!;
  expect(orders.size).toBe(count);
  expect(chiSquare([...orders.values()])).toBeLessThan(tooUneven(count - 1));
});

test('a place outside is refused', () => {
  expect(() => permutation(10, 1).at(10)).toThrow('no place 10 among 10 numbers');
});
