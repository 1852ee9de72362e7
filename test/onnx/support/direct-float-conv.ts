import type { Dtype } from '../../../src/dtype/dtype.ts';
import { numberReader } from '../../../src/dtype/element-store.ts';
import type { FloatType } from '../../../src/onnx/operators/float-sums.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { convOutputs } from './direct-conv.ts';
import type { FloatConvCase } from './float-conv-cases.ts';

type Round = (value: number) => number;

/** TypeScript does not know the newest of the platform's roundings yet. */
const { f16round } = Math as unknown as { readonly f16round: Round };

export const ROUND: Readonly<Record<FloatType, Round>> = {
  float16: f16round,
  float32: Math.fround,
  float64: (value) => value,
};

/** Where a faulty step of a sum may differ from c + x·w. */
export interface ConvStep {
  readonly channel: number;
  readonly pixel: number;
  /** Counts from 0. */
  readonly k: number;
  readonly sum: number;
  readonly product: number;
}

/**
 * The definition of a convolution with the roundings of an array: from +0 on, each product and then each sum is rounded
 * to the accumulator's type, in the order of the weights, padding as +0; at the end the sum is rounded to the type of the
 * data, and so is its sum with the bias.
 * @param add what the array's adder does; given both terms, rounded
 */
export function directFloatConv(
  conv: FloatConvCase,
  accumulator: Extract<Dtype, FloatType>,
  add: (step: ConvStep) => number = ({ sum, product }) => ROUND[accumulator](sum + product),
): number[] {
  const [x, w, bias] = [numbersOf(conv.data), numbersOf(conv.weights), conv.bias && numbersOf(conv.bias)];
  const round = ROUND[conv.data.type as FloatType];
  return Array.from(convOutputs(conv), ({ channel, pixel, terms }) => {
    let sum = 0;
    for (const [k, { data, weight }] of terms.entries()) {
      const product = ROUND[accumulator]((data === null ? 0 : x[data]!) * w[weight]!);
      sum = add({ channel, pixel, k, sum, product });
    }
    return bias ? round(round(sum) + bias[channel]!) : round(sum);
  });
}

/**
 * How far two ways to compute each output of a convolution of `plain` numbers may lie apart, whatever the order in
 * which they add and whether or not they fuse. Each has at most n = K + 1 roundings on the way of any term, so that it
 * differs from the exact result by at most n·u / (1 − n·u) · (Σ|x||w| + |bias|), u half a unit of the last place of 1.
 * Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1.
 */
export function roundingBounds(conv: FloatConvCase): number[] {
  const unit = 2 ** -24;
  return Array.from(convOutputs(conv), ({ channel, terms }) => {
    const n = terms.length + 1;
    let magnitude = Math.abs(Number(conv.bias?.data[channel] ?? 0));
    for (const { data, weight } of terms) {
      if (data !== null) magnitude += Math.abs(Number(conv.data.data[data]) * Number(conv.weights.data[weight]));
    }
    return ((2 * n * unit) / (1 - n * unit)) * magnitude;
  });
}

function numbersOf({ type, data }: Tensor): number[] {
  const read = numberReader(type);
  return Array.from({ length: data.length }, (_, at) => Number(read(data, at)));
}
