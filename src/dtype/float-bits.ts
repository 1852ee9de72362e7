import type { Value } from './arithmetic.ts';
import { exponentBias, type FloatFormat, smallestSubnormal } from './float-format.ts';

/**
 * The values of a floating-point format and their bits.
 *
 * A value is carried as the number that it is. The one thing that a number cannot carry for sure is which of its many
 * bit patterns a NaN has. Arithmetic makes only the canonical quiet NaN (sign 0, exponent all ones, first bit of the
 * fraction 1, the rest 0), and NaN stands for that one; but bits that a fault changes may become any other. Such an
 * odd NaN is carried as a bigint, its bits. Two values are the same exactly if `Object.is` says so.
 */
export interface FloatBits {
  readonly format: FloatFormat;
  toBits(value: Value): bigint;
  fromBits(bits: bigint): Value;
  /** Make the function (v AND keep) XOR toggle on the bits of a value. */
  masking(keep: bigint, toggle: bigint): (value: Value) => Value;
  /** Read a value from little-endian bytes, the format's width of them. */
  read(view: DataView, at: number): Value;
  write(view: DataView, at: number, value: Value): void;
}

// Typed arrays hold the platform's byte order; ours is little-endian like every platform that Node supports here.
const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
const SINGLE = new Float32Array(1);
const SINGLE_BITS = new Uint32Array(SINGLE.buffer);

/** Choose how a format's values become bits: by typed arrays where there are some, else by arithmetic. */
export function floatBits(format: FloatFormat): FloatBits {
  return format.widthBits === 64 ? doubleBits(format) : narrowBits(format);
}

/** Make the pair of functions between numbers and the bits of a format of at most 32 bits; NaN is canonical. */
export function wordCodec(format: FloatFormat): {
  readonly toWord: (value: number) => number;
  readonly fromWord: (word: number) => number;
} {
  const { exponentBits, fractionBits, widthBits } = format;
  const nan = canonicalNaN(format);
  // A format with the exponent of float32 is the upper part of it.
  if (exponentBits === 8) {
    const cut = 32 - widthBits;
    return {
      toWord(value) {
        if (Number.isNaN(value)) return nan;
        SINGLE[0] = value;
        return SINGLE_BITS[0]! >>> cut;
      },
      fromWord(word) {
        SINGLE_BITS[0] = word << cut;
        return SINGLE[0]!;
      },
    };
  }
  // All others are narrower than 32 bits, so that signed integer operators do; fractions of more than 20 bits begin
  // in one word of a binary64 number and end in the other.
  const unit = smallestSubnormal(format);
  const smallestNormal = 2 ** (1 - exponentBias(format));
  const signBit = 1 << (widthBits - 1);
  const one = 1 << fractionBits;
  const infinity = signBit - one;
  const rebias = (1023 - exponentBias(format)) << 20;
  const [left, right, rest] = [Math.max(fractionBits - 20, 0), Math.max(20 - fractionBits, 0), 52 - fractionBits];
  const scale = Float64Array.from({ length: 2 ** exponentBits }, (_, field) => unit * 2 ** Math.max(field - 1, 0));
  return {
    toWord(value) {
      if (Number.isNaN(value)) return nan;
      const magnitude = Math.abs(value);
      const sign = value < 0 || Object.is(value, -0) ? signBit : 0;
      if (magnitude < smallestNormal) return sign | (magnitude / unit);
      if (magnitude === Infinity) return sign | infinity;
      DOUBLE[0] = magnitude;
      const upper = ((WORDS[1]! - rebias) << left) >> right;
      return sign | upper | (left > 0 ? WORDS[0]! >>> rest : 0);
    },
    fromWord(word) {
      const magnitude = word & (signBit - 1);
      const field = magnitude >> fractionBits;
      const fraction = magnitude & (one - 1);
      if (magnitude > infinity) return Number.NaN;
      const digits = magnitude === infinity ? Infinity : field === 0 ? fraction : fraction + one;
      const value = digits * scale[field]!;
      return word & signBit ? -value : value;
    },
  };
}

