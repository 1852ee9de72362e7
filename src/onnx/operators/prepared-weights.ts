import type { Dtype } from '../../dtype/dtype.ts';
import { allocate, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { IntegerData } from '../lowering/im2col.ts';
import { operandShift } from './operand-shift.ts';

/** The weights of an integer convolution as the matrices that the array multiplies with. */
export interface PreparedWeights {
  /** The tensor they were made from. */
  readonly weights: Tensor;
  /** One per group: K × output channels of the group, holding `weight − shift`. */
  readonly matrices: readonly Tensor[];
  readonly shift: number;
  /** Sum of each output channel's shifted weights, modulo 2^32. */
  readonly columnSums: Int32Array;
}

/**
 * Shift weights [O, C / group, …] into the range of the array's operand and make one matrix per group of them.
 * @throws {ModelError} when their element type does not fit the array's.
 */
export function prepareWeights(weights: Tensor, group: number, arrayType: Dtype): PreparedWeights {
  const { shift, type } = operandShift(weights.type, arrayType, 'weights');
  const from = weights.data as IntegerData;
  const shifted = allocate(type, from.length) as IntegerData;
  const outputs = weights.shape[0] ?? 0;
  const inner = from.length / outputs;
  const columnSums = new Int32Array(outputs);
  for (let at = 0, channel = 0; channel < outputs; channel++) {
    let sum = 0;
    for (let k = 0; k < inner; k++, at++) {
      const value = from[at]! - shift;
      shifted[at] = value;
      sum = (sum + value) | 0;
    }
    columnSums[channel] = sum;
  }
  const matrices = weightMatrices(tensor(type, weights.shape, shifted), group);
  return { weights, matrices, shift, columnSums };
}

/** Transpose weights [O, C / group, …] to one K × (O / group) matrix per group. */
export function weightMatrices({ type, shape, data }: Tensor, group: number): Tensor[] {
  const outputs = shape[0] ?? 0;
  const inner = data.length / outputs;
  const perGroup = outputs / group;
  const from = data as Float32Array;
  return Array.from({ length: group }, (_, g) => {
    const matrix = allocate(type, inner * perGroup) as Float32Array;
    for (let n = 0; n < perGroup; n++) {
      const first = (g * perGroup + n) * inner;
      for (let k = 0; k < inner; k++) matrix[k * perGroup + n] = from[first + k]!;
    }
    return tensor(type, [inner, perGroup], matrix);
  });
}
