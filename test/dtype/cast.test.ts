import { describe, expect, it, test } from 'vitest';
import { castTensor } from '../../src/dtype/cast.ts';
import { DTYPES, type Dtype, dtypeInfo, integerRange } from '../../src/dtype/dtype.ts';
import { CastingError, OperandError } from '../../src/errors.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';

const INTEGERS = DTYPES.filter((type) => dtypeInfo(type).kind === 'integer');

const float64 = (...values: number[]) => tensor('float64', [values.length], Float64Array.from(values));
const float32 = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values));
const int64 = (...values: bigint[]) => tensor('int64', [values.length], BigInt64Array.from(values));

describe('casting', () => {
  test.each(INTEGERS)('keeps the smallest and the largest value of %s', (dtype) => {
    const { min, max } = integerRange(dtype);
    const { data, type } = castTensor(int64(min, max, 0n), dtype, 'A');
    expect(type).toBe(dtype);
    expect(Array.from<number | bigint, bigint>(data, BigInt)).toEqual([min, max, 0n]);
  });

  it('keeps floating-point numbers that the dtype holds, bit for bit', () => {
    expect([...castTensor(float64(1.5, -0, 2 ** -149), 'float32', 'A').data]).toEqual([1.5, -0, 2 ** -149]);
    expect([...castTensor(float64(1.5, -0, Number.POSITIVE_INFINITY), 'bfloat16', 'A').data]).toEqual([
      0x3fc0, 0x8000, 0x7f80,
    ]);
    expect([...castTensor(float64(65504, 2 ** -24, Number.NaN), 'float16', 'A').data]).toEqual([
      0x7bff, 0x0001, 0x7e00,
    ]);
  });

  it('takes float32 into 16 bits, as files hold what is meant as bfloat16', () => {
    const values = float32(3.140625, -0, 2 ** 127, 2 ** -133);
    expect([...castTensor(values, 'bfloat16', 'A').data]).toEqual([0x4049, 0x8000, 0x7f00, 0x0001]);
    expect([...castTensor(float32(3.140625, -0, 65504), 'float16', 'A').data]).toEqual([0x4248, 0x8000, 0x7bff]);
  });

  test.each<[string, Tensor, Dtype, string]>([
    ['a digit too many for bfloat16', float32(1, 257), 'bfloat16', 'A[1] = 257 does not fit bfloat16 exactly'],
    [
      'an odd float32',
      float32(Math.fround(0.1)),
      'bfloat16',
      'A[0] = 0.10000000149011612 does not fit bfloat16 exactly',
    ],
    ['float32 below bfloat16', float32(2 ** -134), 'bfloat16', `A[0] = ${2 ** -134} does not fit bfloat16 exactly`],
    ['float32 beyond float16', float32(65536), 'float16', 'A[0] = 65536 does not fit float16 exactly'],
    ['a fraction of too many bits', float64(1, 0.1), 'float32', 'A[1] = 0.1 does not fit float32 exactly'],
    ['what overflows', float64(65505), 'float16', 'A[0] = 65505 does not fit float16 exactly'],
    ['what underflows', float64(2 ** -150), 'float32', `A[0] = ${2 ** -150} does not fit float32 exactly`],
    ['a large integer', int64(2n ** 53n + 1n), 'float64', 'A[0] = 9007199254740993 does not fit float64 exactly'],
  ])('never rounds %s', (_, source, dtype, message) => {
    expect(() => castTensor(source, dtype, 'A')).toThrow(new CastingError(message));
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
