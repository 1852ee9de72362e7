import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { ModelError } from '../../src/errors.ts';
import type { FloatType } from '../../src/onnx/operators/float-sums.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './support/build-model.ts';
import type { ConvShape } from './support/conv-cases.ts';
import { directFloatConv, roundingBounds } from './support/direct-float-conv.ts';
import { convModel, type FloatConvCase, floatConvCases, floatOperands } from './support/float-conv-cases.ts';
import { numberBits } from './support/number-bits.ts';
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

type Projection = 'output_stationary' | 'row_stationary' | 'col_stationary' | 'no_local_reuse';

function open(type: Dtype, accumulator: Dtype, projection: Projection = 'output_stationary'): Backend {
  const types = `types a: ${type}, b: ${type}, c: ${accumulator}`;
  const text = `array f { size 3 x 2 x 4; projection ${projection}; ${types}; multiplier_stages 1 }`;
  return functionalBackend(buildDesign(parseSpec(text, 'conv.array').arrays[0]!));
}

async function onArray(conv: FloatConvCase, backend: Backend): Promise<Tensor> {
  const model = await replaceLayers(convModel(conv), { backend });
  const { y } = (await model.run({ x: conv.data })).outputs;
  await model.close();
  return y!;
}

function expectBits({ type, data }: Tensor, expected: readonly number[]): void {
  expect(bitsOf(data)).toEqual(numberBits(type as FloatType, expected));
}

/** One kernel and its attributes. */
function shape(parts: Partial<ConvShape>): ConvShape {
  return {
    dataShape: [2, 2, 5, 6],
    weightsShape: [3, 2, 3, 2],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    autoPad: 'NOTSET',
    group: 1,
    ...parts,
  };
}

const SHAPES: readonly (readonly [title: string, shape: ConvShape])[] = [
  ['neither padding nor strides', shape({})],
  ['strides', shape({ strides: [2, 3] })],
  ['dilations', shape({ dilations: [2, 3] })],
  ['padding of four widths', shape({ pads: [0, 3, 2, 1] })],
  ['groups', shape({ weightsShape: [4, 1, 3, 2], group: 2 })],
  ['a kernel per channel', shape({ dataShape: [1, 4, 5, 5], weightsShape: [4, 1, 3, 3], group: 4 })],
  ['SAME_UPPER', shape({ autoPad: 'SAME_UPPER', strides: [2, 2] })],
  ['SAME_LOWER', shape({ autoPad: 'SAME_LOWER', strides: [2, 2] })],
  ['VALID', shape({ autoPad: 'VALID', strides: [1, 2] })],
  [
    'all of them',
    shape({ weightsShape: [4, 1, 2, 2], group: 2, strides: [2, 1], dilations: [1, 2], pads: [2, 0, 1, 3] }),
  ],
  ['one axis', shape({ dataShape: [2, 3, 9], weightsShape: [2, 3, 4], strides: [2], dilations: [2], pads: [1, 2] })],
  [
    'three axes',
    shape({
      dataShape: [1, 2, 3, 4, 3],
      weightsShape: [2, 2, 2, 2, 2],
      strides: [1, 2, 1],
      dilations: [1, 1, 1],
      pads: [0, 1, 0, 1, 0, 1],
    }),
  ],
];

