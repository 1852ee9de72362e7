import { readFile } from 'node:fs/promises';
import { decode } from '../../src/onnx/file/messages.ts';
import { decodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import {
  CONVOLUTIONS,
  convAttributes,
  DENSE_LAYERS,
  INTERFACE,
  POOL_ATTRIBUTES,
  type Weights,
} from './architecture.ts';
import type { Network, Step } from './graph.ts';

/** Build the network of float32 operators: Conv, Relu, MaxPool, Flatten, Gemm. */
export function floatModel(weights: Weights): Network {
  const steps: Step[] = [];
  const add = (step: Step) => {
    steps.push(step);
    return step.name;
  };
  let last: string = INTERFACE.input.name;
  CONVOLUTIONS.forEach((layer, i) => {
    const { name } = layer;
    last = add({
      name,
      op: 'Conv',
      inputs: [last, `${name}.weight`, `${name}.bias`],
      attributes: convAttributes(layer),
    });
    last = add({ name: `${name}_relu`, op: 'Relu', inputs: [last] });
    last = add({ name: `pool${i + 1}`, op: 'MaxPool', inputs: [last], attributes: POOL_ATTRIBUTES });
  });
  last = add({ name: 'flatten', op: 'Flatten', inputs: [last], attributes: { axis: 1 } });
  for (const { name, relu } of DENSE_LAYERS) {
    last = add({ name, op: 'Gemm', inputs: [last, `${name}.weight`, `${name}.bias`] });
    if (relu) last = add({ name: `${name}_relu`, op: 'Relu', inputs: [last] });
  }
  const constants = new Map(
    Object.entries(weights).flatMap(([name, { weight, bias }]) => [
      [`${name}.weight`, weight] as const,
      [`${name}.bias`, bias] as const,
    ]),
  );
  return { name: 'digits', steps, constants, ...INTERFACE };
}

/** Read the weights back from the file of the float32 model. */
export async function readWeights(path: string): Promise<Weights> {
  const { graph } = decode('ModelProto', await readFile(path));
  const constants = new Map(graph!.initializer.map((it) => [it.name, decodeTensor(it) as Tensor<'float32'>]));
  return Object.fromEntries(
    [...CONVOLUTIONS, ...DENSE_LAYERS].map(({ name }) => [
      name,
      { weight: constants.get(`${name}.weight`)!, bias: constants.get(`${name}.bias`)! },
    ]),
  ) as Weights;
}