/** The bits of the canonical quiet NaN of a format of at most 32 bits (IEEE 754-2019, 6.2.1). */
function canonicalNaN({ widthBits, fractionBits }: FloatFormat): number {
  return 2 ** (widthBits - 1) - 2 ** (fractionBits - 1);
}

function narrowBits(format: FloatFormat): FloatBits {
  const { widthBits } = format;
  const { toWord, fromWord } = wordCodec(format);
  const nan = canonicalNaN(format);
  const wordOf = (value: Value) => (typeof value === 'number' ? toWord(value) : Number(value));
  const makeValue = (word: number): Value => {
    const value = fromWord(word);
    return Number.isNaN(value) && word !== nan ? BigInt(word) : value;
  };
  const narrow = (bits: bigint) => Number(BigInt.asUintN(widthBits, bits));
  return {
    format,
    toBits: (value) => BigInt(wordOf(value)),
    fromBits: (bits) => makeValue(narrow(bits)),
    masking(keep, toggle) {
      const [keepWord, toggleWord] = [narrow(keep), narrow(toggle)];
      return (value) => makeValue(((wordOf(value) & keepWord) ^ toggleWord) >>> 0);
    },
    ...byteAccess(widthBits, wordOf, makeValue),
  };
}

/** Little-endian access by the width in whole bytes; 24 bits are written as they are named. */
function byteAccess(
  widthBits: number,
  wordOf: (value: Value) => number,
  makeValue: (word: number) => Value,
): Pick<FloatBits, 'read' | 'write'> {
  if (widthBits > 16) {
    return {
      read: (view, at) => makeValue(view.getUint32(at, true)),
      write: (view, at, value) => view.setUint32(at, wordOf(value), true),
    };
  }
  if (widthBits > 8) {
    return {
      read: (view, at) => makeValue(view.getUint16(at, true)),
      write: (view, at, value) => view.setUint16(at, wordOf(value), true),
    };
  }
  return {
    read: (view, at) => makeValue(view.getUint8(at)),
    write: (view, at, value) => view.setUint8(at, wordOf(value)),
  };
}

const NAN_WORD = 0x7ff80000;

/** Numbers are binary64 themselves; their bits are handled as two words, because bigints are slow. */
function doubleBits(format: FloatFormat): FloatBits {
  /** Put the bits of a value into WORDS. */
  const load = (value: Value): void => {
    if (typeof value === 'bigint') {
      WORDS[0] = Number(value & 0xffffffffn);
      WORDS[1] = Number(value >> 32n);
    } else if (Number.isNaN(value)) {
      WORDS[0] = 0;
      WORDS[1] = NAN_WORD;
    } else {
      DOUBLE[0] = value;
    }
  };
  const makeValue = (low: number, high: number): Value => {
    WORDS[0] = low;
    WORDS[1] = high;
    const value = DOUBLE[0]!;
    if (!Number.isNaN(value)) return value;
    return low === 0 && high === NAN_WORD ? Number.NaN : (BigInt(high) << 32n) | BigInt(low);
  };
  const low = (bits: bigint) => Number(BigInt.asUintN(32, bits));
  const high = (bits: bigint) => Number(BigInt.asUintN(32, bits >> 32n));
  return {
    format,
    toBits(value) {
      load(value);
      return (BigInt(WORDS[1]!) << 32n) | BigInt(WORDS[0]!);
    },
    fromBits: (bits) => makeValue(low(bits), high(bits)),
    masking(keep, toggle) {
      const [keepLow, keepHigh, toggleLow, toggleHigh] = [low(keep), high(keep), low(toggle), high(toggle)];
      return (value) => {
        load(value);
        return makeValue(((WORDS[0]! & keepLow) ^ toggleLow) >>> 0, ((WORDS[1]! & keepHigh) ^ toggleHigh) >>> 0);
      };
    },
    read: (view, at) => makeValue(view.getUint32(at, true), view.getUint32(at + 4, true)),
    write(view, at, value) {
      load(value);
      view.setUint32(at, WORDS[0]!, true);
      view.setUint32(at + 4, WORDS[1]!, true);
    },
  };
}
