import { convGeometry } from '../../../src/onnx/lowering/conv-geometry.ts';
import { elementCount } from '../../../src/tensor/tensor.ts';
import type { ConvCase, ConvShape } from './conv-cases.ts';

/** One output of a convolution: which weights it multiplies with which data, channel by channel and tap by tap. */
export interface ConvOutput {
  readonly channel: number;
  /** Its place in the output of its channel. */
  readonly pixel: number;
  /** Offsets into data and weights; null where the tap lies in the padding. */
  readonly terms: readonly { readonly data: number | null; readonly weight: number }[];
}

/** Go through the outputs of a convolution, row-major, by its definition: no matrices. */
export function* convOutputs(conv: ConvShape): Generator<ConvOutput> {
  const { dataShape, weightsShape, strides, dilations, group } = conv;
  const [batch = 0, channels = 0, ...input] = dataShape;
  const [outputs = 0, depth = 0, ...kernel] = weightsShape;
  const { output, padsBegin } = convGeometry({ ...conv, kernelShape: null }, input, kernel);
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < outputs; channel++) {
      const first = Math.floor(channel / (outputs / group)) * depth;
      for (const [pixel, at] of indices(output).entries()) {
        const terms = Array.from({ length: depth }, (_, c) =>
          indices(kernel).map((tap) => {
            const place = at.map((p, axis) => p * strides[axis]! + tap[axis]! * dilations[axis]! - padsBegin[axis]!);
            const isPadding = place.some((p, axis) => p < 0 || p >= input[axis]!);
            const plane = (image * channels + first + c) * elementCount(input);
            return {
              data: isPadding ? null : plane + flat(place, input),
              weight: (channel * depth + c) * elementCount(kernel) + flat(tap, kernel),
            };
          }),
        ).flat();
        yield { channel, pixel, terms };
      }
    }
  }
}

/** The definition of a convolution of integers: Σ (x − xz)(w − wz), padding adds nothing. */
export function directConv(conv: ConvCase): number[] {
  const { data, weights, dataZero, weightZeros } = conv;
  return Array.from(convOutputs(conv), ({ channel, terms }) => {
    let sum = 0;
    for (const { data: x, weight: w } of terms) {
      if (x === null) continue;
      sum += (Number(data.data[x]) - dataZero) * (Number(weights.data[w]) - weightZeros[channel]!);
    }
    return sum;
  });
}

/** List the places of a tensor, row-major. */
export function indices(sides: readonly number[]): number[][] {
  return sides.reduce<number[][]>(
    (all, side) => all.flatMap((index) => Array.from({ length: side }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Tell where in its data a place of a tensor is. */
export function flat(index: readonly number[], sides: readonly number[]): number {
  return index.reduce((offset, i, axis) => offset * sides[axis]! + i, 0);
}
