import { elementCount } from '../../tensor/tensor.ts';
import type { ConvGeometry } from './conv-geometry.ts';

/** An array of 8- to 32-bit integers. */
export type IntegerData = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

/** An array of floating-point numbers; those of 16 bits are kept as their bits. */
export type FloatData = Float32Array | Float64Array | Uint16Array;

/** For every output pixel and kernel tap, the element of the channel under it; -1 where the tap lies in the padding. */
export interface TapMap {
  readonly pixels: number;
  readonly taps: number;
  /** Elements of one channel of the data. */
  readonly channelSize: number;
  /** Pixel-major: pixels × taps. */
  readonly offsets: Int32Array;
}

/** Work out which data element each kernel tap of each output pixel reads; the same for all channels and images. */
export function tapMap(geometry: ConvGeometry): TapMap {
  const { input, kernel, output, strides, dilations, padsBegin } = geometry;
  const rank = kernel.length;
  const pixels = elementCount(output);
  const taps = elementCount(kernel);
  const offsets = new Int32Array(pixels * taps);
  const pixel = new Int32Array(rank);
  const tap = new Int32Array(rank);
  for (let at = 0; at < offsets.length; ) {
    for (let t = 0; t < taps; t++) {
      let offset = 0;
      for (let axis = 0; axis < rank; axis++) {
        const place = pixel[axis]! * strides[axis]! - padsBegin[axis]! + tap[axis]! * dilations[axis]!;
        if (place < 0 || place >= input[axis]!) {
          offset = -1;
          break;
        }
        offset = offset * input[axis]! + place;
      }
      offsets[at++] = offset;
      increment(tap, kernel);
    }
    increment(pixel, output);
  }
  return { pixels, taps, channelSize: elementCount(input), offsets };
}

/**
 * Lay out the data of one image and one group as matrix rows: row = output pixel (row-major), column = channel and
 * tap in the order of the weights, so that channels are folded into the inner dimension K = channels · taps.
 * @param data the channels of the group, each `channelSize` long, starting at `start`
 * @param shift what is subtracted from each element on the way
 * @param padValue what padding holds, after the shift
 * @param rows receives pixels × K elements, which must fit its type
 * @param rowSums receives the sum of each row, modulo 2^32
 */
export function fillRows(
  map: TapMap,
  data: IntegerData,
  start: number,
  channels: number,
  shift: number,
  padValue: number,
  rows: IntegerData,
  rowSums: Int32Array,
): void {
  const { pixels, taps, channelSize, offsets } = map;
  let at = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const first = pixel * taps;
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const base = start + channel * channelSize;
      for (let tap = first; tap < first + taps; tap++) {
        const offset = offsets[tap]!;
        const value = offset < 0 ? padValue : data[base + offset]! - shift;
        rows[at++] = value;
        sum = (sum + value) | 0;
      }
    }
    rowSums[pixel] = sum;
  }
}

/** Lay out floating-point data likewise, as they are; padding holds +0. */
export function copyRows(map: TapMap, data: FloatData, start: number, channels: number, rows: FloatData): void {
  const { pixels, taps, channelSize, offsets } = map;
  let at = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const first = pixel * taps;
    for (let channel = 0; channel < channels; channel++) {
      const base = start + channel * channelSize;
      for (let tap = first; tap < first + taps; tap++) {
        const offset = offsets[tap]!;
        rows[at++] = offset < 0 ? 0 : data[base + offset]!;
      }
    }
  }
}

function increment(index: Int32Array, sides: readonly number[]): void {
  for (let axis = sides.length - 1; axis >= 0; axis--) {
    index[axis] = index[axis]! + 1;
    if (index[axis]! < sides[axis]!) return;
    index[axis] = 0;
  }
}
