import { exponentBias, type FloatFormat } from '../../src/dtype/float-format.ts';

/**
 * The pairs that floating-point operations are tried on, as cosim/float/operands.h draws them in C++: a pure function
 * of the seed and the pair's number. Numbers are put together from fields, so nothing of what is tested is used.
 */
interface Fields {
  sign: number;
  exponent: number;
  fraction: number;
}

/** The bits of a pair: 32 bits each, above them (where a format is wider) 32 more. */
export interface Pair {
  xLow: number;
  xHigh: number;
  yLow: number;
  yHigh: number;
}

const SPECIALS = 42;

/** Make the function that draws the pair of a number into the pair given. */
export function drawOperands(
  terms: FloatFormat,
  result: FloatFormat,
  seed: number,
): (number: number, pair: Pair) => void {
  const f = terms.fractionBits;
  const one = 2 ** f;
  const bias = exponentBias(terms);
  const top = 2 ** terms.exponentBits - 1;
  const resultBias = exponentBias(result);
  const resultTop = 2 ** result.exponentBits - 1;
  const r = new Uint32Array(8);
  const x: Fields = { sign: 0, exponent: 0, fraction: 0 };
  const y: Fields = { sign: 0, exponent: 0, fraction: 0 };
  const specials = specialMagnitudes(bias, top, f, one);

  const within = (exponent: number) => (exponent < 0 ? 0 : exponent > top ? top : exponent);
  const partner = (exponent: number, wanted: number) => within(wanted - resultBias + 2 * bias - exponent);
  const exponentOf = (word: number) => (word & 0xffff) % (top + 1);
  const corners = [0, 0, 1, 2, bias, bias + 1, top - 2, top - 1];

  const fractionOf = (kind: number, high: number, low: number): number => {
    const bit = 2 ** (high % f);
    switch (kind & 15) {
      case 0:
        return 0;
      case 1:
        return 1;
      case 2:
        return one - 1;
      case 3:
        return one - 2;
      case 4:
        return one / 2;
      case 5:
        return one / 2 - 1;
      case 6:
        return one / 2 + 1;
      case 7:
        return bit;
      case 8:
        return bit - 1;
      case 9:
        return one - bit;
      default:
        return f > 32 ? (high % 2 ** (f - 32)) * 2 ** 32 + low : low >>> (32 - f);
    }
  };

  const step = (fields: Fields, count: number): void => {
    for (; count > 0; count--) {
      if (++fields.fraction < one) continue;
      if (fields.exponent === top) {
        fields.fraction = one - 1;
        return;
      }
      fields.fraction = 0;
      fields.exponent++;
    }
    for (; count < 0; count++) {
      if (fields.fraction > 0) {
        fields.fraction--;
        continue;
      }
      if (fields.exponent === 0) return;
      fields.fraction = one - 1;
      fields.exponent--;
    }
  };

  const set = (fields: Fields, sign: number, exponent: number, fraction: number): void => {
    fields.sign = sign;
    fields.exponent = exponent;
    fields.fraction = fraction;
  };

  const choose = (): void => {
    const r0 = r[0]!;
    const r6 = r[6]!;
    set(x, r0 >>> 31, exponentOf(r[1]!), fractionOf(r0 >>> 8, r[2]!, r[3]!));
    set(y, (r0 >>> 30) & 1, exponentOf(r[1]! >>> 16), fractionOf(r0 >>> 16, r[4]!, r[5]!));
    switch (r0 & 15) {
      case 0:
      case 1:
      case 2:
        break;
      case 3:
      case 4:
        x.exponent = corners[r6 & 7]!;
        y.exponent = corners[(r6 >>> 8) & 7]!;
        break;
      case 5:
        y.exponent = partner(x.exponent, (r6 % (result.fractionBits + 5)) - result.fractionBits - 2);
        break;
      case 6:
        y.exponent = partner(x.exponent, resultTop - 3 + (r6 % 4));
        break;
      case 7:
      case 8: {
        const kept = r6 % (f + 1);
        const rest = Math.min(Math.max(result.fractionBits + 1 + (r6 >>> 31) - kept, 0), f);
        x.fraction = clearBelow(x.fraction, f - kept);
        y.fraction = clearBelow(y.fraction, f - rest);
        break;
      }
      case 9:
      case 10:
        set(y, x.sign ^ 1, x.exponent, x.fraction);
        step(y, (r6 % 9) - 4);
        break;
      case 11:
      case 12:
        y.exponent = within(x.exponent + (r6 % (2 * f + 7)) - f - 3);
        break;
      case 13:
      case 14: {
        const places = 1 + (r6 % (f + 1));
        y.exponent = within(x.exponent - places);
        y.fraction = clearBelow(y.fraction, places - 1);
        if (places <= f) {
          const unit = 2 ** (places - 1);
          y.fraction += (y.fraction / unit) % 2 === 1 ? 0 : unit;
        }
        break;
      }
      default:
        x.exponent = within(bias + (r6 % 7) - 3);
        y.exponent = within(bias + ((r6 >>> 8) % 7) - 3);
        x.fraction = clearBelow(x.fraction, Math.floor(f / 2));
        y.fraction = clearBelow(y.fraction, Math.floor(f / 2));
    }
    const neighbour = r[7]! & 15;
    if (neighbour < 4) step(neighbour < 2 ? x : y, neighbour % 2 === 0 ? 1 : -1);
  };

  return (number, pair) => {
    if (number < SPECIALS * SPECIALS) {
      const [left, right] = [Math.floor(number / SPECIALS), number % SPECIALS];
      set(x, left & 1, ...specials[left >> 1]!);
      set(y, right & 1, ...specials[right >> 1]!);
    } else {
      for (let k = 0; k < 8; k++) r[k] = mix((number * 8 + k) ^ seed);
      choose();
    }
    if (f > 32) {
      pair.xLow = x.fraction >>> 0;
      pair.xHigh = ((x.sign << 31) | (x.exponent << (f - 32)) | (x.fraction / 2 ** 32)) >>> 0;
      pair.yLow = y.fraction >>> 0;
      pair.yHigh = ((y.sign << 31) | (y.exponent << (f - 32)) | (y.fraction / 2 ** 32)) >>> 0;
    } else {
      pair.xLow = ((x.sign << (terms.widthBits - 1)) | (x.exponent << f) | x.fraction) >>> 0;
      pair.yLow = ((y.sign << (terms.widthBits - 1)) | (y.exponent << f) | y.fraction) >>> 0;
      pair.xHigh = 0;
      pair.yHigh = 0;
    }
  };
}

