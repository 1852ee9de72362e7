import { describe, expect, it, test } from 'vitest';
import { castTensor } from '../../src/dtype/cast.ts';
import { DTYPES, type Dtype, integerRange } from '../../src/dtype/dtype.ts';
import { CastingError, OperandError } from '../../src/errors.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

const float64 = (...values: number[]) => tensor('float64', [values.length], Float64Array.from(values));
const int64 = (...values: bigint[]) => tensor('int64', [values.length], BigInt64Array.from(values));

describe('casting', () => {
  test.each(DTYPES)('keeps the smallest and the largest value of %s', (dtype) => {
    const { min, max } = integerRange(dtype);
    const { data, type } = castTensor(int64(min, max, 0n), dtype, 'A');
    expect(type).toBe(dtype);
    expect(Array.from<number | bigint, bigint>(data, BigInt)).toEqual([min, max, 0n]);
  });

  it('takes whole numbers out of floating-point tensors', () => {
    expect([...castTensor(float64(-128, -0, 127), 'int8', 'A').data]).toEqual([-128, 0, 127]);
    expect([...castTensor(float64(2 ** 62), 'int64', 'C').data]).toEqual([2n ** 62n]);
  });

  it('hands back a tensor that has the dtype already', () => {
    const source = tensor('int8', [2, 2]);
    expect(castTensor(source, 'int8', 'A')).toBe(source);
  });

  test.each<[string, Tensor, Dtype, string]>([
    ['one above the largest', int64(0n, 128n), 'int8', 'A[1] = 128 does not fit int8 exactly'],
    ['one below the smallest', int64(-129n), 'int8', 'A[0] = -129 does not fit int8 exactly'],
    ['a negative value into unsigned', int64(-1n), 'uint16', 'A[0] = -1 does not fit uint16 exactly'],
    ['a fraction', float64(1, 0.5), 'int32', 'A[1] = 0.5 does not fit int32 exactly'],
    ['a fraction into 64 bits', float64(0.5), 'int64', 'A[0] = 0.5 does not fit int64 exactly'],
    ['no number', float64(Number.NaN), 'int8', 'A[0] = NaN does not fit int8 exactly'],
    ['infinity', float64(Number.NEGATIVE_INFINITY), 'int64', 'A[0] = -Infinity does not fit int64 exactly'],
    ['2^63', float64(2 ** 63), 'int64', 'A[0] = 9223372036854776000 does not fit int64 exactly'],
    [
      'a large unsigned value',
      tensor('uint64', [2, 1], BigUint64Array.from([0n, 2n ** 64n - 1n])),
      'int64',
      'A[1, 0] = 18446744073709551615 does not fit int64 exactly',
    ],
    [
      'a value inside a matrix',
      tensor('int16', [2, 3], Int16Array.from([0, 0, 0, 0, 300, 0])),
      'uint8',
      'A[1, 1] = 300 does not fit uint8 exactly',
    ],
  ])('refuses %s, naming the value, its index and the dtype', (_, source, dtype, message) => {
    expect(() => castTensor(source, dtype, 'A')).toThrow(new CastingError(message));
  });

  it('refuses truth values', () => {
    expect(() => castTensor(tensor('bool', [1]), 'int8', 'B')).toThrow(
      new OperandError('B must hold numbers, received bool'),
    );
  });
});
