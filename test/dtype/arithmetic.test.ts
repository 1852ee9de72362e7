import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type Arithmetic,
  fitsDoubles,
  integerArithmetic,
  type NumberFormat,
  type Value,
} from '../../src/dtype/arithmetic.ts';
import { DTYPES, type Dtype, defaultAccumulator, dtypeInfo, integerRange, isDtype } from '../../src/dtype/dtype.ts';

const COMBINATIONS: [a: Dtype, b: Dtype, c: Dtype][] = [
  ['int8', 'int8', 'int32'],
  ['uint8', 'int8', 'int16'],
  ['uint8', 'uint8', 'uint8'],
  ['uint16', 'uint16', 'int32'],
  ['int32', 'int16', 'int32'],
  ['int16', 'int16', 'int64'],
  ['int32', 'int32', 'int64'],
  ['int64', 'int64', 'int64'],
  ['int64', 'uint8', 'int32'],
];

const formatsOf = (a: Dtype, b: Dtype, c: Dtype) => {
  const product = {
    widthBits: dtypeInfo(a).widthBits + dtypeInfo(b).widthBits,
    signed: dtypeInfo(a).signed || dtypeInfo(b).signed,
  };
  return { a: dtypeInfo(a), b: dtypeInfo(b), c: dtypeInfo(c), product };
};

const wrap = (value: bigint, { widthBits, signed }: NumberFormat) =>
  signed ? BigInt.asIntN(widthBits, value) : BigInt.asUintN(widthBits, value);

/** Values of a dtype with its extremes among them. */
const valuesOf = (dtype: Dtype) => {
  const { min, max } = integerRange(dtype);
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n));
};

describe('integer arithmetic', () => {
  test.each(COMBINATIONS)('of %s × %s into %s gives exact products and sums modulo 2^W', (a, b, c) => {
    const formats = formatsOf(a, b, c);
    const arithmetic = integerArithmetic(formats) as Arithmetic<Value>;
    fc.assert(
      fc.property(valuesOf(a), valuesOf(b), valuesOf(c), (x, y, z) => {
        const [p, q, r] = [x, y, z].map((value) => arithmetic.fromBits(value, { widthBits: 65, signed: true }));
        const product = arithmetic.multiply(p!, q!);
        expect(BigInt(product)).toBe(x * y);
        expect(BigInt(arithmetic.accumulate(r!, product))).toBe(wrap(z + x * y, formats.c));
      }),
    );
  });

  test.each(COMBINATIONS)('of %s × %s into %s masks the bits of every format', (a, b, c) => {
    const formats = formatsOf(a, b, c);
    const arithmetic = integerArithmetic(formats) as Arithmetic<Value>;
    const bits = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
    fc.assert(
      fc.property(fc.constantFrom('a', 'b', 'c', 'product'), bits, bits, bits, (node, value, keep, toggle) => {
        const format = formats[node as keyof typeof formats];
        const before = arithmetic.fromBits(value, format);
        expect(arithmetic.toBits(before, format)).toBe(BigInt.asUintN(format.widthBits, value));
        const after = arithmetic.masking(format, keep, BigInt.asUintN(format.widthBits, toggle))(before);
        expect(BigInt(after)).toBe(wrap((BigInt(before) & keep) ^ BigInt.asUintN(format.widthBits, toggle), format));
      }),
    );
  });

  test.each<[Dtype, Dtype, Dtype, boolean]>([
    ['int8', 'int8', 'int32', true],
    ['int32', 'int16', 'int32', true],
    ['int32', 'int32', 'int32', false],
    ['int8', 'int8', 'int64', false],
  ])('of %s × %s into %s fits doubles: %s', (a, b, c, fits) => {
    expect(fitsDoubles(formatsOf(a, b, c))).toBe(fits);
  });
});

describe('a dtype', () => {
  test.each<[Dtype, bigint, bigint]>([
    ['int8', -128n, 127n],
    ['uint8', 0n, 255n],
    ['int16', -32768n, 32767n],
    ['uint16', 0n, 65535n],
    ['int32', -2147483648n, 2147483647n],
    ['int64', -9223372036854775808n, 9223372036854775807n],
  ])('%s reaches from %i to %i', (dtype, min, max) => {
    expect(integerRange(dtype)).toEqual({ min, max });
  });

  test.each<[Dtype, Dtype, Dtype]>([
    ['int8', 'int8', 'int32'],
    ['uint8', 'int8', 'int32'],
    ['int16', 'int8', 'int64'],
    ['uint16', 'uint16', 'int64'],
    ['int64', 'int64', 'int64'],
  ])('%s with %s accumulates in %s unless told otherwise', (a, b, c) => {
    expect(defaultAccumulator(a, b)).toBe(c);
  });

  it('is known by its name alone', () => {
    expect(DTYPES.every(isDtype)).toBe(true);
    expect(['int4', 'INT8', ''].some(isDtype)).toBe(false);
  });
});
