import { describe, expect, test } from 'vitest';
import { batched, type DataSource } from '../../src/data/data-source.ts';
import { ModelError, OperandError } from '../../src/errors.ts';
import { evaluate } from '../../src/onnx/run/evaluate.ts';
import { layerDump } from '../../src/onnx/run/layer-dump.ts';
import { modelBatches } from '../../src/onnx/run/model-batches.ts';
import { splitFaultPlace } from '../../src/onnx/run/placed-fault.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { openRuntimeModel } from '../../src/onnx/run/runtime-model.ts';
import { findScores } from '../../src/onnx/run/scores.ts';
import { elementCount, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values } from './support/build-model.ts';
import { plainBackend } from './support/plain-backend.ts';

const WEIGHTS = values('int8', [3, 4], [1, -2, 3, 0, 5, 1, -1, 2, 0, 4, -3, 1]);

/** One product, whose sums are the scores. */
function scoresModel(rows: number | string = 'N') {
  return buildModel({
    nodes: [node('MatMulInteger', ['x', 'w'], ['scores'], {}, { name: 'fc' })],
    inputs: [info('x', 'uint8', [rows, 3])],
    outputs: [info('scores', 'int32', [rows, 4])],
    constants: { w: WEIGHTS },
  });
}

const ROWS = values(
  'uint8',
  [7, 3],
  Array.from({ length: 21 }, (_, at) => (at * 5) % 13),
);

function sourceOf(value: Tensor): Promise<DataSource> {
  const [count = 0, ...shape] = value.shape;
  const length = elementCount(shape);
  return batched({
    count,
    place: 'test',
    nameOf: (index) => `item ${index}`,
    items: async (first, number) =>
      Array.from({ length: number }, (_, at) =>
        tensor(value.type, shape, value.data.slice((first + at) * length, (first + at + 1) * length)),
      ),
    close: async () => {},
  });
}

async function evaluated(batch: number | undefined, limit?: number) {
  const model = scoresModel();
  const batches = modelBatches(model, { x: await sourceOf(ROWS) }, { batch, limit });
  const replaced = await replaceLayers(model, { backend: plainBackend('uint8', 'int8', 'int32') });
  const baseline = await openRuntimeModel(model);
  const dump = layerDump();
  const labels = Int32Array.of(0, 1, 2, 3, 0, 1, 2);
  const options = { labels, baseline, compare: true, keep: ['scores'], onLayer: dump.take };
  const evaluation = await evaluate(replaced, batches, options);
  await baseline.close();
  await replaced.close();
  return { evaluation, dumped: dump.tensors(), batches };
}

describe('evaluate', () => {
  test.each([1, 3, 7, 20])('gives in batches of %i what one batch gives', async (size) => {
    const { evaluation: whole, dumped } = await evaluated(undefined);
    const parts = await evaluated(size);
    const { layers, ...rest } = parts.evaluation;
    expect({ ...rest, layers: [] }).toEqual({ ...whole, layers: [] });
    expect(parts.dumped).toEqual(dumped);
    expect(layers[0]!.macs).toBe(whole.layers[0]!.macs);
    expect(layers[0]!.products).toBe(Math.ceil(7 / size));
    expect(layers[0]!.comparison).toEqual({ elements: 28, differing: 0, maxAbsolute: 0, maxUlp: null });
    expect(rest.baseline).toMatchObject({ samePredictions: 7, accuracy: whole.accuracy });
  });

  test('takes the first items alone', async () => {
    const { evaluation, batches } = await evaluated(2, 5);
    expect(batches).toMatchObject({ available: 7, items: 5, batch: 2, count: 3 });
    expect(evaluation.predictions).toHaveLength(5);
    expect(evaluation.accuracy!.items).toBe(5);
    expect(evaluation.outputs).toMatchObject([{ name: 'scores', shape: [5, 4] }]);
  });
});

describe('batches of a model', () => {
  test('are as long as its first axis where that is fixed', async () => {
    const { batch, count } = modelBatches(scoresModel(1), { x: await sourceOf(ROWS) });
    expect({ batch, count }).toEqual({ batch: 1, count: 7 });
  });

  test.each([
    [3, {}, "input 'x' takes 3 items at a time, received 7, which are not full batches"],
    [3, { batch: 2 }, "input 'x' takes batches of 3, not of 2"],
  ] as const)('are refused where a first axis of %i does not take them: %j', async (rows, options, sentence) => {
    const source = await sourceOf(ROWS);
    expect(() => modelBatches(scoresModel(rows), { x: source }, options)).toThrow(new ModelError(sentence));
  });

  test('need one number of items', async () => {
    const model = buildModel({
      nodes: [node('MatMulInteger', ['x', 'y'], ['z'])],
      inputs: [info('x', 'uint8', ['N', 3]), info('y', 'uint8', ['K', 4])],
      outputs: [info('z', 'int32', ['N', 4])],
    });
    const sources = { x: await sourceOf(ROWS), y: await sourceOf(values('uint8', [3, 4], Array(12).fill(1))) };
    expect(modelBatches(model, sources)).toMatchObject({ count: 1 });
    expect(() => modelBatches(model, sources, { batch: 2 })).toThrow(
      new OperandError('inputs must have one number of items to be cut into batches, received x 7, y 3'),
    );
  });
});

test('strict refuses sums that may not fit before the first product', async () => {
  const replaced = await replaceLayers(scoresModel(), { backend: plainBackend('uint8', 'int8', 'int16') });
  await replaced.run({ x: ROWS });
  await expect(replaced.run({ x: ROWS }, { strict: true })).rejects.toThrow(
    new ModelError(
      "layer 'fc' (MatMulInteger): its sums of 3 products uint8 × int8 need an accumulator of 18 bits, received int16 of 16",
    ),
  );
  await replaced.close();
});

test('a dump ends where it becomes too large', () => {
  const dump = layerDump(20);
  const value = tensor('int32', [1]);
  dump.take({ layer: 'a', input: value, accumulator: value, output: value });
  expect(() => dump.take({ layer: 'b', input: value, accumulator: value, output: value })).toThrow(
    new OperandError(
      "the tensors of all layers must be at most 20 bytes to be dumped, received more up to layer 'b'; fewer items or fewer layers take less",
    ),
  );
});

test.each([
  ['flip bit 0 of a at (1, 1)', {}, 'flip bit 0 of a at (1, 1)'],
  ['conv1: weak', { layer: 'conv1' }, 'weak'],
  ['/net/conv:0[12]: weak', { layer: '/net/conv:0', channel: 12 }, 'weak'],
  ['[2]: weak', { layer: undefined, channel: 2 }, 'weak'],
  ['odd[3]: weak', { layer: 'odd[3]' }, 'weak'],
])('%s is a fault in a place', (text, place, fault) => {
  expect(splitFaultPlace(text, ['conv1', 'odd[3]'])).toEqual({ place, fault });
});

test('scores may have further axes of length 1', () => {
  const scores = tensor('float32', [2, 3, 1, 1]);
  expect(findScores({ image: tensor('float32', [2, 3, 4, 4]), scores })!.shape).toEqual([2, 3]);
  expect(findScores({ image: tensor('float32', [2, 3, 4, 4]) })).toBeNull();
});
