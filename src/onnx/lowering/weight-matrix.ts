import { allocate, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';
import type { ConvBlock } from './conv-blocks.ts';
import type { LoweredConv } from './conv-lowering.ts';

/** Gives the weights of one block of one group as an operand: (channels·taps) × outputs on line b, the transpose on a. */
export type WeightMatrices = (group: number, block: ConvBlock) => Tensor;

/**
 * Make weights [O, C / group, …] ready as operands; each matrix is made once.
 * @param lowered a convolution with these weights; others that are lowered like it may use the matrices, too
 */
export function weightMatrices({ dataOn, depth, perGroup, taps }: LoweredConv, weights: Tensor): WeightMatrices {
  const made = new Map<number, Tensor>();
  return (group, block) => {
    const output = group * perGroup + block.output;
    // The blocks of one lowering do not overlap, so that the first of its weights tells a block.
    const key = output * depth + block.channel;
    const matrix = made.get(key) ?? weightMatrix(weights, dataOn, depth * taps, taps, { ...block, output });
    made.set(key, matrix);
    return matrix;
  };
}

function weightMatrix(
  { type, data }: Tensor,
  dataOn: 'a' | 'b',
  kernelSize: number,
  taps: number,
  { channel, channels, output, outputs }: ConvBlock,
): Tensor {
  const inner = channels * taps;
  const first = output * kernelSize + channel * taps;
  const shape = dataOn === 'a' ? [inner, outputs] : [outputs, inner];
  const isKernelByKernel = dataOn === 'b' || outputs === 1;
  if (isKernelByKernel && (outputs === 1 || inner === kernelSize)) {
    return tensor(type, shape, data.subarray(first, first + outputs * inner) as TensorData);
  }
  const matrix = allocate(type, inner * outputs) as Float32Array;
  const from = data as Float32Array;
  const [outputStep, innerStep] = dataOn === 'a' ? [1, outputs] : [inner, 1];
  for (let n = 0; n < outputs; n++) {
    for (let k = 0; k < inner; k++) matrix[n * outputStep + k * innerStep] = from[first + n * kernelSize + k]!;
  }
  return tensor(type, shape, matrix);
}
