import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { edgeValues } from '../../src/check/draw-element.ts';
import { DTYPES, type Dtype, dtypeInfo } from '../../src/dtype/dtype.ts';
import { multiplyAdd } from '../../src/sim/reference.ts';
import { allocate, tensor } from '../../src/tensor/tensor.ts';

const INTEGERS = DTYPES.filter((type) => dtypeInfo(type).kind === 'integer');

const COMBINATIONS: [a: Dtype, b: Dtype, c: Dtype][] = INTEGERS.flatMap((a) =>
  INTEGERS.flatMap((b) => INTEGERS.map((c): [Dtype, Dtype, Dtype] => [a, b, c])),
);

/** Fill a matrix with edge values picked by the given numbers. */
function matrix(type: Dtype, rows: number, columns: number, picks: readonly number[]) {
  const edges = edgeValues(type);
  const data = allocate(type, rows * columns);
  for (let n = 0; n < data.length; n++) data[n] = edges[picks[n % picks.length]! % edges.length]!;
  return tensor(type, [rows, columns], data);
}

describe('the reference', () => {
  it.each(['int8', 'uint8', 'int64'] as const)('reads rows and columns of %s as A (M×K), B (K×N), C (M×N)', (type) => {
    const of = (values: number[]) => {
      const data = allocate(type, values.length);
      values.forEach((value, n) => {
        data[n] = (type === 'int64' ? BigInt(value) : value) as never;
      });
      return data;
    };
    const a = tensor(type, [2, 3], of([1, 2, 3, 4, 5, 6]));
    const b = tensor(type, [3, 1], of([1, 0, 2]));
    expect(
      Array.from<number | bigint, number>(
        multiplyAdd(a, b, of([1, 2]), { types: { a: type, b: type, c: type } }, { start: 0, end: 3 }),
        Number,
      ),
    ).toEqual([8, 18]);
    expect(
      Array.from<number | bigint, number>(
        multiplyAdd(a, b, of([1, 2]), { types: { a: type, b: type, c: type } }, { start: 1, end: 2 }),
        Number,
      ),
    ).toEqual([1, 2]);
  });

  test('is exact modulo 2^W for extreme values of all combinations of dtypes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMBINATIONS),
        fc.array(fc.nat(6), { minLength: 5, maxLength: 9 }),
        fc.integer({ min: 1, max: 4 }),
        ([typeA, typeB, typeC], picks, inner) => {
          const a = matrix(typeA, 2, inner, picks);
          const b = matrix(typeB, inner, 3, picks.slice(1));
          const c = matrix(typeC, 2, 3, picks.slice(2));
          const { widthBits, signed } = dtypeInfo(typeC);
          const expected = Array.from({ length: 6 }, (_, at) => {
            let sum = BigInt(c.data[at]!);
            for (let k = 0; k < inner; k++) {
              sum += BigInt(a.data[Math.floor(at / 3) * inner + k]!) * BigInt(b.data[k * 3 + (at % 3)]!);
            }
            return signed ? BigInt.asIntN(widthBits, sum) : BigInt.asUintN(widthBits, sum);
          });
          const result = multiplyAdd(
            a,
            b,
            c.data,
            { types: { a: typeA, b: typeB, c: typeC } },
            { start: 0, end: inner },
          );
          expect(result.constructor).toBe(c.data.constructor);
          expect(Array.from<number | bigint, bigint>(result, BigInt)).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
