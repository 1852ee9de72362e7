import type { FloatFormat } from '../../src/dtype/float-format.ts';
import type { FloatUnit } from './build-floats.ts';
import type { OperationName } from './run-floats.ts';

/**
 * What IEEE 754-2019 says, computed with exact numbers and without a thought for speed: the result is the number of
 * the format that is nearest to the exact one; of two that are equally near it is the one whose last bit is 0; beyond
 * the largest number the next would be 2^(largest exponent + 1), and that is infinity. Nothing here is used by what
 * is tested.
 */
export interface Verdict {
  readonly bits: bigint;
  /** How the magnitude was rounded; null for what is not a finite number and for exact zeros. */
  readonly rounding: Rounding | null;
}

export const ROUNDINGS = ['exact', 'down', 'up', 'tie down', 'tie up'] as const;

export type Rounding = (typeof ROUNDINGS)[number];

/** (-1)^sign · digits · 2^exponent, infinite, or no number at all. */
interface Exact {
  readonly kind: 'finite' | 'infinite' | 'nan';
  readonly negative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

/** Compute a pair's result exactly and round it. */
export function judge({ operand, result }: FloatUnit, operation: OperationName, x: bigint, y: bigint): Verdict {
  const format = operation === 'multiply' ? operand : result;
  const exact = (operation === 'multiply' ? product : sum)(decode(x, format), decode(y, format));
  const sign = exact.negative ? 1n << BigInt(result.widthBits - 1) : 0n;
  if (exact.kind === 'nan') return { bits: quietNaN(result), rounding: null };
  if (exact.kind === 'infinite') return { bits: sign | infinity(result), rounding: null };
  if (exact.digits === 0n) return { bits: sign, rounding: null };
  const { pattern, rounding } = nearest(exact, result);
  return { bits: sign | pattern, rounding };
}

function product(x: Exact, y: Exact): Exact {
  const negative = x.negative !== y.negative;
  const nothing = { negative, digits: 0n, exponent: 0 };
  if (x.kind === 'nan' || y.kind === 'nan') return { kind: 'nan', ...nothing };
  if (x.kind === 'infinite' || y.kind === 'infinite') {
    const zero = [x, y].some(({ kind, digits }) => kind === 'finite' && digits === 0n);
    return { kind: zero ? 'nan' : 'infinite', ...nothing };
  }
  return { kind: 'finite', negative, digits: x.digits * y.digits, exponent: x.exponent + y.exponent };
}

function sum(x: Exact, y: Exact): Exact {
  if (x.kind === 'nan' || y.kind === 'nan') return { ...x, kind: 'nan' };
  if (x.kind === 'infinite' && y.kind === 'infinite') return x.negative === y.negative ? x : { ...x, kind: 'nan' };
  if (x.kind === 'infinite') return x;
  if (y.kind === 'infinite') return y;
  const exponent = Math.min(x.exponent, y.exponent);
  const [p, q] = [x, y].map((term) => {
    const digits = term.digits << BigInt(term.exponent - exponent);
    return term.negative ? -digits : digits;
  });
  const total = p! + q!;
  // An exact zero is positive, unless both terms are negative zeros.
  const negative = total === 0n ? x.negative && y.negative : total < 0n;
  return { kind: 'finite', negative, digits: total < 0n ? -total : total, exponent };
}

/** Find the patterns of magnitudes on both sides of a positive number by halving, and choose. */
function nearest(exact: Exact, format: FloatFormat): { pattern: bigint; rounding: Rounding } {
  let low = 0n;
  let high = infinity(format);
  if (compare(exact, magnitude(high, format)) >= 0) return { pattern: high, rounding: 'up' };
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (compare(exact, magnitude(middle, format)) >= 0) low = middle;
    else high = middle;
  }
  const [below, above] = [magnitude(low, format), magnitude(high, format)];
  if (compare(exact, below) === 0) return { pattern: low, rounding: 'exact' };
  const side = compare({ ...exact, exponent: exact.exponent + 1 }, sum(below, above));
  if (side !== 0) return side < 0 ? { pattern: low, rounding: 'down' } : { pattern: high, rounding: 'up' };
  return low % 2n === 0n ? { pattern: low, rounding: 'tie down' } : { pattern: high, rounding: 'tie up' };
}

/** Compare two magnitudes. */
function compare(x: Exact, y: Exact): number {
  const exponent = Math.min(x.exponent, y.exponent);
  const difference = (x.digits << BigInt(x.exponent - exponent)) - (y.digits << BigInt(y.exponent - exponent));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function decode(bits: bigint, format: FloatFormat): Exact {
  const signBit = 1n << BigInt(format.widthBits - 1);
  const pattern = bits % signBit;
  const negative = bits >= signBit;
  const top = infinity(format);
  const value = { ...magnitude(pattern, format), negative };
  return pattern < top ? value : { ...value, kind: pattern === top ? 'infinite' : 'nan' };
}

/** The number of a pattern without sign; the pattern of infinity is what would come after the largest number. */
function magnitude(pattern: bigint, { exponentBits, fractionBits }: FloatFormat): Exact {
  const one = 1n << BigInt(fractionBits);
  const field = Number(pattern / one);
  const digits = field === 0 ? pattern : (pattern % one) + one;
  const exponent = Math.max(field, 1) - (2 ** (exponentBits - 1) - 1) - fractionBits;
  return { kind: 'finite', negative: false, digits, exponent };
}

function infinity({ exponentBits, fractionBits }: FloatFormat): bigint {
  return ((1n << BigInt(exponentBits)) - 1n) << BigInt(fractionBits);
}

function quietNaN(format: FloatFormat): bigint {
  return infinity(format) | (1n << BigInt(format.fractionBits - 1));
}
