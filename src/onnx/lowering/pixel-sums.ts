import type { Tensor } from '../../tensor/tensor.ts';
import type { ConvGeometry } from './conv-geometry.ts';
import { tapMap } from './tap-map.ts';

/**
 * Sum up, for every output pixel, what the taps of all channels of one group read from one image, modulo 2^32.
 * @param data [N, C, …], integers of at most 32 bits
 * @param first the first element of the group's first channel
 * @param padding what each tap reads in the padding
 */
export function pixelSums(
  geometry: ConvGeometry,
  { data }: Tensor,
  first: number,
  channels: number,
  padding: number,
): Int32Array {
  const { pixels, taps, channelSize, offsets } = tapMap(geometry);
  const elements = data as Int32Array;
  // All channels are read at the same places: add them up first.
  const plane = new Int32Array(channelSize);
  for (let channel = 0, at = first; channel < channels; channel++) {
    for (let i = 0; i < channelSize; i++, at++) plane[i] = plane[i]! + elements[at]!;
  }
  const outside = Math.imul(padding, channels);
  const sums = new Int32Array(pixels);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const offset = offsets[at++]!;
      sum = (sum + (offset < 0 ? outside : plane[offset]!)) | 0;
    }
    sums[pixel] = sum;
  }
  return sums;
}
