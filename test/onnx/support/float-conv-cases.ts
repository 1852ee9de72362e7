import fc from 'fast-check';
import type { NodeProto } from '../../../src/onnx/file/messages.ts';
import type { OnnxModel } from '../../../src/onnx/file/model.ts';
import { convAttributes } from '../../../src/onnx/lowering/conv-geometry.ts';
import type { FloatType } from '../../../src/onnx/operators/float-sums.ts';
import { elementCount, type Tensor, tensor } from '../../../src/tensor/tensor.ts';
import { buildModel, info, node } from './build-model.ts';
import { type ConvShape, convNodeAttributes, convShapes, type ShapeOptions } from './conv-cases.ts';

/** One convolution of floating-point numbers. */
export interface FloatConvCase extends ConvShape {
  readonly data: Tensor;
  readonly weights: Tensor;
  readonly bias: Tensor | null;
}

/**
 * Which numbers a case holds: `plain` ones, whose sums neither overflow nor come near the subnormals, or `any` bits,
 * infinities and NaNs included.
 */
export type FloatNumbers = 'plain' | 'any';

/** Random convolutions of numbers of one type. */
export function floatConvCases(
  type: FloatType,
  numbers: FloatNumbers,
  options?: ShapeOptions,
): fc.Arbitrary<FloatConvCase> {
  return convShapes(options).chain((shape) => floatOperands(shape, type, numbers));
}

/** Random numbers for a convolution of given sizes. */
export function floatOperands(shape: ConvShape, type: FloatType, numbers: FloatNumbers): fc.Arbitrary<FloatConvCase> {
  const filled = (sides: readonly number[]) => floats(type, sides, numbers);
  return fc
    .record({
      data: filled(shape.dataShape),
      weights: filled(shape.weightsShape),
      bias: fc.option(filled([shape.weightsShape[0]!])),
    })
    .map((operands) => ({ ...shape, ...operands }));
}

/** Random tensors of one type and shape. */
export function floats(type: FloatType, shape: readonly number[], numbers: FloatNumbers): fc.Arbitrary<Tensor> {
  const length = elementCount(shape);
  return fc
    .array(element(type, numbers), { minLength: length, maxLength: length })
    .map((list) => tensor(type, shape, fromBits(type, list)));
}

/** The convolution that a Conv node of a model describes, with its operands in order; no bias stands for none. */
export function caseOfNode(node: NodeProto, operands: readonly (Tensor | undefined)[]): FloatConvCase {
  const { strides, dilations, pads, autoPad, group } = convAttributes(node);
  const [data, weights, bias] = operands as [Tensor, Tensor, Tensor | undefined];
  const { length: rank } = weights.shape.slice(2);
  return {
    dataShape: data.shape,
    weightsShape: weights.shape,
    strides: strides ?? Array(rank).fill(1),
    dilations: dilations ?? Array(rank).fill(1),
    pads: pads ?? Array(2 * rank).fill(0),
    autoPad,
    group,
    data,
    weights,
    bias: bias ?? null,
  };
}

/** A model of one Conv, its weights in the file. */
export function convModel(conv: FloatConvCase): OnnxModel {
  const { data, weights, bias } = conv;
  const axes = (name: string) => data.shape.map((_, axis) => `${name}${axis}`);
  return buildModel({
    nodes: [node('Conv', bias ? ['x', 'w', 'b'] : ['x', 'w'], ['y'], convNodeAttributes(conv), { name: 'conv' })],
    inputs: [info('x', data.type, axes('x'))],
    outputs: [info('y', data.type, axes('y'))],
    constants: bias ? { w: weights, b: bias } : { w: weights },
  });
}

/** Width, bits of the fraction and the exponent field of 1. */
const LAYOUT = {
  float16: { widthBits: 16, fractionBits: 10, one: 15 },
  float32: { widthBits: 32, fractionBits: 23, one: 127 },
  float64: { widthBits: 64, fractionBits: 52, one: 1023 },
} as const satisfies Record<FloatType, object>;

/** The bits of one number. */
function element(type: FloatType, numbers: FloatNumbers): fc.Arbitrary<bigint> {
  const { widthBits, fractionBits, one } = LAYOUT[type];
  const bits = BigInt(widthBits);
  const plain = fc
    .tuple(
      fc.bigInt({ min: 0n, max: 1n }),
      fc.integer({ min: one - 4, max: one + 2 }),
      fc.bigInt({ min: 0n, max: (1n << BigInt(fractionBits)) - 1n }),
    )
    .map(([sign, exponent, fraction]) => (sign << (bits - 1n)) | (BigInt(exponent) << BigInt(fractionBits)) | fraction);
  const signedZero = fc.constantFrom(0n, 1n << (bits - 1n));
  if (numbers === 'plain') return fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: signedZero });
  const any = fc.bigInt({ min: 0n, max: (1n << bits) - 1n });
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 2, arbitrary: any }, { weight: 1, arbitrary: signedZero });
}

function fromBits(type: FloatType, list: readonly bigint[]): Float32Array | Float64Array | Uint16Array {
  if (type === 'float64') return new Float64Array(BigUint64Array.from(list).buffer);
  if (type === 'float32') return new Float32Array(Uint32Array.from(list, Number).buffer);
  return Uint16Array.from(list, Number);
}
