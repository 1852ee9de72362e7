import { elementCount } from '../../../src/tensor/tensor.ts';
import type { ConvCase } from './conv-cases.ts';

/** The definition of a convolution, written down without any matrix: Σ (x − xz)(w − wz), padding adds nothing. */
export function directConv(conv: ConvCase, output: readonly number[], padsBegin: readonly number[]): number[] {
  const { data, weights, dataZero, weightZeros, strides, dilations, group } = conv;
  const [batch = 0, channels = 0, ...input] = data.shape;
  const [outputs = 0, depth = 0, ...kernel] = weights.shape;
  const result: number[] = [];
  for (let image = 0; image < batch; image++) {
    for (let out = 0; out < outputs; out++) {
      for (const pixel of indices(output)) {
        let sum = 0;
        for (let c = 0; c < depth; c++) {
          const channel = Math.floor(out / (outputs / group)) * depth + c;
          for (const tap of indices(kernel)) {
            const place = pixel.map((p, axis) => p * strides[axis]! + tap[axis]! * dilations[axis]! - padsBegin[axis]!);
            if (place.some((p, axis) => p < 0 || p >= input[axis]!)) continue;
            const x = data.data[(image * channels + channel) * elementCount(input) + flat(place, input)] as number;
            const w = weights.data[(out * depth + c) * elementCount(kernel) + flat(tap, kernel)] as number;
            sum += (x - dataZero) * (w - weightZeros[out]!);
          }
        }
        result.push(sum);
      }
    }
  }
  return result;
}

function indices(sides: readonly number[]): number[][] {
  return sides.reduce<number[][]>(
    (all, side) => all.flatMap((index) => Array.from({ length: side }, (_, i) => [...index, i])),
    [[]],
  );
}

function flat(index: readonly number[], sides: readonly number[]): number {
  return index.reduce((offset, i, axis) => offset * sides[axis]! + i, 0);
}
