import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Value } from '../../src/dtype/arithmetic.ts';
import { floatArithmetic } from '../../src/dtype/float-arithmetic.ts';
import { floatBits } from '../../src/dtype/float-bits.ts';
import {
  BFLOAT16,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  type FloatFormat,
  floatFormat,
  largestFinite,
  roundTo,
  smallestSubnormal,
} from '../../src/dtype/float-format.ts';

const FORMATS = [
  FLOAT32,
  FLOAT64,
  BFLOAT16,
  FLOAT16,
  floatFormat('tf32', 8, 10),
  floatFormat('toy', 5, 2),
  floatFormat('fine', 6, 23),
];
const CASES = FORMATS.map((format) => [format.name, format] as [string, FloatFormat]);

const CANONICAL_NAN: [FloatFormat, bigint][] = [
  [FLOAT32, 0x7fc00000n],
  [FLOAT64, 0x7ff8000000000000n],
  [BFLOAT16, 0x7fc0n],
  [FLOAT16, 0x7e00n],
];

describe.each(CASES)('a value of %s', (_, format) => {
  const { toBits, fromBits, masking, read, write } = floatBits(format);
  const all = (1n << BigInt(format.widthBits)) - 1n;
  const infinity = ((1n << BigInt(format.exponentBits)) - 1n) << BigInt(format.fractionBits);
  const anyBits = fc.oneof(
    fc.bigInt({ min: 0n, max: all }),
    fc.bigInt({ min: -9n, max: 9n }).map((step) => BigInt.asUintN(format.widthBits, infinity + step)),
    fc.constantFrom(0n, 1n, all, all ^ (all >> 1n)),
  );

  it('keeps all its bits, those of any NaN too', () => {
    fc.assert(
      fc.property(anyBits, (bits) => {
        expect(toBits(fromBits(bits))).toBe(bits);
      }),
    );
  });

  it('is the number that it stands for', () => {
    fc.assert(
      fc.property(anyBits, (bits) => {
        const value = fromBits(bits);
        if (typeof value === 'number') expect(roundTo(format)(value)).toBe(value);
        else expect(bits & infinity).toBe(infinity);
      }),
    );
  });

  it('is masked bit by bit', () => {
    fc.assert(
      fc.property(anyBits, anyBits, anyBits, (bits, keep, toggle) => {
        expect(toBits(masking(keep, toggle)(fromBits(bits)))).toBe((bits & keep) ^ toggle);
      }),
    );
  });

  it('goes into little-endian bytes and back', () => {
    const view = new DataView(new ArrayBuffer(16));
    fc.assert(
      fc.property(anyBits, fc.integer({ min: 0, max: 8 }), (bits, at) => {
        write(view, at, fromBits(bits));
        let written = 0n;
        for (let n = Math.ceil(format.widthBits / 8) - 1; n >= 0; n--) {
          written = (written << 8n) | BigInt(view.getUint8(at + n));
        }
        expect(written).toBe(bits);
        expect(read(view, at)).toEqual(fromBits(bits));
      }),
    );
  });

  it('has a smallest and a largest finite number beside it', () => {
    expect(toBits(smallestSubnormal(format))).toBe(1n);
    expect(toBits(largestFinite(format))).toBe(infinity - 1n);
    expect(toBits(-0)).toBe(all ^ (all >> 1n));
    expect(toBits(-Infinity)).toBe((all ^ (all >> 1n)) | infinity);
  });
});

test.each(CANONICAL_NAN)('NaN is the canonical quiet one (%o)', (format, bits) => {
  expect(floatBits(format).toBits(Number.NaN)).toBe(bits);
  expect(floatBits(format).fromBits(bits)).toBe(Number.NaN);
});

describe('the arithmetic of a PE', () => {
  const narrow = floatArithmetic({ operand: BFLOAT16, result: FLOAT32 });
  const bits = (widthBits: number) => ({ widthBits, signed: true });

  it('tells formats by their width', () => {
    expect(narrow.toBits(1.5, bits(16))).toBe(0x3fc0n);
    expect(narrow.toBits(1.5, bits(32))).toBe(0x3fc00000n);
    expect(narrow.masking(bits(16), 0x7fffn, 0x8000n)(1.5)).toBe(-1.5);
    expect(() => narrow.fromBits(0n, bits(8))).toThrow('8 bits are neither bfloat16 nor float32');
  });

  it.each<[x: Value, y: Value, sum: number]>([
    [-0, -0, -0],
    [0, -0, 0],
    [1, -1, 0],
    [Infinity, -Infinity, Number.NaN],
    [2 ** 24, 1, 2 ** 24],
    [2 ** 24, 3, 2 ** 24 + 4],
  ])('adds %d and %d to %d', (x, y, sum) => {
    expect(narrow.accumulate(x, y)).toBe(sum);
  });

  it('takes an odd NaN for a NaN', () => {
    const odd = narrow.fromBits(0xffc00001n, bits(32));
    expect(narrow.toBits(odd, bits(32))).toBe(0xffc00001n);
    expect(narrow.accumulate(odd, 1)).toBe(Number.NaN);
    expect(narrow.multiply(1, narrow.fromBits(0x7f81n, bits(16)))).toBe(Number.NaN);
  });

  it('refuses formats that do not go together', () => {
    expect(() => floatArithmetic({ operand: FLOAT16, result: BFLOAT16 })).toThrow(
      'float16 does not accumulate in bfloat16',
    );
    expect(() => floatArithmetic({ operand: FLOAT64, result: FLOAT32 })).toThrow(
      'float64 does not accumulate in float32',
    );
    expect(() => floatFormat('wide', 15, 112)).toThrow(
      'no arithmetic for 15 bits of exponent and 112 bits of fraction',
    );
  });
});