/** A bijection of 32-bit words in which every bit of the input matters to every bit of the output. */
function mix(word: number): number {
  let w = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  w = Math.imul(w ^ (w >>> 15), 0x846ca68b);
  return w ^ (w >>> 16);
}

function clearBelow(fraction: number, bits: number): number {
  const unit = 2 ** bits;
  return Math.floor(fraction / unit) * unit;
}

/** Exponent and fraction of the special numbers, in the order of cosim/float/operands.h. */
function specialMagnitudes(bias: number, top: number, f: number, one: number): [exponent: number, fraction: number][] {
  const integers = bias + f < top ? bias + f : top - 1;
  return [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, one / 2],
    [0, one - 1],
    [1, 0],
    [1, 1],
    [1, one - 1],
    [bias - 1, 0],
    [bias - 1, one - 1],
    [bias, 0],
    [bias, 1],
    [bias, one - 1],
    [bias + 1, 0],
    [integers, 0],
    [top - 1, 0],
    [top - 1, one - 1],
    [top, 0],
    [top, 1],
    [top, one / 2],
    [top, one - 1],
  ];
}

/** 64 bits that change when any result does; as the C++ has them. */
export class Digest {
  #one = 1;
  #two = 2;

  add(low: number, high: number): void {
    this.#one = Math.imul(((this.#one << 5) | (this.#one >>> 27)) ^ low, 0x9e3779b1);
    this.#two = Math.imul(((this.#two << 11) | (this.#two >>> 21)) ^ low ^ ((high << 7) | (high >>> 25)), 0x85ebca6b);
    this.#one ^= high;
  }

  toString(): string {
    return [this.#one, this.#two].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
