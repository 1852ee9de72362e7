import type { Value } from '../dtype/arithmetic.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { floatBits } from '../dtype/float-bits.ts';
import { exponentBias, type FloatFormat, largestFinite, smallestSubnormal } from '../dtype/float-format.ts';
import type { Random } from './random.ts';

/** Draws elements of a dtype. */
export interface ElementDraw {
  /** Any element; finite, and half of the time near 1, in floating point. */
  any(random: Random): Value;
  /** An element at the edge of the range, or with a telling bit pattern. */
  edge(random: Random): Value;
}

/** Choose how elements of a dtype are drawn. */
export function elementDraw(type: Dtype): ElementDraw {
  const { widthBits, signed, float } = dtypeInfo(type);
  if (float) return floatDraw(float);
  const edges = edgeValues(type);
  const wrap = signed ? BigInt.asIntN : BigInt.asUintN;
  return {
    any: (random) => (widthBits > 32 ? wrap(widthBits, random.bits(widthBits)) : random.word()),
    edge: (random) => random.pick(edges),
  };
}

/**
 * The edges of a dtype. Integers: the smallest, the largest, 0, −1 (all bits set), 1 and the two alternating bit
 * patterns. Floating point: zeros, ones, the largest and smallest normal and subnormal numbers of both signs.
 */
export function edgeValues(type: Dtype): readonly Value[] {
  const { widthBits, signed, float } = dtypeInfo(type);
  if (float) return floatEdges(float);
  const all = (1n << BigInt(widthBits)) - 1n;
  const top = 1n << BigInt(widthBits - 1);
  const patterns = [signed ? top : 0n, signed ? top - 1n : all, 0n, all, 1n, all / 3n, all - all / 3n];
  const values = patterns.map((bits) => (signed ? BigInt.asIntN(widthBits, bits) : bits));
  return type === 'int64' ? values : values.map(Number);
}

function floatEdges(format: FloatFormat): number[] {
  const tiny = smallestSubnormal(format);
  const smallestNormal = tiny * 2 ** format.fractionBits;
  const afterOne = 1 + 2 ** -format.fractionBits;
  const positive = [0, 1, afterOne, largestFinite(format), smallestNormal, smallestNormal - tiny, tiny];
  return positive.flatMap((value) => [value, -value]);
}

/** Non-finite values spread through everything behind them, so they are rare. */
const NON_FINITE = [1, 40] as const;

/** How far from 1 the exponents of ordinary numbers lie, so that sums round and cancel. */
const NEAR_ONE = 3;

function floatDraw(format: FloatFormat): ElementDraw {
  const { fromBits } = floatBits(format);
  const edges = floatEdges(format);
  const bias = exponentBias(format);
  const { exponentBits, fractionBits } = format;
  return {
    any(random) {
      const exponent = random.chance(1, 2)
        ? bias + random.int(-NEAR_ONE, NEAR_ONE)
        : random.int(0, 2 ** exponentBits - 2);
      const sign = random.bits(1) << BigInt(exponentBits + fractionBits);
      return fromBits(sign | (BigInt(Math.max(0, exponent)) << BigInt(fractionBits)) | random.bits(fractionBits));
    },
    edge: (random) =>
      random.chance(...NON_FINITE) ? random.pick([Infinity, -Infinity, Number.NaN]) : random.pick(edges),
  };
}
