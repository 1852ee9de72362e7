import fc from 'fast-check';
import type { OnnxModel } from '../../../src/onnx/file/model.ts';
import { AUTO_PADS, type AutoPad } from '../../../src/onnx/lowering/conv-geometry.ts';
import { elementCount, type Tensor } from '../../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './build-model.ts';

export type Byte = 'int8' | 'uint8';

/** The sizes and attributes of one convolution. */
export interface ConvShape {
  readonly dataShape: readonly number[];
  readonly weightsShape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly autoPad: AutoPad;
  readonly group: number;
}

/** One convolution of integers. */
export interface ConvCase extends ConvShape {
  readonly data: Tensor;
  readonly weights: Tensor;
  readonly dataZero: number;
  readonly weightZeros: readonly number[];
}

export interface ShapeOptions {
  /** Dilate SAME convolutions too; ONNX Runtime pads them as if they were not. */
  readonly dilateSame?: boolean;
  /** The longest side of a kernel, 3 when left out. */
  readonly kernelSide?: number;
}

export interface CaseOptions extends ShapeOptions {
  readonly types: readonly (readonly [data: Byte, weights: Byte])[];
  /** One zero point for all output channels of the weights. */
  readonly oneWeightZero?: boolean;
  /**
   * Keep int8 weights within 7 bits: on processors without VNNI, ONNX Runtime adds pairs of 8-bit products in
   * 16 bits, with saturation.
   */
  readonly narrowWeights?: boolean;
}

/** Random convolutions over 1 to 3 spatial axes whose kernel fits in the data. */
export function convShapes({ dilateSame = false, kernelSide = 3 }: ShapeOptions = {}): fc.Arbitrary<ConvShape> {
  return fc
    .record({
      rank: fc.constantFrom(2, 2, 1, 3),
      batch: fc.integer({ min: 1, max: 2 }),
      group: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 3 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      autoPad: fc.constantFrom(...AUTO_PADS),
    })
    .chain(({ rank, batch, group, depth, outputs, autoPad }) => {
      const axes = (min: number, max: number, length: number = rank) =>
        fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });
      return fc
        .record({
          input: axes(1, 7),
          kernel: axes(1, kernelSide),
          strides: axes(1, 3),
          dilations: autoPad.startsWith('SAME') && !dilateSame ? axes(1, 1) : axes(1, 2),
          pads: autoPad === 'NOTSET' ? axes(0, 2, 2 * rank) : fc.constant(Array<number>(2 * rank).fill(0)),
        })
        .filter(({ input, kernel, dilations, pads }) =>
          kernel.every((side, i) => (side - 1) * dilations[i]! < input[i]! + pads[i]! + pads[rank + i]!),
        )
        .map(({ input, kernel, strides, dilations, pads }) => ({
          dataShape: [batch, depth * group, ...input],
          weightsShape: [outputs * group, depth, ...kernel],
          strides,
          dilations,
          pads,
          autoPad,
          group,
        }));
    });
}

/** Random convolutions of 8-bit integers. */
export function convCases(options: CaseOptions): fc.Arbitrary<ConvCase> {
  return fc
    .record({ shape: convShapes(options), types: fc.constantFrom(...options.types) })
    .chain(({ shape, types }) => {
      const [channels = 0] = shape.weightsShape;
      const narrow = options.narrowWeights === true && types[1] === 'int8';
      return fc
        .record({
          data: bytes(types[0], shape.dataShape),
          weights: bytes(types[1], shape.weightsShape, narrow),
          dataZero: byte(types[0]),
          weightZeros: options.oneWeightZero
            ? byte(types[1], narrow).map((zero) => Array<number>(channels).fill(zero))
            : fc.array(byte(types[1]), { minLength: channels, maxLength: channels }),
        })
        .map((operands) => ({ ...shape, ...operands }));
    });
}

/** The attributes of a case as a node has them. */
export function convNodeAttributes(conv: ConvShape): Record<string, number | string | readonly number[]> {
  const { strides, dilations, pads, autoPad, group, weightsShape } = conv;
  return {
    kernel_shape: weightsShape.slice(2),
    strides,
    dilations,
    group,
    auto_pad: autoPad,
    ...(autoPad === 'NOTSET' ? { pads } : {}),
  };
}

/** A model of one ConvInteger, its weights in the file. */
export function convIntegerModel(conv: ConvCase): OnnxModel {
  const { data, weights, dataZero, weightZeros } = conv;
  const one = weightZeros.every((zero) => zero === weightZeros[0]);
  return buildModel({
    nodes: [node('ConvInteger', ['x', 'w', 'xz', 'wz'], ['y'], convNodeAttributes(conv))],
    inputs: [
      info(
        'x',
        data.type,
        data.shape.map((_, axis) => `x${axis}`),
      ),
    ],
    outputs: [
      info(
        'y',
        'int32',
        data.shape.map((_, axis) => `y${axis}`),
      ),
    ],
    constants: {
      w: weights,
      xz: values(data.type, [], [dataZero]),
      wz: one ? values(weights.type, [], [weightZeros[0]!]) : values(weights.type, [weightZeros.length], weightZeros),
    },
  });
}

/** Numbers of a type; narrow ones as `narrowWeights` says. */
export function byte(type: Byte, narrow = false): fc.Arbitrary<number> {
  if (type === 'uint8') return fc.integer({ min: 0, max: 255 });
  return narrow ? fc.integer({ min: -64, max: 63 }) : fc.integer({ min: -128, max: 127 });
}

/** Tensors of such numbers. */
export function bytes(type: Byte, shape: readonly number[], narrow = false): fc.Arbitrary<Tensor> {
  const length = elementCount(shape);
  return fc
    .array(byte(type, narrow), { minLength: length, maxLength: length })
    .map((list) => values(type, shape, list));
}
