import fc from 'fast-check';
import { AUTO_PADS, type AutoPad } from '../../../src/onnx/conv-geometry.ts';
import type { OnnxModel } from '../../../src/onnx/model.ts';
import { elementCount, type Tensor } from '../../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './build-model.ts';

export type Byte = 'int8' | 'uint8';

/** One convolution: sizes, attributes and data. */
export interface ConvCase {
  readonly data: Tensor;
  readonly weights: Tensor;
  readonly dataZero: number;
  readonly weightZeros: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly autoPad: AutoPad;
  readonly group: number;
}

export interface CaseOptions {
  readonly types: readonly (readonly [data: Byte, weights: Byte])[];
  /** One zero point for all output channels of the weights. */
  readonly oneWeightZero?: boolean;
  /**
   * Keep int8 weights within 7 bits: on processors without VNNI, ONNX Runtime adds pairs of 8-bit products in
   * 16 bits, with saturation.
   */
  readonly narrowWeights?: boolean;
  readonly dilateSame?: boolean;
}

/** Random convolutions over 1 to 3 spatial axes whose kernel fits in the data. */
export function convCases(options: CaseOptions): fc.Arbitrary<ConvCase> {
  return fc
    .record({
      types: fc.constantFrom(...options.types),
      rank: fc.constantFrom(2, 2, 1, 3),
      batch: fc.integer({ min: 1, max: 2 }),
      group: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 3 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      autoPad: fc.constantFrom(...AUTO_PADS),
    })
    .chain((sizes) => {
      const { types, rank, batch, group, depth, outputs, autoPad } = sizes;
      const axes = (min: number, max: number, length: number = rank) =>
        fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });
      return fc
        .record({
          input: axes(1, 7),
          kernel: axes(1, 3),
          strides: axes(1, 3),
          dilations: autoPad.startsWith('SAME') && !options.dilateSame ? axes(1, 1) : axes(1, 2),
          pads: autoPad === 'NOTSET' ? axes(0, 2, 2 * rank) : fc.constant(Array<number>(2 * rank).fill(0)),
        })
        .filter(({ input, kernel, dilations, pads }) =>
          kernel.every((side, i) => (side - 1) * dilations[i]! < input[i]! + pads[i]! + pads[rank + i]!),
        )
        .chain(({ input, kernel, strides, dilations, pads }) => {
          const channels = outputs * group;
          const narrow = options.narrowWeights === true && types[1] === 'int8';
          return fc.record({
            data: bytes(types[0], [batch, depth * group, ...input]),
            weights: bytes(types[1], [channels, depth, ...kernel], narrow),
            dataZero: byte(types[0]),
            weightZeros: options.oneWeightZero
              ? byte(types[1], narrow).map((zero) => Array<number>(channels).fill(zero))
              : fc.array(byte(types[1]), { minLength: channels, maxLength: channels }),
            strides: fc.constant(strides),
            dilations: fc.constant(dilations),
            pads: fc.constant(pads),
            autoPad: fc.constant(autoPad),
            group: fc.constant(group),
          });
        });
    });
}

/** The attributes of a case as a node has them. */
export function convNodeAttributes(conv: ConvCase): Record<string, number | string | readonly number[]> {
  const { strides, dilations, pads, autoPad, group, weights } = conv;
  return {
    kernel_shape: weights.shape.slice(2),
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

function byte(type: Byte, narrow = false): fc.Arbitrary<number> {
  if (type === 'uint8') return fc.integer({ min: 0, max: 255 });
  return narrow ? fc.integer({ min: -64, max: 63 }) : fc.integer({ min: -128, max: 127 });
}

function bytes(type: Byte, shape: readonly number[], narrow = false): fc.Arbitrary<Tensor> {
  const length = elementCount(shape);
  return fc
    .array(byte(type, narrow), { minLength: length, maxLength: length })
    .map((list) => values(type, shape, list));
}