describe('Conv', () => {
  it.each(SHAPES)('gives the bits of the plain loop with %s', async (_, sizes) => {
    const backend = open('float32', 'float32');
    await fc.assert(
      fc.asyncProperty(floatOperands(sizes, 'float32', 'any'), async (conv) => {
        expectBits(await onArray(conv, backend), directFloatConv(conv, 'float32'));
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    ['float32', 'float32', 'row_stationary'],
    ['float32', 'float32', 'no_local_reuse'],
    ['float32', 'float64', 'output_stationary'],
    ['float64', 'float64', 'col_stationary'],
    ['float16', 'float16', 'output_stationary'],
    ['float16', 'float32', 'no_local_reuse'],
  ] as const satisfies readonly (readonly [FloatType, FloatType, Projection])[])(
    'gives the bits of the plain loop for any %s sizes and numbers on a %s accumulator, %s',
    async (type, accumulator, projection) => {
      const backend = open(type, accumulator, projection);
      await fc.assert(
        fc.asyncProperty(floatConvCases(type, 'any', { dilateSame: true }), async (conv) => {
          const result = await onArray(conv, backend);
          expect(result.type).toBe(type);
          expectBits(result, directFloatConv(conv, accumulator));
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(['float32', 'float64'] as const)(
    'comes as near to ONNX Runtime as roundings allow, on a %s accumulator',
    async (accumulator) => {
      const backend = open('float32', accumulator);
      await fc.assert(
        fc.asyncProperty(floatConvCases('float32', 'plain'), async (conv) => {
          const { y } = await runWhole(convModel(conv), { x: conv.data });
          const result = await onArray(conv, backend);
          expect(result.shape).toEqual(y!.shape);
          const excess = roundingBounds(conv).filter(
            (bound, at) => !(Math.abs(Number(result.data[at]) - Number(y!.data[at])) <= bound),
          );
          expect(excess).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('multiplies padding as +0, so that an infinite weight over it gives NaN', async () => {
    const sizes = shape({ dataShape: [1, 1, 1, 2], weightsShape: [1, 1, 1, 2], pads: [0, 0, 0, 1] });
    const data = values('float32', sizes.dataShape, [1, 2]);
    const weights = values('float32', sizes.weightsShape, [1, Number.POSITIVE_INFINITY]);
    const result = await onArray({ ...sizes, data, weights, bias: null }, open('float32', 'float32'));
    expect([...result.data]).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
  });

  it('rounds the sum of a wider accumulator before it adds the bias', async () => {
    // 1 + 2^-24 is a tie, which goes to 1, and so is 1 with the bias; both at once would make 1 + 2^-23.
    const sizes = shape({ dataShape: [1, 1, 1, 2], weightsShape: [1, 1, 1, 2] });
    const [data, weights] = [values('float32', [1, 1, 1, 2], [1, 2 ** -24]), values('float32', [1, 1, 1, 2], [1, 1])];
    const bias = values('float32', [1], [2 ** -24]);
    const result = await onArray({ ...sizes, data, weights, bias }, open('float32', 'float64'));
    expect([...result.data]).toEqual([1]);
  });

  it('reports no accumulator that could overflow', async () => {
    const [conv] = fc.sample(floatConvCases('float32', 'plain'), { numRuns: 1, seed: 1 });
    const replaced = await replaceLayers(convModel(conv!), { backend: open('float32', 'float32') });
    const { layers } = await replaced.run({ x: conv!.data });
    await replaced.close();
    expect(layers).toMatchObject([{ name: 'conv', op: 'Conv', accumulator: null }]);
  });
});

describe('a Conv that does not fit', () => {
  const run = async (types: readonly [FloatType, FloatType | 'bfloat16'], biases: number, backend: Backend) => {
    const model = buildModel({
      nodes: [
        node('Cast', ['w'], ['cast'], { to: 1 }),
        node('Conv', ['x', types[1] === 'float32' ? 'cast' : 'w', 'b'], ['y'], {}, { name: 'conv' }),
      ],
      inputs: [info('x', types[0], [1, 1, 2, 2])],
      outputs: [info('y', types[0], [1, 1, 1, 1])],
      constants: {
        w: values(types[1], [1, 1, 2, 2], [0, 0, 0, 0]),
        b: values(types[0], [biases], Array(biases).fill(0)),
      },
    });
    const replaced = await replaceLayers(model, { backend });
    return replaced.run({ x: values(types[0], [1, 1, 2, 2], [0, 0, 0, 0]) }).finally(() => replaced.close());
  };

  it.each([
    [
      'a type of the data that only a run shows',
      () => run(['float32', 'float32'], 1, open('float64', 'float64')),
      "layer 'conv' (Conv): its float32 numbers need an array with float32 as a and b, received a: float64, b: float64, c: float64",
    ],
    [
      'weights of another type than the data',
      () => run(['float32', 'float64'], 1, open('float64', 'float64')),
      "layer 'conv' (Conv): W must be float32, not float64",
    ],
    [
      'a bias of the wrong length',
      () => run(['float32', 'float32'], 3, open('float32', 'float32')),
      "layer 'conv' (Conv): B must hold 1 numbers, not 3",
    ],
    [
      'bfloat16, which ONNX Runtime does not hand over',
      () => run(['float32', 'bfloat16'], 1, open('bfloat16', 'float32')),
      'no layer of test.onnx can run on an array; conv (Conv): weights must be float16, float32 or float64, not bfloat16',
    ],
    [
      'an array of integers',
      () => run(['float32', 'float32'], 1, plainBackend('int8', 'int8', 'int32')),
      'no layer of test.onnx can run on this array; conv (Conv): its floating-point numbers need an array of floating ' +
        'point, received a: int8, b: int8, c: int32',
    ],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(new ModelError(message));
  });
});
