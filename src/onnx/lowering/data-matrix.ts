import { allocate, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';
import type { LoweredConv } from './conv-lowering.ts';
import { type TapMap, tapMap } from './tap-map.ts';

/** Numbers other than 64-bit integers; those of 16-bit floating point are kept as their bits. */
type Elements = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array | Float64Array;

/**
 * Lay out channels of the data as the operand of a product: pixels × (channels·taps) on line a, the transpose on b, the
 * pixels row-major, the inner dimension channel by channel and tap by tap in the order of the weights.
 * @param data [N, C, …] in a type of at most 32 bits, or of floating point
 * @param first the first element of the first channel
 * @param padding the element that padding holds
 */
export function dataMatrix(
  { dataOn, geometry }: Pick<LoweredConv, 'dataOn' | 'geometry'>,
  data: Tensor,
  first: number,
  channels: number,
  padding: number,
): Tensor {
  const map = tapMap(geometry);
  const inner = channels * map.taps;
  const shape = dataOn === 'a' ? [map.pixels, inner] : [inner, map.pixels];
  if (dataOn === 'b' && map.taps === 1 && map.pixels === map.channelSize && !map.offsets.includes(-1)) {
    return tensor(data.type, shape, data.data.subarray(first, first + channels * map.channelSize) as TensorData);
  }
  const matrix = allocate(data.type, map.pixels * inner);
  const fill = dataOn === 'a' ? fillRows : fillColumns;
  fill(map, data.data as Elements, first, channels, padding, matrix as Elements);
  return tensor(data.type, shape, matrix);
}

function fillRows(
  { pixels, taps, channelSize, offsets }: TapMap,
  data: Elements,
  first: number,
  channels: number,
  padding: number,
  matrix: Elements,
): void {
  let at = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const base = first + channel * channelSize;
      for (let tap = pixel * taps; tap < (pixel + 1) * taps; tap++) {
        const offset = offsets[tap]!;
        matrix[at++] = offset < 0 ? padding : data[base + offset]!;
      }
    }
  }
}

function fillColumns(
  { pixels, taps, channelSize, offsets }: TapMap,
  data: Elements,
  first: number,
  channels: number,
  padding: number,
  matrix: Elements,
): void {
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    const base = first + channel * channelSize;
    for (let tap = 0; tap < taps; tap++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const offset = offsets[pixel * taps + tap]!;
        matrix[at++] = offset < 0 ? padding : data[base + offset]!;
      }
    }
  }
}
