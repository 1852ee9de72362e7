import type { Tensor } from '../../src/tensor/tensor.ts';
import { SIDE } from './draw.ts';
import type { Network } from './graph.ts';

/** The layers with weights, in order: two convolutions, each followed by ReLU and 2×2 max pooling, and three dense layers. */
export const CONVOLUTIONS = [
  { name: 'conv1', inputs: 1, outputs: 6, kernel: 5, pad: 2 },
  { name: 'conv2', inputs: 6, outputs: 16, kernel: 5, pad: 0 },
] as const;

export const DENSE_LAYERS = [
  { name: 'fc1', inputs: 400, outputs: 120, relu: true },
  { name: 'fc2', inputs: 120, outputs: 84, relu: true },
  { name: 'fc3', inputs: 84, outputs: 10, relu: false },
] as const;

export type LayerName = (typeof CONVOLUTIONS)[number]['name'] | (typeof DENSE_LAYERS)[number]['name'];

/** The trained float32 weights and bias of every layer: kernels [out, in, row, column], dense weights [in, out]. */
export type Weights = Readonly<
  Record<LayerName, { readonly weight: Tensor<'float32'>; readonly bias: Tensor<'float32'> }>
>;

/** What all variants of the model take and give. */
export const INTERFACE = {
  input: { name: 'input', shape: ['N', 1, SIDE, SIDE] },
  output: { name: 'logits', shape: ['N', 10] },
} as const satisfies Pick<Network, 'input' | 'output'>;

/** Attributes of a convolution and of the pooling behind it, as ONNX has them. */
export const convAttributes = ({ kernel, pad }: (typeof CONVOLUTIONS)[number]) => ({
  kernel_shape: [kernel, kernel],
  pads: [pad, pad, pad, pad],
  strides: [1, 1],
});

export const POOL_ATTRIBUTES = { kernel_shape: [2, 2], strides: [2, 2] } as const;
