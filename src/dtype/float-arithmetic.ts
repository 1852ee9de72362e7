import type { Arithmetic, NumberFormat, Value } from './arithmetic.ts';
import { floatBits } from './float-bits.ts';
import { type FloatFormat, roundTo } from './float-format.ts';

/** The formats of a PE that computes in floating point: of both factors, and of product, accumulator and sum. */
export interface FloatPeFormats {
  readonly operand: FloatFormat;
  readonly result: FloatFormat;
}

/** A product or a sum of two numbers, rounded once to the format it is made for. */
export type FloatOperation = (x: number, y: number) => number;

/**
 * Make the function that multiplies two operands into a result format, rounded once (IEEE 754-2019, 5.4.1).
 *
 * The platform multiplies in binary64. Products into float64 are rounded there. All others come from significands of at
 * most 24 bits: the product has at most 48, which binary64 holds, and its exponent lies far within: from 2^-298
 * to 2^256 for float32. So the product is exact and is rounded once, to the result format.
 */
export function floatMultiply({ operand, result }: FloatPeFormats): FloatOperation {
  if (operand.widthBits === 64 && result.widthBits !== 64) {
    throw new RangeError(`products of float64 are not narrowed to ${result.name}`);
  }
  const round = roundTo(result);
  return result.widthBits === 64 ? (a, b) => a * b : (a, b) => round(a * b);
}

/**
 * Make the function that adds two numbers of a format (IEEE 754-2019, 5.4.1).
 *
 * The platform adds in binary64. For float64 that is all. Other sums are rounded twice, which is harmless: rounding
 * to P bits and then to p gives the same as rounding to p at once when P ≥ 2p + 2 and p-bit numbers are added or
 * multiplied (S. A. Figueroa, "When is double rounding innocuous?", SIGNUM Newsletter 30(3), 1995); here P = 53 and p
 * ≤ 24. The theorem knows no smallest exponent and needs none: both terms, and so the sum, are multiples of the
 * smallest subnormal, hence sums in the subnormal range are exact. Overflow depends on the rounded sum alone.
 */
export function floatAdd(format: FloatFormat): FloatOperation {
  const round = roundTo(format);
  return format.widthBits === 64 ? (x, y) => x + y : (x, y) => round(x + y);
}

/**
 * The arithmetic of a PE in floating point: the product is rounded, then the sum is rounded (nothing is fused); every
 * NaN that it makes is the canonical one. Values are numbers, beside odd NaNs (see `FloatBits`), which act like any
 * NaN.
 * @throws {RangeError} if both formats have the same width but are not the same, or an operand is wider than a result.
 */
export function floatArithmetic({ operand, result }: FloatPeFormats): Arithmetic<Value> {
  const sameWidth = operand.widthBits === result.widthBits;
  if (operand.widthBits > result.widthBits || (sameWidth && operand.fractionBits !== result.fractionBits)) {
    throw new RangeError(`${operand.name} does not accumulate in ${result.name}`);
  }
  const multiply = floatMultiply({ operand, result });
  const add = floatAdd(result);
  const operandBits = floatBits(operand);
  const resultBits = floatBits(result);
  const bitsOf = ({ widthBits }: NumberFormat) => {
    if (widthBits === result.widthBits) return resultBits;
    if (widthBits === operand.widthBits) return operandBits;
    throw new RangeError(`${widthBits} bits are neither ${operand.name} nor ${result.name}`);
  };
  return {
    zero: 0,
    of: (element) => element,
    multiply: (a, b) => (typeof a === 'number' && typeof b === 'number' ? multiply(a, b) : Number.NaN),
    accumulate: (c, product) => (typeof c === 'number' && typeof product === 'number' ? add(c, product) : Number.NaN),
    toBits: (value, format) => bitsOf(format).toBits(value),
    fromBits: (bits, format) => bitsOf(format).fromBits(bits),
    masking: (format, keep, toggle) => bitsOf(format).masking(keep, toggle),
  };
}
