import type { Arithmetic, NumberFormat, Value } from '../dtype/arithmetic.ts';
import { floatBits } from '../dtype/float-bits.ts';

/** Reads and writes the values of one format in little-endian bytes; what lies beyond the width is zero. */
export interface Codec {
  read(view: DataView, at: number): Value;
  write(view: DataView, at: number, value: Value): void;
}

/** Choose how values of a format go into so many bytes each; straight from storage where the widths agree. */
export function codecOf(arithmetic: Arithmetic<Value>, format: NumberFormat, bytes: number): Codec {
  if (format.float) return floatBits(format.float);
  return format.widthBits === 8 * bytes ? storageCodec(arithmetic, format) : bitsCodec(arithmetic, format, bytes);
}

/** Control tokens are 0 or 1, a byte each, whatever numbers the operands are kept in. */
export const TOKEN_CODEC: Codec = {
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, Number(value)),
};

/** Typed access wraps what it writes, so the same setter serves signed and unsigned formats. */
function storageCodec(arithmetic: Arithmetic<Value>, format: NumberFormat): Codec {
  const { widthBits, signed } = format;
  const { of } = arithmetic;
  switch (widthBits) {
    case 8:
      return {
        read: signed ? (view, at) => of(view.getInt8(at)) : (view, at) => of(view.getUint8(at)),
        write: (view, at, value) => view.setInt8(at, Number(value)),
      };
    case 16:
      return {
        read: signed ? (view, at) => of(view.getInt16(at, true)) : (view, at) => of(view.getUint16(at, true)),
        write: (view, at, value) => view.setInt16(at, Number(value), true),
      };
    case 32:
      return {
        read: signed ? (view, at) => of(view.getInt32(at, true)) : (view, at) => of(view.getUint32(at, true)),
        write: (view, at, value) => view.setInt32(at, Number(value), true),
      };
    case 64:
      return {
        read: signed ? (view, at) => of(view.getBigInt64(at, true)) : (view, at) => of(view.getBigUint64(at, true)),
        write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
      };
    default:
      return bitsCodec(arithmetic, format, widthBits / 8);
  }
}

/** Any width in any number of bytes, by way of the raw bits. */
function bitsCodec(arithmetic: Arithmetic<Value>, format: NumberFormat, bytes: number): Codec {
  return {
    read(view, at) {
      let bits = 0n;
      for (let n = bytes - 1; n >= 0; n--) bits = (bits << 8n) | BigInt(view.getUint8(at + n));
      return arithmetic.fromBits(bits, format);
    },
    write(view, at, value) {
      let rest = arithmetic.toBits(value, format);
      for (let n = 0; n < bytes; n++, rest >>= 8n) view.setUint8(at + n, Number(rest & 0xffn));
    },
  };
}
