import type { Dtype } from '../dtype/dtype.ts';
import { allocate, type Tensor, tensor } from '../tensor/tensor.ts';
import type { IntegerData } from './im2col.ts';
import { operandShift } from './operand-shift.ts';

/** The weights of a convolution as the matrices that the array multiplies with. */
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
 * Transpose weights [O, C / group, …] to one K × (O / group) matrix per group.
 * @throws {ModelError} when their element type does not fit the array's.
 */
export function prepareWeights(weights: Tensor, group: number, arrayType: Dtype): PreparedWeights {
  const { shift, type } = operandShift(weights.type, arrayType, 'weights');
  const outputs = weights.shape[0] ?? 0;
  const inner = weights.data.length / outputs;
  const perGroup = outputs / group;
  const from = weights.data as IntegerData;
  const columnSums = new Int32Array(outputs);
  const matrices = Array.from({ length: group }, (_, g) => {
    const matrix = allocate(type, inner * perGroup) as IntegerData;
    for (let n = 0; n < perGroup; n++) {
      const channel = g * perGroup + n;
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const value = from[channel * inner + k]! - shift;
        matrix[k * perGroup + n] = value;
        sum = (sum + value) | 0;
      }
      columnSums[channel] = sum;
    }
    return tensor(type, [inner, perGroup], matrix);
  });
  return { weights, matrices, shift, columnSums };
}
