import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import {
  CONVOLUTIONS,
  convAttributes,
  DENSE_LAYERS,
  INTERFACE,
  POOL_ATTRIBUTES,
  type Weights,
} from './architecture.ts';
import type { Network, Step } from './graph.ts';
import { quantiseWeight, scalar } from './int8.ts';

/** Attribute `to` of Cast. */
const FLOAT32 = 1;

/**
 * Build the network with dynamic scales: each layer quantises what it is given to uint8, with a scale taken from the whole
 * batch, multiplies integers (ConvInteger, MatMulInteger), and returns to float32 for scale, bias and ReLU.
 */
export function convIntegerModel(weights: Weights): Network {
  const steps: Step[] = [];
  const constants = new Map<string, Tensor>();
  const add = (step: Step) => {
    steps.push(step);
    return step.name;
  };
  const constant = (name: string, value: Tensor) => {
    constants.set(name, value);
    return name;
  };

  /** Add one layer around the integer operator `op`; its scales and bias lie along axis 1 of the result. */
  const addLayer = (
    { name, relu }: { name: keyof Weights; relu: boolean },
    input: string,
    op: Pick<Step, 'op' | 'attributes'>,
    axes: readonly number[],
  ): string => {
    const { weight, scales } = quantiseWeight(weights[name].weight, op.op === 'ConvInteger' ? 'channel' : 'tensor');
    const bias = weights[name].bias.data;
    const [scale, zeroPoint] = [`${name}_quantize_scale`, `${name}_quantize_zero_point`];
    const stored = add({
      name: `${name}_quantize`,
      op: 'DynamicQuantizeLinear',
      inputs: [input],
      outputs: [`${name}_quantize`, scale, zeroPoint],
    });
    const weightZeroPoint = constant(`${name}.weight_zero_point`, scalar('int8', 0));
    const inputs = [stored, constant(`${name}.weight`, weight), zeroPoint, weightZeroPoint];
    const sum = add({ name, ...op, inputs });
    const cast = add({ name: `${name}_cast`, op: 'Cast', inputs: [sum], attributes: { to: FLOAT32 } });
    const scaleShape = scales.length === 1 ? [] : [scales.length, ...axes];
    const weightScale = constant(`${name}.weight_scale`, tensor('float32', scaleShape, scales));
    const bothScales = add({ name: `${name}_scale`, op: 'Mul', inputs: [scale, weightScale] });
    const real = add({ name: `${name}_dequantize`, op: 'Mul', inputs: [cast, bothScales] });
    const biasName = constant(`${name}.bias`, tensor('float32', [bias.length, ...axes], bias));
    const biased = add({ name: `${name}_bias`, op: 'Add', inputs: [real, biasName] });
    return relu ? add({ name: `${name}_relu`, op: 'Relu', inputs: [biased] }) : biased;
  };

  let last: string = INTERFACE.input.name;
  CONVOLUTIONS.forEach((layer, i) => {
    const operator = { op: 'ConvInteger', attributes: convAttributes(layer) };
    last = addLayer({ name: layer.name, relu: true }, last, operator, [1, 1]);
    last = add({ name: `pool${i + 1}`, op: 'MaxPool', inputs: [last], attributes: POOL_ATTRIBUTES });
  });
  last = add({ name: 'flatten', op: 'Flatten', inputs: [last], attributes: { axis: 1 } });
  for (const layer of DENSE_LAYERS) last = addLayer(layer, last, { op: 'MatMulInteger' }, []);
  return { name: 'digits', steps, constants, ...INTERFACE };
}
