import type { Tensor } from '../../tensor/tensor.ts';

/** How accumulators of a layer become quantised values. */
export interface Requantisation {
  /** One float32 multiplier per channel: (data scale · weight scale) / result scale, each step rounded to float32. */
  readonly multipliers: Float32Array;
  readonly zeroPoint: number;
}

/** 1.5·2^52: added to and taken from a small number, leaves the nearest integer, ties to even. */
const ROUNDER = 6755399441055744;

/**
 * Scale accumulators to 8-bit values: saturate(round_half_even(acc · multiplier) + zero point), where acc and the
 * product are rounded to float32.
 * Source: ONNX operator QLinearConv; the order of roundings is that of ONNX Runtime's CPU kernel.
 * @param sums [batch, channels, …], row-major
 * @param result receives as many values; its element type gives the range
 */
export function requantise(
  sums: Tensor<'int32'>,
  { multipliers, zeroPoint }: Requantisation,
  result: Int8Array | Uint8Array,
): void {
  const [batch = 0, channels = 0] = sums.shape;
  const from = sums.data as Int32Array;
  const pixels = from.length / (batch * channels) || 0;
  const lowest = result instanceof Int8Array ? -128 : 0;
  let at = 0;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const multiplier = multipliers[channel]!;
      for (let pixel = 0; pixel < pixels; pixel++, at++) {
        result[at] = requantiseOne(from[at]!, multiplier, zeroPoint, lowest);
      }
    }
  }
}

/** Scale one accumulator likewise; `lowest` is the least value of the result's type. */
export function requantiseOne(sum: number, multiplier: number, zeroPoint: number, lowest: number): number {
  const least = lowest - zeroPoint;
  const scaled = Math.fround(Math.fround(sum) * multiplier);
  const limited = Math.max(least, Math.min(least + 255, scaled));
  return limited + ROUNDER - ROUNDER + zeroPoint;
}

/** Work out the multiplier of each channel from the scales of data, weights (one per channel) and result. */
export function multipliersOf(dataScale: number, weightScales: Float64Array, resultScale: number): Float32Array {
  return Float32Array.from(weightScales, (weightScale) => Math.fround(dataScale * weightScale) / resultScale);
}
