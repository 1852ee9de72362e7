import * as tf from '@tensorflow/tfjs';
import { tensor } from '../../src/tensor/tensor.ts';
import { CONVOLUTIONS, DENSE_LAYERS, type LayerName, type Weights } from './architecture.ts';
import type { Random } from './random.ts';

/** The weights while they are being trained, in the layouts of TensorFlow.js. */
export type Variables = Record<LayerName, { readonly weight: tf.Variable; readonly bias: tf.Variable }>;

/** Draw the weights to begin with. Source of the deviation: K. He et al., Delving deep into rectifiers, 2015. */
export function initialVariables(random: Random): Variables {
  const layer = (name: LayerName, shape: number[], fanIn: number, outputs: number) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const values = Float32Array.from({ length }, () => random.normal(0, Math.sqrt(2 / fanIn)));
    return {
      weight: tf.variable(tf.tensor(values, shape), true, `${name}.weight`),
      bias: tf.variable(tf.tensor(new Float32Array(outputs), [outputs]), true, `${name}.bias`),
    };
  };
  return Object.fromEntries([
    ...CONVOLUTIONS.map(({ name, inputs, outputs, kernel }) => [
      name,
      layer(name, [kernel, kernel, inputs, outputs], inputs * kernel * kernel, outputs),
    ]),
    ...DENSE_LAYERS.map(({ name, inputs, outputs }) => [name, layer(name, [inputs, outputs], inputs, outputs)]),
  ]) as Variables;
}

/** Run the network on images [N, row, column, 1], giving one logit per digit [N, 10]. */
export function logits(variables: Variables, images: tf.Tensor): tf.Tensor {
  let x = images;
  for (const { name, pad } of CONVOLUTIONS) {
    const { weight, bias } = variables[name];
    const padded = tf.pad(x, [
      [0, 0],
      [pad, pad],
      [pad, pad],
      [0, 0],
    ]);
    x = tf.maxPool(tf.relu(tf.add(convolve(padded, weight), bias)), 2, 2, 'valid');
  }
  // The exported model is channels-first, and its dense weights expect that order.
  const channelsFirst = tf.transpose(x, [0, 3, 1, 2]);
  x = tf.reshape(channelsFirst, [channelsFirst.shape[0]!, DENSE_LAYERS[0].inputs]);
  for (const { name, relu } of DENSE_LAYERS) {
    const sum = tf.add(tf.matMul(x, variables[name].weight), variables[name].bias);
    x = relu ? tf.relu(sum) : sum;
  }
  return x;
}

/** Convert the weights to the layouts of ONNX. */
export async function weightsOf(variables: Variables): Promise<Weights> {
  const entries = Object.entries(variables).map(async ([name, { weight, bias }]) => {
    // TensorFlow.js keeps kernels as [row, column, in, out], ONNX as [out, in, row, column].
    const ordered = weight.shape.length === 4 ? tf.transpose(weight, [3, 2, 0, 1]) : weight;
    return [
      name,
      {
        weight: tensor('float32', ordered.shape, Float32Array.from(await ordered.data())),
        bias: tensor('float32', bias.shape, Float32Array.from(await bias.data())),
      },
    ];
  });
  return Object.fromEntries(await Promise.all(entries)) as Weights;
}

/** Convolve without padding. Its gradient for the filter is a convolution, too: the library's own has no WebAssembly kernel. */
const convolve = tf.customGrad((x, filter, save) => {
  save([x, filter]);
  return {
    value: tf.conv2d(x, filter, 1, 'valid'),
    gradFunc: (dy, [savedX, savedFilter]) => {
      const dx = tf.conv2dTranspose(dy, savedFilter!, savedX!.shape, 1, 0);
      const dFilter = tf.conv2d(tf.transpose(savedX!, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, 'valid');
      return [dx, tf.transpose(dFilter, [1, 2, 0, 3])];
    },
  };
});
