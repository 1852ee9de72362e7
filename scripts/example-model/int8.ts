import { allocate, type ElementType, type Tensor, tensor } from '../../src/tensor/tensor.ts';

/**
 * The largest magnitude of a quantised weight. int8 holds 127, but x86 processors without VNNI add two products uint8 × int8
 * in 16 bits, which is exact up to 64 only: within this limit the integer layers give the same bits on every processor.
 */
const WEIGHT_LIMIT = 64;

/** How real numbers are held in uint8: real = scale × (stored − zeroPoint). */
export interface Uint8Scale {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Find the uint8 scale that holds `low … high` and zero exactly. */
export function uint8Scale(low: number, high: number): Uint8Scale {
  const [bottom, top] = [Math.min(low, 0), Math.max(high, 0)];
  const scale = Math.fround((top - bottom) / 255);
  return { scale, zeroPoint: Math.round(-bottom / scale) };
}

/**
 * Quantise weights symmetrically, with one scale per index of the first axis (`per: 'channel'`) or one in all (`'tensor'`).
 */
export function quantiseWeight(
  weight: Tensor<'float32'>,
  per: 'channel' | 'tensor',
): { weight: Tensor<'int8'>; scales: Float32Array } {
  const groups = per === 'channel' ? weight.shape[0]! : 1;
  const values = weight.data as Float32Array;
  const size = values.length / groups;
  const scales = Float32Array.from({ length: groups }, (_, group) => {
    const largest = values.subarray(group * size, (group + 1) * size).reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    return largest / WEIGHT_LIMIT;
  });
  const stored = Int8Array.from(values, (w, i) => Math.round(w / scales[Math.floor(i / size)]!));
  return { weight: tensor('int8', weight.shape, stored), scales };
}

/** Quantise a bias to the scale of the products that it is added to. */
export function quantiseBias(bias: Tensor<'float32'>, inputScale: number, weightScales: Float32Array): Tensor<'int32'> {
  const stored = Int32Array.from(bias.data as Float32Array, (b, i) => Math.round(b / (inputScale * weightScales[i]!)));
  return tensor('int32', bias.shape, stored);
}

/** Make a tensor without axes. */
export function scalar(type: Exclude<ElementType, 'int64' | 'uint64'>, value: number): Tensor {
  const data = allocate(type, 1);
  data[0] = value;
  return tensor(type, [], data);
}
