import type { ElementType, TensorData } from '../tensor/tensor.ts';
import { bitsOf } from '../tensor/tensor.ts';
import type { Value } from './arithmetic.ts';
import { dtypeInfo, isDtype } from './dtype.ts';
import { type FloatBits, floatBits } from './float-bits.ts';

/** Reads and writes elements of one type's storage as values, bit for bit: see `FloatBits` for NaNs. */
export interface ElementStore {
  read(data: TensorData, at: number): Value;
  write(data: TensorData, at: number, value: Value): void;
}

/** Make the store of an element type; 64-bit integers are bigints, all other numbers are numbers. */
export function elementStore(type: ElementType): ElementStore {
  const format = isDtype(type) ? dtypeInfo(type).float : null;
  if (format === null) return type === 'int64' || type === 'uint64' ? WIDE_INTEGERS : INTEGERS;
  const bits = floatBits(format);
  return format.widthBits === 16 ? halfStore(bits) : floatStore(bits);
}

/** Read the number that an element is; every NaN is NaN. */
export function numberReader(type: ElementType): (data: TensorData, at: number) => number | bigint {
  const { read } = elementStore(type);
  if (!isDtype(type) || dtypeInfo(type).kind === 'integer') return read;
  return (data, at) => {
    const value = read(data, at);
    return typeof value === 'bigint' ? Number.NaN : value;
  };
}

const INTEGERS: ElementStore = {
  read: (data, at) => data[at]!,
  write(data, at, value) {
    (data as Int32Array)[at] = Number(value);
  },
};

const WIDE_INTEGERS: ElementStore = {
  read: (data, at) => data[at]!,
  write(data, at, value) {
    (data as BigInt64Array)[at] = BigInt(value);
  },
};

/** Typed arrays hold the numbers; only NaNs go by their bits. */
function floatStore({ fromBits, toBits }: FloatBits): ElementStore {
  return {
    read(data, at) {
      const value = data[at] as number;
      return Number.isNaN(value) ? fromBits(BigInt(bitsOf(data)[at]!)) : value;
    },
    write(data, at, value) {
      if (typeof value === 'number' && !Number.isNaN(value)) {
        (data as Float32Array)[at] = value;
        return;
      }
      const target = bitsOf(data);
      if (target instanceof BigUint64Array) target[at] = toBits(value);
      else (target as Uint32Array)[at] = Number(toBits(value));
    },
  };
}

const tables = new Map<string, readonly Value[]>();

/** Every value of a 16-bit format, by its bits. */
function halfStore({ format, fromBits, toBits }: FloatBits): ElementStore {
  const table = tables.get(format.name) ?? Array.from({ length: 2 ** 16 }, (_, word) => fromBits(BigInt(word)));
  tables.set(format.name, table);
  return {
    read: (data, at) => table[data[at] as number]!,
    write(data, at, value) {
      (data as Uint16Array)[at] = Number(toBits(value));
    },
  };
}
