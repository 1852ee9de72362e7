import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OnnxModel } from '../../src/onnx/file/model.ts';
import { multipliersOf, requantise } from '../../src/onnx/operators/requantise.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './support/build-model.ts';
import { type Byte, type ConvCase, convCases, convNodeAttributes } from './support/conv-cases.ts';
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

interface QuantisedCase {
  readonly conv: ConvCase;
  readonly dataScale: number;
  readonly weightScales: readonly number[];
  readonly resultScale: number;
  readonly resultZero: number;
  readonly bias: readonly number[] | null;
}

/** Products of two are small enough for most results to lie within 8 bits; powers of two make exact halves. */
const scale = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 7000)),
  fc.constant(2 ** -4),
);
const largeScale = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 300)),
  fc.constant(1),
);

/** The combinations that ONNX Runtime has kernels for; the result has the type of the data. */
const CASES: fc.Arbitrary<QuantisedCase> = convCases({
  types: [
    ['uint8', 'uint8'],
    ['uint8', 'int8'],
    ['int8', 'int8'],
  ],
  oneWeightZero: true,
  narrowWeights: true,
}).chain((conv) => {
  const channels = conv.weights.shape[0]!;
  const [least, most] = conv.data.type === 'int8' ? [-128, 127] : [0, 255];
  return fc.record({
    conv: fc.constant(conv),
    dataScale: scale,
    weightScales: fc.oneof(
      scale.map((one) => [one]),
      fc.array(scale, { minLength: channels, maxLength: channels }),
    ),
    resultScale: largeScale,
    resultZero: fc.integer({ min: least, max: most }),
    bias: fc.option(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: channels, maxLength: channels })),
  });
});

function quantisedModel({ conv, dataScale, weightScales, resultScale, resultZero, bias }: QuantisedCase): OnnxModel {
  const { data, weights, dataZero, weightZeros } = conv;
  const perLayer = weightScales.length === 1;
  const shape = perLayer ? [] : [weightScales.length];
  const inputs = ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', ...(bias ? ['b'] : [])];
  const axes = (name: string) => data.shape.map((_, axis) => `${name}${axis}`);
  return buildModel({
    nodes: [node('QLinearConv', inputs, ['y'], convNodeAttributes(conv))],
    inputs: [info('x', data.type, axes('x'))],
    outputs: [info('y', data.type, axes('y'))],
    constants: {
      xs: values('float32', [], [dataScale]),
      xz: values(data.type, [], [dataZero]),
      w: weights,
      ws: values('float32', shape, weightScales),
      wz: perLayer ? values(weights.type, [], [weightZeros[0]!]) : values(weights.type, shape, weightZeros),
      ys: values('float32', [], [resultScale]),
      yz: values(data.type, [], [resultZero]),
      ...(bias ? { b: values('int32', [bias.length], bias) } : {}),
    },
  });
}

describe('QLinearConv', () => {
  it.each([
    ['uint8', 'int8', 'int32'],
    ['int8', 'int8', 'int64'],
  ] as const)('gives the bits of ONNX Runtime on a %s × %s → %s array', { timeout: 60_000 }, async (a, b, c) => {
    await fc.assert(
      fc.asyncProperty(CASES, async (quantised) => {
        const model = quantisedModel(quantised);
        const { y } = await runWhole(model, { x: quantised.conv.data });
        const replaced = await replaceLayers(model, { backend: plainBackend(a, b, c) });
        const { outputs } = await replaced.run({ x: quantised.conv.data });
        await replaced.close();
        expect(outputs).toEqual({ y });
      }),
      { numRuns: 400 },
    );
  });
});

describe('requantise', () => {
  const requantised = (type: Byte, sums: readonly number[], multiplier: number, zeroPoint: number) => {
    const result = type === 'int8' ? new Int8Array(sums.length) : new Uint8Array(sums.length);
    const multipliers = Float32Array.of(multiplier);
    requantise(tensor('int32', [1, 1, sums.length], Int32Array.from(sums)), { multipliers, zeroPoint }, result);
    return [...result];
  };

  it('rounds halves to even before it adds the zero point', () => {
    expect(requantised('uint8', [1, 3, 5, 7], 0.5, 101)).toEqual([101, 103, 103, 105]);
    expect(requantised('int8', [-1, -3, -5, -7], 0.5, 1)).toEqual([1, -1, -1, -3]);
  });

  it('saturates at the ends of the result type', () => {
    expect(requantised('uint8', [-2147483648, -1, 0, 200, 2147483647], 1, 100)).toEqual([0, 99, 100, 255, 255]);
    expect(requantised('int8', [-2147483648, -100, 100, 2147483647], 2, 0)).toEqual([-128, -128, 127, 127]);
  });

  it('rounds the accumulator to float32 before it multiplies', () => {
    // 20357143 is not a float32; multiplied as it is, it would give 142.5, which goes to the even 142.
    expect(requantised('uint8', [20357143], Math.fround(7e-6), 0)).toEqual([143]);
  });

  it('rounds each step of the multiplier to float32', () => {
    const [x, w, y] = [0.1, 0.3, 0.7].map(Math.fround) as [number, number, number];
    expect(multipliersOf(x, Float64Array.of(w), y)[0]).toBe(Math.fround(Math.fround(x * w) / y));
  });
});
