import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { cycleBackend, functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { ModelError } from '../../src/errors.ts';
import type { OnnxModel } from '../../src/onnx/file/model.ts';
import { checkLowering, LOWERINGS, type Lowering } from '../../src/onnx/lowering/lowering.ts';
import type { FloatType } from '../../src/onnx/operators/float-sums.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { type ConvCase, type ConvShape, convCases, convIntegerModel } from './support/conv-cases.ts';
import { directConv } from './support/direct-conv.ts';
import { directFloatConv } from './support/direct-float-conv.ts';
import { convModel, floatConvCases } from './support/float-conv-cases.ts';
import { numberBits } from './support/number-bits.ts';
import { plainBackend } from './support/plain-backend.ts';

const ALL_TYPES = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'uint8'],
  ['int8', 'int8'],
] as const;

const ARRAYS = parseSpec(
  `
  array single { size 3 x 2 x 4; projection output_stationary; types a: float32, b: float32 }
  array wide { size 3 x 2 x 4; projection no_local_reuse; types a: float32, b: float32, c: float64; multiplier_stages 1 }
  array half { size 2 x 4 x 3; projection row_stationary; types a: float16, b: float16, c: float32 }
  array narrow { size 3 x 2 x 2; projection col_stationary; types a: float16, b: float16, c: float16 }
  array bytes { size 3 x 2 x 4; projection col_stationary; types a: int8, b: int8, c: int16 }
  `,
  'lowerings.array',
).arrays;

function designOf(name: string) {
  return buildDesign(ARRAYS.find((array) => array.name === name)!);
}

async function onArray(model: OnnxModel, data: Tensor, backend: Backend, lowering: Lowering) {
  const replaced = await replaceLayers(model, { backend, lowering });
  const { outputs, layers } = await replaced.run({ x: data });
  await replaced.close();
  return { y: outputs['y']!, report: layers[0]! };
}

describe.each(LOWERINGS)('%s', (lowering) => {
  it.each([
    ['uint8', 'int8', 'int32'],
    ['int8', 'uint8', 'int32'],
    ['int16', 'int8', 'int64'],
  ] as const)('is exact for any mixture of 8-bit types on a %s × %s → %s array', async (a, b, c) => {
    const cases = [1, 3].map((kernelSide) => convCases({ types: ALL_TYPES, dilateSame: true, kernelSide }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(...cases), async (conv) => {
        const { y } = await onArray(convIntegerModel(conv), conv.data, plainBackend(a, b, c), lowering);
        expect([...y.data]).toEqual(directConv(conv));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['float32', 'float32', 'single'],
    ['float32', 'float64', 'wide'],
    ['float16', 'float32', 'half'],
    ['float16', 'float16', 'narrow'],
  ] as const satisfies readonly (readonly [FloatType, FloatType, string])[])(
    'gives the bits of the plain loop for any %s numbers on a %s accumulator',
    async (type, accumulator, array) => {
      const backend = functionalBackend(designOf(array));
      const cases = [1, 3].map((kernelSide) => floatConvCases(type, 'any', { dilateSame: true, kernelSide }));
      await fc.assert(
        fc.asyncProperty(fc.oneof(...cases), async (conv) => {
          const { y } = await onArray(convModel(conv), conv.data, backend, lowering);
          expect(bitsOf(y.data)).toEqual(numberBits(type, directFloatConv(conv, accumulator)));
        }),
        { numRuns: 40 },
      );
    },
  );

  it('gives the bits of im2col where sums wrap in the accumulator, on both simulators', async () => {
    const design = designOf('bytes');
    for (const conv of fc.sample(convCases({ types: ALL_TYPES }), { numRuns: 5, seed: 3 })) {
      const model = convIntegerModel(conv);
      const expected = await onArray(model, conv.data, functionalBackend(design), 'im2col');
      for (const backend of [functionalBackend(design), cycleBackend(design)]) {
        const { y, report } = await onArray(model, conv.data, backend, lowering);
        expect(y).toEqual(expected.y);
        expect(report.accumulator).toEqual(expected.report.accumulator);
        expect(report.macs).toBe(expected.report.macs);
      }
    }
  });
});

/** Two images of two groups of three channels, 4×5 pixels each; four output channels. */
const SIZES: ConvShape = {
  dataShape: [2, 6, 4, 5],
  weightsShape: [4, 3, 2, 2],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  autoPad: 'NOTSET',
  group: 2,
};

const ONE_TAP: ConvShape = { ...SIZES, weightsShape: [4, 3, 1, 1] };

describe('a convolution', () => {
  const caseOf = (shape: ConvShape): ConvCase => ({
    ...shape,
    data: tensor('uint8', shape.dataShape),
    weights: tensor('int8', shape.weightsShape),
    dataZero: 0,
    weightZeros: [0, 0, 0, 0],
  });

  it.each<[string, Lowering, ConvShape, Lowering, number, readonly number[]]>([
    ['per image and group', 'im2col', SIZES, 'im2col', 4, [12, 12, 2]],
    ['per image, group and channel of the data', 'single_channel', SIZES, 'single_channel', 12, [12, 4, 2]],
    ['per image and output channel', 'kernel_column', SIZES, 'kernel_column', 8, [12, 12, 1]],
    ['per image and group, weights first', 'direct', ONE_TAP, 'direct', 4, [2, 3, 20]],
    ['with strides', 'direct', { ...ONE_TAP, strides: [2, 2] }, 'direct', 4, [2, 3, 6]],
    [
      'with padding that strides step over',
      'direct',
      { ...ONE_TAP, strides: [1, 2], pads: [0, 0, 0, 1] },
      'direct',
      4,
      [2, 3, 12],
    ],
    ['with padding', 'direct', { ...ONE_TAP, pads: [0, 0, 0, 1] }, 'im2col', 4, [24, 3, 2]],
    ['of more than one tap', 'direct', SIZES, 'im2col', 4, [12, 12, 2]],
  ])('is one product %s by %s', async (_, lowering, shape, used, count, [m, k, n]) => {
    const backend = plainBackend('uint8', 'int8', 'int32');
    const conv = caseOf(shape);
    const { report } = await onArray(convIntegerModel(conv), conv.data, backend, lowering);
    expect({ lowering: report.lowering, products: report.products }).toEqual({ lowering: used, products: count });
    expect(backend.jobs.map(({ job: { a, b } }) => [...a.shape, ...b.shape])).toEqual(Array(count).fill([m, k, k, n]));
  });

  it('goes to the other operand by direct, each side shifted into the range of its own', async () => {
    const backend = plainBackend('int8', 'uint8', 'int32');
    const conv = caseOf(ONE_TAP);
    await onArray(convIntegerModel(conv), conv.data, backend, 'direct');
    // uint8 data and int8 weights on int8 × uint8: nothing needs a shift.
    expect(backend.jobs.map(({ job: { a, b } }) => [a.type, b.type])).toEqual(Array(4).fill(['int8', 'uint8']));
  });
});

it('a lowering must be one of four', () => {
  expect(checkLowering('direct')).toBe('direct');
  expect(() => checkLowering('winograd')).toThrow(
    new ModelError('a lowering is im2col, single_channel, kernel_column or direct, not winograd'),
  );
});
