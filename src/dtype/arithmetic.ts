import type { FloatFormat } from './float-format.ts';

/** How a value's bits are read: as floating point, else two's complement when signed. */
export interface NumberFormat {
  readonly widthBits: number;
  readonly signed: boolean;
  readonly float?: FloatFormat | null | undefined;
}

/**
 * A value of a node. Integers are numbers where all formats of the design fit doubles exactly, bigints otherwise;
 * floating-point values are numbers, beside odd NaNs (see `FloatBits`). Two values of a node are the same exactly if
 * `Object.is` says so: no integer is ever −0.
 */
export type Value = number | bigint;

/**
 * The bit-exact arithmetic of one PE. Integers are two's complement: the product is exact, the sum wraps modulo 2^W
 * of the accumulator. In floating point the product is rounded, then the sum.
 */
export interface Arithmetic<V extends Value> {
  readonly zero: V;
  /** Take an element as an `ElementStore` reads it. */
  of(element: Value): V;
  /** Multiply an a by a b into the product format. */
  multiply(a: V, b: V): V;
  /** Add a product to an accumulator value. */
  accumulate(c: V, product: V): V;
  /** Read the raw bits of a value in a format, as an unsigned number. */
  toBits(value: V, format: NumberFormat): bigint;
  /** Make the value that has the given bits; bits beyond the width are ignored. */
  fromBits(bits: bigint, format: NumberFormat): V;
  /** Make the function (v AND keep) XOR toggle on the bits of a format. */
  masking(format: NumberFormat, keep: bigint, toggle: bigint): (value: V) => V;
}

/** The formats of an array's operands, product and accumulator. */
export interface PeFormats {
  readonly a: NumberFormat;
  readonly b: NumberFormat;
  readonly product: NumberFormat;
  readonly c: NumberFormat;
}

/** Tell whether every product fits a double's 53 bits and every sum can be wrapped with 32-bit operators. */
export function fitsDoubles({ product, c }: PeFormats): boolean {
  return product.widthBits <= 52 && c.widthBits <= 32;
}

/** Choose doubles where they are exact, and bigints elsewhere. */
export function integerArithmetic(formats: PeFormats): Arithmetic<number> | Arithmetic<bigint> {
  return fitsDoubles(formats) ? doubleArithmetic(formats) : bigintArithmetic(formats);
}

/** Integer arithmetic on doubles; exact because |c + product| stays below 2^53. */
function doubleArithmetic({ c }: PeFormats): Arithmetic<number> {
  const wrapC = wrapTo(c);
  return {
    zero: 0,
    of: Number,
    // A product may be −0, which is no integer.
    multiply: (a, b) => a * b + 0,
    accumulate: (sum, product) => wrapC(sum + product),
    toBits: (value, { widthBits }) => BigInt.asUintN(widthBits, BigInt(value)),
    fromBits: (bits, format) => Number(interpret(bits, format)),
    masking(format, keep, toggle) {
      if (format.widthBits > 32) {
        return (value) => Number(interpret((BigInt(value) & keep) ^ toggle, format));
      }
      const wrap = wrapTo(format);
      const keepBits = Number(BigInt.asIntN(32, keep));
      const toggleBits = Number(BigInt.asIntN(32, toggle));
      return (value) => wrap((value & keepBits) ^ toggleBits);
    },
  };
}

function bigintArithmetic({ c }: PeFormats): Arithmetic<bigint> {
  return {
    zero: 0n,
    of: BigInt,
    multiply: (a, b) => a * b,
    accumulate: (sum, product) => interpret(sum + product, c),
    toBits: (value, { widthBits }) => BigInt.asUintN(widthBits, value),
    fromBits: (bits, format) => interpret(bits, format),
    masking: (format, keep, toggle) => (value) => interpret((value & keep) ^ toggle, format),
  };
}

/** Reduce an integer of at most 53 bits modulo 2^W into the range of a format of at most 32 bits. */
function wrapTo({ widthBits, signed }: NumberFormat): (value: number) => number {
  const shift = 32 - widthBits;
  return signed ? (value) => (value << shift) >> shift : (value) => (value << shift) >>> shift;
}

function interpret(bits: bigint, { widthBits, signed }: NumberFormat): bigint {
  return signed ? BigInt.asIntN(widthBits, bits) : BigInt.asUintN(widthBits, bits);
}
