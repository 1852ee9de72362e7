import { describe, expect, test } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { matmul } from '../../src/backend/matmul.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { CastingError, ModelError, OperandError } from '../../src/errors.ts';
import { type ConvolveOptions, convolve, convolveWithArray } from '../../src/onnx/run/convolve.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { elementCount, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './support/build-model.ts';
import { runWhole } from './support/whole-model.ts';

const INTEGERS = 'array i { size 4 x 4 x 4; projection output_stationary; types a: uint8, b: int8, c: int32 }';
const FLOATS = 'array f { size 4 x 4 x 4; projection output_stationary; types a: float32, b: float32 }';

function ramp(type: 'uint8' | 'int8' | 'float32' | 'int32', shape: readonly number[], least = 0): Tensor {
  const numbers = Array.from({ length: elementCount(shape) }, (_, at) => ((at * 7) % 23) + least);
  return values(type, shape, numbers);
}

const DATA = ramp('uint8', [2, 4, 7, 6]);
const WEIGHTS = ramp('int8', [6, 2, 3, 2], -11);

/** Attributes in both spellings. */
const GEOMETRIES: readonly [ConvolveOptions, Record<string, string | number | number[]>][] = [
  [
    { group: 2, strides: [2, 1], pads: [1, 0, 2, 1] },
    { group: 2, strides: [2, 1], pads: [1, 0, 2, 1] },
  ],
  [
    { group: 2, dilations: [2, 3] },
    { group: 2, dilations: [2, 3] },
  ],
  [
    { group: 2, autoPad: 'SAME_LOWER', lowering: 'single_channel' },
    { group: 2, auto_pad: 'SAME_LOWER' },
  ],
];

describe('convolve', () => {
  test.each(GEOMETRIES)('gives the int32 sums of ONNX Runtime: %j', async (options, attributes) => {
    const model = buildModel({
      nodes: [node('ConvInteger', ['x', 'w'], ['y'], attributes)],
      inputs: [info('x', 'uint8', [2, 4, 7, 6])],
      outputs: [info('y', 'int32', ['N', 'C', 'H', 'W'])],
      constants: { w: WEIGHTS },
    });
    const { y } = await runWhole(model, { x: DATA });
    const { result, accumulator } = await convolveWithArray(INTEGERS, DATA, WEIGHTS, options);
    expect(result).toEqual(y);
    expect(accumulator).toEqual({ neededBits: 20, widthBits: 32 });
  });

  test('adds a bias to integers and to floating point', async () => {
    const plain = await convolveWithArray(INTEGERS, DATA, WEIGHTS, { group: 2 });
    const bias = ramp('int32', [6], 100);
    const { result } = await convolveWithArray(INTEGERS, DATA, WEIGHTS, { group: 2, bias });
    const pixels = 5 * 5;
    expect([...result.data]).toEqual(
      Array.from(plain.result.data as Int32Array, (sum, at) => sum + Number(bias.data[Math.floor(at / pixels) % 6])),
    );
    const floats = await convolveWithArray(FLOATS, ramp('float32', [2, 4, 7, 6]), ramp('float32', [6, 2, 3, 2], -11), {
      group: 2,
      bias: ramp('float32', [6], 100),
    });
    expect(floats.result.type).toBe('float32');
    expect([...floats.result.data]).toEqual([...result.data]);
  });

  test('shows a fault in the channel that it is placed in, and nowhere else', async () => {
    const options = { group: 2 };
    const { result } = await convolveWithArray(INTEGERS, DATA, WEIGHTS, options);
    const faulty = await convolveWithArray(INTEGERS, DATA, WEIGHTS, {
      ...options,
      faults: ['flip bit 9 of c at (2, 2)'],
      faultChannel: 4,
    });
    expect(faulty.faults[0]!.firedCycles).toBeGreaterThan(0);
    const differing = [...faulty.result.data].flatMap((sum, at) => (sum === result.data[at] ? [] : [at]));
    expect(new Set(differing.map((at) => Math.floor(at / 25) % 6))).toEqual(new Set([4]));
  });

  test.each([
    [
      'ranks that differ',
      INTEGERS,
      DATA,
      ramp('int8', [6, 2, 3]),
      {},
      'data [2,4,7,6] and weights [6,2,3] must have the same rank, at least 3',
    ],
    ['other types', INTEGERS, ramp('int32', [1, 1, 3]), WEIGHTS, {}, 'x must be uint8 or int8, not int32'],
    [
      'floats on integers',
      INTEGERS,
      ramp('float32', [1, 1, 3]),
      ramp('float32', [1, 1, 3]),
      {},
      'its float32 numbers need an array with float32 as a and b, received a: uint8, b: int8, c: int32',
    ],
    [
      'integers on floats',
      FLOATS,
      DATA,
      WEIGHTS,
      {},
      'its integers need an array of integers, received a: float32, b: float32, c: float32',
    ],
    [
      'a bias of another type',
      INTEGERS,
      DATA,
      WEIGHTS,
      { group: 2, bias: ramp('uint8', [6]) },
      'the bias of integers must be int32, not uint8',
    ],
    [
      'a bias of another length',
      INTEGERS,
      DATA,
      WEIGHTS,
      { group: 2, bias: ramp('int32', [5]) },
      'the bias must hold 6 numbers, not 5',
    ],
    [
      'a stride with a fraction',
      INTEGERS,
      DATA,
      WEIGHTS,
      { strides: [1.5, 1] },
      'strides must be whole numbers, not [1.5,1]',
    ],
  ] as const)('refuses %s', async (_, array, data, weights, options, sentence) => {
    await expect(convolveWithArray(array, data, weights, options)).rejects.toThrow(new ModelError(sentence));
  });

  test('leaves the backend open', async () => {
    const backend = functionalBackend(buildDesign(parseSpec(INTEGERS, 'i').arrays[0]!));
    const first = await convolve(backend, DATA, WEIGHTS, { group: 2 });
    expect(await convolve(backend, DATA, WEIGHTS, { group: 2 })).toEqual(first);
    await backend.close();
  });
});

