import fc from 'fast-check';
import type { NodeProto } from '../../../src/onnx/file/messages.ts';
import type { OnnxModel } from '../../../src/onnx/file/model.ts';
import { elementCount, type Tensor } from '../../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './build-model.ts';
import { type Byte, byte, bytes, convNodeAttributes, convShapes } from './conv-cases.ts';
import { exactly, factorShapes } from './matmul-cases.ts';

type Attributes = Parameters<typeof node>[3];

/** One Conv, MatMul or Gemm between nodes that dequantise and quantise. */
export interface QuantisedCase {
  readonly op: 'Conv' | 'MatMul' | 'Gemm';
  readonly attributes: Attributes;
  readonly data: Tensor;
  readonly dataScale: number;
  readonly dataZero: number;
  readonly weights: Tensor;
  /** One number, or one for each place along the axis. */
  readonly weightScales: readonly number[];
  readonly weightZeros: readonly number[];
  readonly weightAxis: number;
  readonly bias: readonly number[] | null;
  /** How many axes the result has. */
  readonly rank: number;
  readonly relu: boolean;
  /** Null where the result stays in floating point. */
  readonly result: { readonly type: Byte; readonly scale: number; readonly zero: number } | null;
}

/** Products of two are small enough for most results to lie within 8 bits; powers of two make exact halves. */
const SCALES = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 7000)),
  fc.constant(2 ** -4),
);
const LARGE_SCALES = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 300)),
  fc.constant(1),
);

export interface QuantisedOptions {
  readonly op: QuantisedCase['op'];
  /** Data and result have one type. */
  readonly types: readonly (readonly [data: Byte, weights: Byte])[];
}

/** Random groups; int8 weights are kept within 7 bits, as in `convCases`. */
export function quantisedCases({ op, types }: QuantisedOptions): fc.Arbitrary<QuantisedCase> {
  return fc.tuple(shapesOf(op), fc.constantFrom(...types)).chain(([shapes, [dataType, weightsType]]) => {
    const { data, weights, attributes, weightAxis, rank } = shapes;
    const channels = weights[weightAxis]!;
    const perChannel = fc.constantFrom(1, weightAxis < 0 || weights.length === 1 ? 1 : channels);
    return fc.record({ count: perChannel, relu: fc.boolean(), staysFloat: fc.boolean() }).chain((choice) => {
      const { count, relu } = choice;
      const least = dataType === 'int8' ? -128 : 0;
      const zero = relu ? fc.constant(least) : byte(dataType);
      const result = fc.record({ type: fc.constant(dataType), scale: LARGE_SCALES, zero });
      return fc.record({
        op: fc.constant(op),
        attributes: fc.constant(attributes),
        data: bytes(dataType, data),
        dataScale: SCALES,
        dataZero: byte(dataType),
        weights: bytes(weightsType, weights, weightsType === 'int8'),
        weightScales: fc.array(SCALES, exactly(count)),
        weightZeros: byte(weightsType, true).map((number) => Array<number>(count).fill(number)),
        weightAxis: fc.constant(weightAxis),
        bias: op === 'MatMul' ? fc.constant(null) : fc.option(biases(channels)),
        rank: fc.constant(rank),
        relu: fc.constant(relu),
        result: op === 'Gemm' && choice.staysFloat ? fc.constant(null) : result,
      });
    });
  });
}

interface CaseShapes {
  readonly data: readonly number[];
  readonly weights: readonly number[];
  readonly attributes: Attributes;
  readonly weightAxis: number;
  readonly rank: number;
}

