import { elementCount, type TensorData } from '../../tensor/tensor.ts';
import type { Requantisation } from './requantise.ts';
import { requantiseOne } from './requantise.ts';

/**
 * Turns single sums of a layer into elements of its result, exactly as a run of the whole layer does. `elements[n]` is the place of
 * a sum in the layer's result, `sums[n]` the sum: as int32 shows it, of float32 as its bits. The results go to the same places of
 * `result`, counted from `base`.
 */
export type LayerEnding = (
  elements: Int32Array,
  sums: Int32Array,
  count: number,
  result: TensorData,
  base: number,
) => void;

/** A number for every element of a result [N, channels, …] from one per channel. */
export function perElement<T extends Int32Array | Float32Array>(
  [batch = 1, channels = 1, ...rest]: readonly number[],
  ofChannel: T,
): T {
  const pixels = elementCount(rest);
  const Numbers = ofChannel.constructor as new (length: number) => T;
  const all = new Numbers(batch * channels * pixels);
  for (let at = 0; at < all.length; at++) all[at] = ofChannel[Math.floor(at / pixels) % channels]!;
  return all;
}

/** The sums themselves are the result. */
export const SUMS_AS_THEY_ARE: LayerEnding = (elements, sums, count, result, base) => {
  const words = new Int32Array(result.buffer, result.byteOffset, result.length);
  for (let n = 0; n < count; n++) words[base + elements[n]!] = sums[n]!;
};

/** What `requantise` does, with a multiplier and a bias for each element. */
export function requantised({
  multipliers,
  bias,
  zeroPoint,
}: Requantisation & { readonly bias: Int32Array | null }): LayerEnding {
  return (elements, sums, count, result, base) => {
    const values = result as Int8Array | Uint8Array;
    const lowest = values instanceof Int8Array ? -128 : 0;
    for (let n = 0; n < count; n++) {
      const at = elements[n]!;
      const sum = bias ? (sums[n]! + bias[at]!) | 0 : sums[n]!;
      values[base + at] = requantiseOne(sum, multipliers[at]!, zeroPoint, lowest);
    }
  };
}

/** The float32 that a sum times a factor is; a bias of integers is added before. */
export function dequantised(factors: Float32Array, bias: Int32Array | null): LayerEnding {
  return (elements, sums, count, result, base) => {
    const values = result as Float32Array;
    for (let n = 0; n < count; n++) {
      const at = elements[n]!;
      const sum = bias ? (sums[n]! + bias[at]!) | 0 : sums[n]!;
      values[base + at] = Math.fround(sum) * factors[at]!;
    }
  };
}

/** The canonical quiet NaN of float32 (IEEE 754-2019, 6.2.1). */
const NAN_BITS = 0x7fc00000;

/** float32 sums times a factor, if there is one, plus a number for each element, each step rounded. */
export function scaledAndBiased(factor: number | null, bias: Float32Array | null): LayerEnding {
  if (factor === null && bias === null) return SUMS_AS_THEY_ARE;
  return (elements, sums, count, result, base) => {
    const numbers = new Float32Array(sums.buffer, sums.byteOffset, count);
    const values = result as Float32Array;
    const words = new Int32Array(result.buffer, result.byteOffset, result.length);
    for (let n = 0; n < count; n++) {
      const at = elements[n]!;
      const scaled = factor === null ? numbers[n]! : Math.fround(numbers[n]! * factor);
      const value = bias === null ? scaled : Math.fround(scaled + bias[at]!);
      if (Number.isNaN(value)) words[base + at] = NAN_BITS;
      else values[base + at] = value;
    }
  };
}
