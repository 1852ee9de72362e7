import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import {
  CONVOLUTIONS,
  convAttributes,
  DENSE_LAYERS,
  INTERFACE,
  POOL_ATTRIBUTES,
  type Weights,
} from './architecture.ts';
import type { Calibration } from './calibration.ts';
import type { Network, Step } from './graph.ts';
import { quantiseBias, quantiseWeight, scalar, type Uint8Scale } from './int8.ts';

/** Pixels are multiples of 1/255, so that their quantisation is exact. */
const PIXELS: Uint8Scale = { scale: Math.fround(1 / 255), zeroPoint: 0 };

/**
 * Build the network with static scales: QLinearConv with a scale per channel (its ReLU is the lower bound of uint8), and
 * QLinearMatMul, whose bias and ReLU are float32 because it has no seat for them.
 */
export function qlinearModel(weights: Weights, { activations, products }: Calibration): Network {
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
  const scaleOf = (name: string, { scale, zeroPoint }: Uint8Scale) => [
    constant(`${name}.scale`, scalar('float32', scale)),
    constant(`${name}.zero_point`, scalar('uint8', zeroPoint)),
  ];

  let scale = PIXELS;
  let scaleNames = scaleOf(INTERFACE.input.name, PIXELS);
  let last = add({ name: 'input_quantize', op: 'QuantizeLinear', inputs: [INTERFACE.input.name, ...scaleNames] });
  CONVOLUTIONS.forEach((layer, i) => {
    const { name, outputs } = layer;
    const { weight, scales } = quantiseWeight(weights[name].weight, 'channel');
    const outputScale = scaleOf(name, activations[name]);
    const inputs = [
      last,
      ...scaleNames,
      constant(`${name}.weight`, weight),
      constant(`${name}.weight_scale`, tensor('float32', [outputs], scales)),
      constant(`${name}.weight_zero_point`, tensor('int8', [outputs])),
      ...outputScale,
      constant(`${name}.bias`, quantiseBias(weights[name].bias, scale.scale, scales)),
    ];
    last = add({ name, op: 'QLinearConv', inputs, attributes: convAttributes(layer) });
    last = add({ name: `pool${i + 1}`, op: 'MaxPool', inputs: [last], attributes: POOL_ATTRIBUTES });
    [scale, scaleNames] = [activations[name], outputScale];
  });

  last = add({ name: 'flatten', op: 'Flatten', inputs: [last], attributes: { axis: 1 } });
  for (const { name, relu } of DENSE_LAYERS) {
    const { weight, scales } = quantiseWeight(weights[name].weight, 'tensor');
    const productScale = scaleOf(`${name}.product`, products[name]);
    const inputs = [
      last,
      ...scaleNames,
      constant(`${name}.weight`, weight),
      constant(`${name}.weight_scale`, scalar('float32', scales[0]!)),
      constant(`${name}.weight_zero_point`, scalar('int8', 0)),
      ...productScale,
    ];
    last = add({ name, op: 'QLinearMatMul', inputs });
    last = add({ name: `${name}_dequantize`, op: 'DequantizeLinear', inputs: [last, ...productScale] });
    last = add({ name: `${name}_bias`, op: 'Add', inputs: [last, constant(`${name}.bias`, weights[name].bias)] });
    if (!relu) continue;
    last = add({ name: `${name}_relu`, op: 'Relu', inputs: [last] });
    scaleNames = scaleOf(name, activations[name]);
    last = add({ name: `${name}_quantize`, op: 'QuantizeLinear', inputs: [last, ...scaleNames] });
  }
  return { name: 'digits', steps, constants, ...INTERFACE };
}
