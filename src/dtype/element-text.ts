import type { Tensor } from '../tensor/tensor.ts';
import type { NumberFormat } from './arithmetic.ts';
import { dtypeInfo, isDtype } from './dtype.ts';
import { numberReader } from './element-store.ts';
import { floatBits } from './float-bits.ts';
import { roundTo } from './float-format.ts';

/** Print every element of a tensor: integers in full, floating-point numbers in the fewest digits that tell them apart. */
export function elementTexts({ type, data }: Tensor): string[] {
  const read = numberReader(type);
  const format = isDtype(type) ? dtypeInfo(type).float : null;
  const print = format === null ? String : shortest(roundTo(format));
  return Array.from({ length: data.length }, (_, at) => print(read(data, at)));
}

/** Print the number that bits are in a format, as `elementTexts` does. */
export function bitsText(bits: bigint, { widthBits, signed, float }: NumberFormat): string {
  if (!float) return String(signed ? BigInt.asIntN(widthBits, bits) : bits);
  const value = floatBits(float).fromBits(bits);
  // An odd NaN is carried as a bigint.
  return shortest(roundTo(float))(typeof value === 'bigint' ? Number.NaN : value);
}

/** A binary64 number needs up to 17 significant digits. */
const MOST_DIGITS = 17;

function shortest(round: (value: number) => number): (value: number | bigint) => string {
  return (element) => {
    const value = Number(element);
    if (Object.is(value, -0)) return '-0';
    if (!Number.isFinite(value)) return String(value);
    for (let digits = 1; digits < MOST_DIGITS; digits++) {
      const text = Number(value.toPrecision(digits));
      if (round(text) === value) return String(text);
    }
    return String(value);
  };
}
