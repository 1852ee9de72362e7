import { elementCount } from '../../tensor/tensor.ts';
import type { ConvGeometry } from './conv-geometry.ts';

/** For every output pixel and kernel tap, the element of the channel under it; -1 where the tap lies in the padding. */
export interface TapMap {
  readonly pixels: number;
  readonly taps: number;
  /** Elements of one channel of the data. */
  readonly channelSize: number;
  /** Pixel-major: pixels × taps. */
  readonly offsets: Int32Array;
}

const maps = new WeakMap<ConvGeometry, TapMap>();

/**
 * Work out which data element each kernel tap of each output pixel reads; the same for all channels and images. It is
 * kept as long as the geometry.
 */
export function tapMap(geometry: ConvGeometry): TapMap {
  const map = maps.get(geometry) ?? traceTaps(geometry);
  maps.set(geometry, map);
  return map;
}

function traceTaps({ input, kernel, output, strides, dilations, padsBegin }: ConvGeometry): TapMap {
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

function increment(index: Int32Array, sides: readonly number[]): void {
  for (let axis = sides.length - 1; axis >= 0; axis--) {
    index[axis] = index[axis]! + 1;
    if (index[axis]! < sides[axis]!) return;
    index[axis] = 0;
  }
}
