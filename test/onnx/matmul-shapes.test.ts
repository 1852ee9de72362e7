import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.ts';
import { broadcast, indexIn, matmulShapes } from '../../src/onnx/lowering/matmul-shapes.ts';
import { elementCount } from '../../src/tensor/tensor.ts';
import { flat, indices } from './support/direct-conv.ts';
import { exactly, factorShapes, matmulOutputs, productShape } from './support/matmul-cases.ts';

describe('matmulShapes', () => {
  it('parts any product into matrix products that multiply what numpy.matmul multiplies', () => {
    fc.assert(
      fc.property(factorShapes(), (factors) => {
        const { shape, rows, inner, columns, products } = matmulShapes(factors.left, factors.right);
        expect(shape).toEqual(productShape(factors));
        const terms = products.flatMap(({ left, right }) =>
          indices([rows, columns]).map(([m, n]) =>
            Array.from({ length: inner }, (_, k) => ({
              left: flat([left, m!, k], [0, rows, inner]),
              right: flat([right, k, n!], [0, inner, columns]),
            })),
          ),
        );
        expect(terms).toEqual(Array.from(matmulOutputs(factors), (output) => output.terms));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['two matrices', [3, 4], [4, 5], [3, 5], 1, 3],
    ['a row', [4], [4, 5], [5], 1, 1],
    ['a column', [3, 4], [4], [3], 1, 3],
    ['two vectors', [4], [4], [], 1, 1],
    ['matrices stacked over one right factor', [2, 6, 3, 4], [4, 5], [2, 6, 3, 5], 1, 36],
    ['matrices stacked over a vector', [2, 3, 4], [4], [2, 3], 1, 6],
    ['matrices stacked over one right factor of more axes', [3, 3, 4], [1, 1, 4, 5], [1, 3, 3, 5], 1, 9],
    ['a matrix of its own for each', [2, 3, 4], [2, 4, 5], [2, 3, 5], 2, 3],
    ['one left factor for many right ones', [3, 4], [2, 4, 5], [2, 3, 5], 2, 3],
    ['a row for many right factors', [4], [2, 4, 5], [2, 5], 2, 1],
    ['leading axes that cross', [2, 1, 3, 4], [6, 4, 5], [2, 6, 3, 5], 12, 3],
    ['no matrices at all', [0, 3, 4], [2, 1, 4, 5], [2, 0, 3, 5], 0, 3],
  ] as const)('makes of %s the products that it says', (_, left, right, shape, count, rows) => {
    expect(matmulShapes(left, right)).toMatchObject({ shape, rows, inner: 4, columns: right.length === 1 ? 1 : 5 });
    expect(matmulShapes(left, right).products).toHaveLength(count);
  });

  it.each([
    [[], [4], 'A [] and B [4] cannot be multiplied: a scalar is no matrix'],
    [[4], [], 'A [4] and B [] cannot be multiplied: a scalar is no matrix'],
    [[3, 4], [5, 2], 'A [3,4] and B [5,2] cannot be multiplied: A has 4 columns, B 5 rows'],
    [[4], [5], 'A [4] and B [5] cannot be multiplied: A has 4 columns, B 5 rows'],
    [[2, 3, 4], [3, 4, 5], 'A [2,3,4] and B [3,4,5] cannot be multiplied: their leading axes do not broadcast'],
  ] as const)('does not multiply [%s] by [%s]', (left, right, message) => {
    expect(() => matmulShapes(left, right)).toThrow(new ModelError(message));
  });
});

describe('broadcast and indexIn', () => {
  const sides = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });

  it('broadcast to the longer of two sides, to none where neither is 1', () => {
    expect(broadcast([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
    expect(broadcast([], [2, 3])).toEqual([2, 3]);
    expect(broadcast([2, 3], [3, 3])).toBeNull();
  });

  it('find for every element of the whole the one that is repeated there', () => {
    fc.assert(
      fc.property(sides, fc.nat(4), fc.array(fc.boolean(), exactly(4)), (whole, cut, ones) => {
        const own = whole.map((side, axis) => (ones[axis] ? 1 : side)).slice(cut);
        const lost = whole.length - own.length;
        const expected = indices(whole).map((place) =>
          flat(
            own.map((side, axis) => (side === 1 ? 0 : place[lost + axis]!)),
            own,
          ),
        );
        expect(Array.from({ length: elementCount(whole) }, (_, n) => indexIn(own, whole, n))).toEqual(expected);
      }),
    );
  });
});
