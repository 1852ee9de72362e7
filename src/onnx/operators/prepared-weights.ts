import type { Dtype } from '../../dtype/dtype.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LoweredConv } from '../lowering/conv-lowering.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { type WeightMatrices, weightMatrices } from '../lowering/weight-matrix.ts';
import { operandShift, shiftTensor } from './operand-shift.ts';

/** The weights of an integer convolution as the matrices that the array multiplies with. */
export interface PreparedWeights {
  /** The tensor and the lowering that they were made for. */
  readonly weights: Tensor;
  readonly lowering: Lowering;
  /** They hold `weight − shift`. */
  readonly matrices: WeightMatrices;
  readonly shift: number;
  /** Sum of each output channel's shifted weights, modulo 2^32. */
  readonly kernelSums: Int32Array;
}

/**
 * Shift weights [O, C / group, …] into the range of the array's operand and make them ready for products.
 * @throws {ModelError} when their element type does not fit the array's.
 */
export function prepareWeights(weights: Tensor, lowered: LoweredConv, arrayType: Dtype): PreparedWeights {
  const operand = operandShift(weights.type, arrayType, 'weights');
  const shifted = shiftTensor(weights, operand);
  return {
    weights,
    lowering: lowered.lowering,
    matrices: weightMatrices(lowered, shifted),
    shift: operand.shift,
    kernelSums: sumsPerChannel(shifted),
  };
}

function sumsPerChannel({ shape, data }: Tensor): Int32Array {
  const elements = data as Int32Array;
  const sums = new Int32Array(shape[0] ?? 0);
  const size = elements.length / sums.length;
  for (let at = 0, channel = 0; channel < sums.length; channel++) {
    let sum = 0;
    for (const end = at + size; at < end; at++) sum = (sum + elements[at]!) | 0;
    sums[channel] = sum;
  }
  return sums;
}