describe('matmul', () => {
  const open = (text: string) => functionalBackend(buildDesign(parseSpec(text, 's').arrays[0]!));

  test('takes rows and tensors', async () => {
    const backend = open(INTEGERS);
    const b = tensor('int8', [2, 2], Int8Array.of(1, -1, 2, 0));
    const { result } = await matmul(
      backend,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      b,
      {
        c: [
          [1, 0],
          [0, 0],
          [0, 1],
        ],
      },
    );
    expect({ ...result, data: [...result.data] }).toEqual({
      type: 'int32',
      shape: [3, 2],
      data: [6, -1, 11, -3, 17, -4],
    });
    const faulty = await matmul(backend, [[1, 2]], b, { faults: ['stuck_at_1 bit 4 of c at (1, 1)'] });
    expect(faulty.result.data[0]).toBe(21);
  });

  test('takes integers beyond 2^53', async () => {
    const backend = open(
      'array w { size 1 x 1 x 1; projection output_stationary; types a: int64, b: int64, c: int64 wrap }',
    );
    expect((await matmul(backend, [[2n ** 62n + 1n]], [[1n]])).result.data).toEqual(BigInt64Array.of(2n ** 62n + 1n));
  });

  test('refuses rows of different lengths and values that do not fit', async () => {
    const backend = open(INTEGERS);
    await expect(matmul(backend, [[1, 2], [3]], [[1], [2]])).rejects.toThrow(
      new OperandError('the rows of A must have one length, received 2 in row 0 and 1 in row 1'),
    );
    await expect(matmul(backend, [[256]], [[1]])).rejects.toThrow(
      new CastingError('A[0, 0] = 256 does not fit uint8 exactly'),
    );
  });
});