function shapesOf(op: QuantisedCase['op']): fc.Arbitrary<CaseShapes> {
  if (op === 'Conv') {
    return convShapes().map((conv) => ({
      data: conv.dataShape,
      weights: conv.weightsShape,
      attributes: convNodeAttributes(conv),
      weightAxis: 0,
      rank: conv.dataShape.length,
    }));
  }
  if (op === 'MatMul') {
    return factorShapes(6)
      .filter(({ left, right }) => left.length > 1 && right.length === 2)
      .map(({ left, right }) => ({
        data: left,
        weights: right,
        attributes: {},
        weightAxis: 1,
        rank: left.length,
      }));
  }
  const side = fc.integer({ min: 1, max: 6 });
  return fc.tuple(side, side, side, fc.boolean(), fc.boolean()).map(([m, k, n, transA, transB]) => ({
    data: transA ? [k, m] : [m, k],
    weights: transB ? [n, k] : [k, n],
    attributes: { transA: Number(transA), transB: Number(transB) },
    weightAxis: transB ? 0 : 1,
    rank: 2,
  }));
}

function biases(channels: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: -5_000, max: 5_000 }), exactly(channels));
}

/** Change a part of the model that `quantisedModel` makes. */
export interface ModelChanges {
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly nodes?: (nodes: NodeProto[]) => NodeProto[];
  readonly outputs?: readonly ReturnType<typeof info>[];
}

/**
 * Write a case as a model with floating point at both ends, so that ONNX Runtime computes in integers also for int8:
 * `u` is quantised to `x`; `x` is dequantised by `xs`, `xz`; `w` by `ws`, `wz`; `b` by `bs`, `bz`; the result `f`, after a
 * Relu `r`, is quantised by `ys`, `yz` to `q`, and dequantised to `y`.
 */
export function quantisedModel(given: QuantisedCase, { constants, nodes, outputs = [] }: ModelChanges = {}): OnnxModel {
  const { op, attributes, data, weights, weightScales, weightZeros, weightAxis, bias, rank, relu, result } = given;
  const axes = (name: string, count: number) => Array.from({ length: count }, (_, axis) => `${name}${axis}`);
  const shape = weightScales.length === 1 ? [] : [weightScales.length];
  const biasScales = weightScales.map((scale) => Math.fround(given.dataScale * scale));
  const activated = relu && result ? 'r' : 'f';
  const list: NodeProto[] = [
    node('QuantizeLinear', ['u', 'xs', 'xz'], ['x']),
    node('DequantizeLinear', ['x', 'xs', 'xz'], ['xf']),
    node('DequantizeLinear', ['w', 'ws', 'wz'], ['wf'], { axis: weightAxis }),
    ...(bias ? [node('DequantizeLinear', ['b', 'bs', 'bz'], ['bf'], { axis: 0 })] : []),
    node(op, ['xf', 'wf', ...(bias ? ['bf'] : [])], [result ? 'f' : 'y'], attributes, { name: 'layer' }),
    ...(activated === 'r' ? [node('Relu', ['f'], ['r'])] : []),
    ...(result
      ? [node('QuantizeLinear', [activated, 'ys', 'yz'], ['q']), node('DequantizeLinear', ['q', 'ys', 'yz'], ['y'])]
      : []),
  ];
  return buildModel({
    nodes: nodes ? nodes(list) : list,
    inputs: [info('u', 'float32', axes('u', data.shape.length))],
    outputs: [info('y', 'float32', axes('y', rank)), ...outputs],
    constants: {
      xs: values('float32', [], [given.dataScale]),
      xz: values(data.type, [], [given.dataZero]),
      w: weights,
      ws: values('float32', shape, weightScales),
      wz: values(weights.type, shape, weightZeros),
      ...(bias && {
        b: values('int32', [bias.length], bias),
        bs: values('float32', shape, biasScales),
        bz: values('int32', shape, Array(elementCount(shape)).fill(0)),
      }),
      ...(result && { ys: values('float32', [], [result.scale]), yz: values(result.type, [], [result.zero]) }),
      ...constants,
    },
  });
}

/** What the model of a case is given: the numbers that its data stand for. */
export function inputOf({ data, dataScale, dataZero }: QuantisedCase): Record<string, Tensor> {
  const numbers = Array.from(data.data as Int8Array, (value) => (value - dataZero) * dataScale);
  return { u: values('float32', data.shape, numbers) };
}
