import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperandError } from '../../src/errors.ts';
import { countCorrect, predictClasses } from '../../src/onnx/run/classes.ts';
import { countTopK } from '../../src/onnx/run/top-k.ts';
import { tensor } from '../../src/tensor/tensor.ts';

const SCORES = tensor('float32', [2, 4], Float32Array.of(1, 4, 3, 2, 5, 5, 5, Number.NaN));

/** Labels of both rows, and how many of them are among the 1, 2, 3 and 4 highest. */
const CASES: readonly (readonly [claim: string, labels: readonly [number, number], counts: readonly number[]])[] = [
  ['the highest, and the first of equal ones', [1, 0], [2, 2, 2, 2]],
  ['the second, and the second of equal ones', [2, 1], [0, 2, 2, 2]],
  ['the third, and the third of equal ones', [3, 2], [0, 0, 2, 2]],
  ['the lowest, and no number', [0, 3], [0, 0, 0, 2]],
];

describe('the labels count that are among the k highest:', () => {
  test.each(CASES)('%s', (_, labels, counts) => {
    expect([1, 2, 3, 4].map((k) => countTopK(SCORES, labels, k))).toEqual(counts);
    expect(countTopK(SCORES, labels, 100)).toBe(2);
  });

  test('16-bit floats by their numbers, 64-bit integers by theirs', () => {
    // -2, 1, 0.5 in bfloat16: as bits the first would be the highest.
    const halves = tensor('bfloat16', [1, 3], Uint16Array.of(0xc000, 0x3f80, 0x3f00));
    expect(predictClasses(halves)).toEqual([1]);
    expect([0, 1, 2].map((label) => countTopK(halves, [label], 2))).toEqual([0, 1, 1]);
    const wide = tensor('int64', [1, 2], BigInt64Array.of(2n ** 60n, 2n ** 60n + 1n));
    expect(countTopK(wide, [1], 1)).toBe(1);
  });

  test('the first is what predictClasses predicts, also where scores are equal or no numbers', () => {
    const score = fc.constantFrom(0, 1, 2, Number.NaN, -Infinity, Infinity);
    const row = fc.array(score, { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.nat(2), (rows, label) => {
        const scores = tensor('float32', [rows.length, 3], Float32Array.from(rows.flat()));
        const labels = tensor(
          'int32',
          [rows.length],
          Int32Array.from(rows, () => label),
        );
        expect(countTopK(scores, labels.data as Int32Array, 1)).toBe(countCorrect(predictClasses(scores), labels));
      }),
    );
  });
});

describe('one sentence refuses', () => {
  test.each([
    ['scores of one axis', [4], [0], 1, 'scores must be [N, classes], received [4]'],
    ['too few labels', [2, 2], [0], 1, 'the labels must be as many as the rows of scores, received 1 for 2'],
    ['a label that is no class', [2, 2], [0, 2], 1, 'a label must be a class from 0 to 1, received 2 at 1'],
    ['a k of 0', [1, 2], [0], 0, 'k must be a whole number from 1, received 0'],
  ])('%s', (_, shape, labels, k, sentence) => {
    expect(() => countTopK(tensor('float32', shape), labels, k)).toThrow(new OperandError(sentence));
  });
});
