import type { Dtype } from '../dtype/dtype.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { elementStore, numberReader } from '../dtype/element-store.ts';
import { FLOAT32, roundTo } from '../dtype/float-format.ts';
import { allocate, type Tensor, tensor } from '../tensor/tensor.ts';
import type { Preprocess } from './preprocess.ts';

/**
 * Compute (element · scale − mean) / std. As in NumPy with arrays and constants of float32, the element, the constants
 * and the result of each step are rounded to float32; `scale 1/255` divides, so that a byte becomes the float32 nearest
 * to byte/255. With `dtype float64` all of it is float64. The result is rounded once more for bfloat16 and float16; for
 * integers it stays float32, to be cast exactly.
 * @param channels the channels of the innermost axis; 1 for items that are no images
 */
export function normalise(
  { type, shape, data }: Tensor,
  { scale, mean, std, dtype }: Preprocess,
  channels: number,
): Tensor {
  const isDouble = dtype === 'float64';
  const round = isDouble ? (value: number) => value : Math.fround;
  const [offsets, divisors] = [perChannel(mean, channels, round), perChannel(std, channels, round)];
  const factor = scale === null ? 1 : round('divide' in scale ? scale.divide : scale.multiply);
  const divides = scale !== null && 'divide' in scale;
  const read = numberReader(type);
  const result = allocate(isDouble ? 'float64' : 'float32', data.length);
  for (let at = 0; at < result.length; at++) {
    let value = round(Number(read(data, at)));
    if (scale !== null) value = round(divides ? value / factor : value * factor);
    if (offsets !== null) value = round(value - offsets[at % channels]!);
    if (divisors !== null) value = round(value / divisors[at % channels]!);
    result[at] = value;
  }
  return narrowed(tensor(isDouble ? 'float64' : 'float32', shape, result), dtype);
}

function perChannel(
  values: readonly number[] | null,
  channels: number,
  round: (value: number) => number,
): readonly number[] | null {
  return values && Array.from({ length: channels }, (_, channel) => round(values[channel] ?? values[0]!));
}

/** Only a format without float32's digits needs rounding; all other casts are exact or refused. */
function narrowed(value: Tensor, dtype: Dtype | null): Tensor {
  const format = dtype && dtypeInfo(dtype).float;
  if (!format || format.widthBits >= FLOAT32.widthBits) return value;
  const round = roundTo(format);
  const { write } = elementStore(dtype);
  const data = allocate(dtype, value.data.length);
  for (let at = 0; at < data.length; at++) write(data, at, round(value.data[at] as number));
  return tensor(dtype, value.shape, data);
}
