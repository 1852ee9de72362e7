import { ModelError } from '../../errors.ts';
import { allocate, type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import { elementTypeName } from '../file/element-types.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { convAttributes } from '../lowering/conv-geometry.ts';
import { convLowering, productShapes } from '../lowering/conv-lowering.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { joinShapes, type LayerProducts } from '../lowering/product-shape.ts';
import { enumerate } from '../wording.ts';
import { floatProblem, integerProblem } from './array-fit.ts';
import { floatConvolution } from './float-conv.ts';
import { FLOAT_TYPES } from './float-sums.ts';
import { integerConvolution } from './integer-conv.ts';
import { perElement, requantised, SUMS_AS_THEY_ARE, scaledAndBiased } from './layer-ending.ts';
import {
  BYTES,
  type LayerOperator,
  optionalInput,
  perChannel,
  requiredInput,
  scalar,
  zeroPoint,
} from './layer-operator.ts';
import { multipliersOf, type Requantisation, requantise } from './requantise.ts';

/** Conv: data, weights and bias of one floating-point type, which the result has too. Source: ONNX operator Conv. */
export const CONV: LayerOperator = {
  opType: 'Conv',
  domain: '',
  refuse: (node, graph) => refuseConvolution(node, graph, 1, FLOAT_TYPES),
  refuseArray(node, graph, types) {
    const weights = graph.constants.get(node.input[1] ?? '');
    return floatProblem(weights ? elementTypeName(weights.dataType) : null, types);
  },
  resultType: ([data]) => ({ type: data?.type ?? 'float32', rank: data?.rank ?? null }),
  products: (node, shapes, lowering) => convolutionProducts(node, shapes[0], shapes[1], lowering),
  ending(_node, inputs, shape) {
    const bias = optionalInput(inputs, 2, 'B', ['float32']);
    return scaledAndBiased(null, bias && perElement(shape, bias.data as Float32Array));
  },
  prepare(node, lowering) {
    const convolve = floatConvolution(convAttributes(node), lowering);
    return async (inputs, port) => {
      const data = requiredInput(inputs, 0, 'X', FLOAT_TYPES);
      const weights = requiredInput(inputs, 1, 'W', [data.type]);
      const bias = optionalInput(inputs, 2, 'B', [data.type]);
      const problem = floatProblem(data.type, port.types);
      if (problem) throw new ModelError(problem);
      return convolve(data, weights, bias, port);
    };
  },
};

/** ConvInteger: 8-bit data and weights with zero points, int32 result modulo 2^32. Source: ONNX operator ConvInteger. */
export const CONV_INTEGER: LayerOperator = {
  opType: 'ConvInteger',
  domain: '',
  refuse: (node, graph) => refuseConvolution(node, graph, 1, BYTES),
  refuseArray: (_node, _graph, types) => integerProblem(types),
  resultType: ([data]) => ({ type: 'int32', rank: data?.rank ?? null }),
  products: (node, shapes, lowering) => convolutionProducts(node, shapes[0], shapes[1], lowering),
  ending: () => SUMS_AS_THEY_ARE,
  prepare(node, lowering) {
    const convolve = integerConvolution(node, lowering);
    return async (inputs, port) => {
      const data = requiredInput(inputs, 0, 'x', BYTES);
      const weights = requiredInput(inputs, 1, 'w', BYTES);
      const dataZero = scalar(optionalInput(inputs, 2, 'x_zero_point', [data.type]), 'x_zero_point', 0);
      const zeros = optionalInput(inputs, 3, 'w_zero_point', [weights.type]);
      const weightZeros = perChannel(zeros, 'w_zero_point', weights.shape[0] ?? 0);
      return convolve(data, weights, dataZero, Int32Array.from(weightZeros), port);
    };
  },
};

/**
 * QLinearConv: 8-bit data, weights and result with scales and zero points (those of the weights per layer or per
 * output channel), optional int32 bias. Source: ONNX operator QLinearConv.
 */
export const QLINEAR_CONV: LayerOperator = {
  opType: 'QLinearConv',
  domain: '',
  refuse: (node, graph) => refuseConvolution(node, graph, 3, BYTES),
  refuseArray: (_node, _graph, types) => integerProblem(types),
  resultType: (inputs) => ({ type: inputs[7]?.type ?? 'uint8', rank: inputs[0]?.rank ?? null }),
  products: (node, shapes, lowering) => convolutionProducts(node, shapes[0], shapes[3], lowering),
  ending(_node, inputs, shape) {
    const { multipliers, zeroPoint } = requantisationOf(inputs, shape[1] ?? 0);
    const bias = optionalInput(inputs, 8, 'B', ['int32']);
    return requantised({
      multipliers: perElement(shape, multipliers),
      bias: bias && perElement(shape, bias.data as Int32Array),
      zeroPoint,
    });
  },
  prepare(node, lowering) {
    const convolve = integerConvolution(node, lowering);
    return async (inputs, port) => {
      const data = requiredInput(inputs, 0, 'x', BYTES);
      const dataZero = scalar(zeroPoint(inputs, 2, 'x_zero_point', [data.type]), 'x_zero_point', 0);
      const weights = requiredInput(inputs, 3, 'w', BYTES);
      const channels = weights.shape[0] ?? 0;
      const zeros = zeroPoint(inputs, 5, 'w_zero_point', [weights.type]);
      const weightZeros = perChannel(zeros, 'w_zero_point', channels);
      const requantisation = requantisationOf(inputs, channels);
      const resultZero = zeroPoint(inputs, 7, 'y_zero_point', BYTES);
      const bias = optionalInput(inputs, 8, 'B', ['int32']);
      const sums = await convolve(data, weights, dataZero, Int32Array.from(weightZeros), port);
      if (bias) addBias(sums, bias);
      const result = allocate(resultZero.type, sums.data.length) as Int8Array | Uint8Array;
      requantise(sums, requantisation, result);
      return tensor(resultZero.type, sums.shape, result);
    };
  },
};

/** Read how the sums of QLinearConv become values, from its scales and zero points. */
function requantisationOf(inputs: readonly (Tensor | null)[], channels: number): Requantisation {
  const dataScale = scalar(requiredInput(inputs, 1, 'x_scale', ['float32']), 'x_scale', 1);
  const weightScales = perChannel(requiredInput(inputs, 4, 'w_scale', ['float32']), 'w_scale', channels);
  const resultScale = scalar(requiredInput(inputs, 6, 'y_scale', ['float32']), 'y_scale', 1);
  return {
    multipliers: multipliersOf(dataScale, weightScales, resultScale),
    zeroPoint: scalar(zeroPoint(inputs, 7, 'y_zero_point', BYTES), 'y_zero_point', 0),
  };
}

function addBias(sums: Tensor<'int32'>, bias: Tensor): void {
  const [batch = 0, channels = 0] = sums.shape;
  if (bias.data.length !== channels) throw new ModelError(`B must hold ${channels} numbers, not ${bias.data.length}`);
  const values = sums.data as Int32Array;
  const pixels = values.length / (batch * channels) || 0;
  let at = 0;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const add = bias.data[channel] as number;
      for (let pixel = 0; pixel < pixels; pixel++, at++) values[at] = values[at]! + add;
    }
  }
}

function convolutionProducts(
  node: NodeProto,
  data: readonly number[] | null | undefined,
  weights: readonly number[] | null | undefined,
  lowering: Lowering,
): LayerProducts {
  if (!data || !weights) throw new ModelError('a convolution needs data and weights');
  const lowered = convLowering(convAttributes(node), lowering)(data, weights);
  return { lowering: lowered.lowering, shapes: joinShapes(productShapes(lowered)) };
}

/** What can be seen of a convolution without running the model. */
function refuseConvolution(
  node: NodeProto,
  graph: GraphIndex,
  weightsIndex: number,
  types: readonly ElementType[],
): string | null {
  try {
    convAttributes(node);
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  const weights = graph.constants.get(node.input[weightsIndex] ?? '');
  if (!weights) return null;
  const type = elementTypeName(weights.dataType);
  if (!(types as readonly string[]).includes(type)) return `weights must be ${enumerate(types, 'or')}, not ${type}`;
  if (weights.dims.length < 3) return `weights must have at least 3 axes, not [${weights.dims}]`;
  return null;
}
