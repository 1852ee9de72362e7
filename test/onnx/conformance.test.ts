import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { openRtl } from '../../src/backend/open.ts';
import { findTools } from '../../src/backend/tools.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { ToolMissingError } from '../../src/errors.ts';
import { encode } from '../../src/onnx/file/messages.ts';
import { type OnnxModel, openModel, readTensorFile } from '../../src/onnx/file/model.ts';
import { indexGraph } from '../../src/onnx/graph/graph-index.ts';
import { listLayers } from '../../src/onnx/graph/layers.ts';
import { predictClasses } from '../../src/onnx/run/classes.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { directFloatConv, roundingBounds } from './support/direct-float-conv.ts';
import { caseOfNode, convModel, type FloatConvCase } from './support/float-conv-cases.ts';
import { numberBits } from './support/number-bits.ts';
import { runWhole } from './support/whole-model.ts';

const ROOT = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const MODELS = `${ROOT}models/`;
const SUITES = `${ROOT}onnx-node/`;

const IMAGE_SIZE = 28 * 28;

/** Images of the MNIST test set as [count, 1, 28, 28], pixels between 0 and 1. */
function mnistImages(first: number, count: number): Tensor {
  const headerBytes = 16;
  const pixels = gunzipSync(readFileSync(`${ROOT}mnist/mnist-1000-images-idx3-ubyte.gz`)).subarray(headerBytes);
  const chosen = pixels.subarray(first * IMAGE_SIZE, (first + count) * IMAGE_SIZE);
  return tensor(
    'float32',
    [count, 1, 28, 28],
    Float32Array.from(chosen, (pixel) => pixel / 255),
  );
}

function designOf(type: Dtype, size: string, projection = 'output_stationary') {
  const text = `array conformance { size ${size}; projection ${projection}; types a: ${type}, b: ${type} }`;
  return buildDesign(parseSpec(text, 'conformance.array').arrays[0]!);
}

function arrayOf(type: Dtype, size: string): Backend {
  return functionalBackend(designOf(type, size));
}

const FLOAT_ARRAY = functionalBackend(designOf('float32', '8 x 8 x 16', 'col_stationary'));

/** Run a Conv on the array: its bits must be those of the plain loop, its numbers near those that ONNX Runtime gives. */
async function expectDefinition(conv: FloatConvCase): Promise<void> {
  const model = convModel(conv);
  const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
  const y = (await replaced.run({ x: conv.data })).outputs['y']!;
  await replaced.close();
  expect(bitsOf(y.data)).toEqual(numberBits('float32', directFloatConv(conv, 'float32')));
  expectNear(y, (await runWhole(model, { x: conv.data }))['y']!, conv);
}

function expectNear(y: Tensor, expected: Tensor, conv: FloatConvCase): void {
  expect(y.shape).toEqual(expected.shape);
  const excess = roundingBounds(conv).filter(
    (bound, at) => !(Math.abs(Number(y.data[at]) - Number(expected.data[at])) <= bound),
  );
  expect(excess).toEqual([]);
}

/** int8 features that swing through their whole range. */
function speechFeatures(count: number): Tensor {
  const data = Int8Array.from({ length: count * 490 }, (_, i) => ((i * 89 + (i >> 5) * 31) % 256) - 128);
  return tensor('int8', [count, 1, 49, 10], data);
}

const INT8_ARRAY = arrayOf('int8', '16 x 16 x 16');

/** Every model, what it is given, and how many matrix layers it has; all of them run on the array. */
const MODEL_CASES = [
  ['lenet-mnist-qop-std-u8u8.onnx', () => mnistImages(0, 8), 5],
  ['lenet-mnist-qop-u8s8-pc.onnx', () => mnistImages(0, 8), 5],
  ['lenet-mnist-qdq-s8s8-pc.onnx', () => mnistImages(0, 8), 5],
  ['lenet-mnist-dyn-u8.onnx', () => mnistImages(0, 3), 5],
  ['dscnn_kws_int8_qop.onnx', () => speechFeatures(2), 10],
  ['dscnn_kws_int8_qdq.onnx', () => speechFeatures(2), 10],
] as const;

/** Run all layers that can run on the array there, and the whole model in ONNX Runtime. */
async function runBoth(file: string, input: Tensor, backend: Backend) {
  const model = await openModel(MODELS + file);
  const replaced = await replaceLayers(model, { backend });
  const { outputs, layers } = await replaced.run({ input });
  await replaced.close();
  return { model, outputs, layers, expected: await runWhole(model, { input }) };
}

describe.skipIf(!existsSync(MODELS))('models of the conformance folder (skipped when it is absent)', () => {
  it('are those that the cases name', () => {
    const files = [...MODEL_CASES.map(([file]) => file), 'lenet-mnist-float32.onnx'];
    expect(readdirSync(MODELS).toSorted()).toEqual(files.toSorted());
  });

  it.each(MODEL_CASES)(
    '%s gives ONNX Runtime’s bits with all its layers on an array',
    async (file, makeInput, count) => {
      const { model, outputs, layers, expected } = await runBoth(file, makeInput(), INT8_ARRAY);
      expect(listLayers(model)).toHaveLength(count);
      expect(layers).toHaveLength(count);
      expect(outputs).toEqual(expected);
    },
  );

  it.each([
    ['lenet-mnist-qop-std-u8u8.onnx', 'int8'],
    ['lenet-mnist-qop-u8s8-pc.onnx', 'int8'],
    ['lenet-mnist-qdq-s8s8-pc.onnx', 'int8'],
    ['lenet-mnist-dyn-u8.onnx', 'int8'],
    ['lenet-mnist-float32.onnx', 'float32'],
  ] as const)('%s sees in 1000 images the digits that ONNX Runtime sees', { timeout: 300_000 }, async (file, type) => {
    const backend = arrayOf(type, '16 x 16 x 16');
    const model = await openModel(MODELS + file);
    const replaced = await replaceLayers(model, { backend });
    for (let first = 0; first < 1000; first += 100) {
      const input = mnistImages(first, 100);
      const [digits] = Object.values((await replaced.run({ input })).outputs).map(predictClasses);
      const [expected] = Object.values(await runWhole(model, { input })).map(predictClasses);
      expect(digits).toHaveLength(100);
      expect(digits, `images from ${first} on`).toEqual(expected);
    }
    await replaced.close();
  });

  it('lenet-mnist-float32.onnx gives the bits of the plain loop in its second Conv, and ONNX Runtime’s digits', async () => {
    const input = mnistImages(0, 8);
    const { model, outputs, layers, expected } = await runBoth('lenet-mnist-float32.onnx', input, FLOAT_ARRAY);
    expect(layers.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'Gemm', 'Gemm', 'Gemm']);
    expect(Object.values(outputs).map(predictClasses)).toEqual(Object.values(expected).map(predictClasses));
    const { constant } = indexGraph(model.graph);
    const second = model.graph.node.filter(({ opType }) => opType === 'Conv')[1]!;
    const [weights, bias] = second.input.slice(1).map(constant);
    const data = tensor('float32', [1, weights!.shape[1]!, 14, 14]);
    data.data.set((input.data as Float32Array).subarray(0, data.data.length) as never);
    await expectDefinition(caseOfNode(second, [data, weights, bias]));
  });

  it.each(existsSync(MODELS) ? readdirSync(MODELS) : [])(
    '%s keeps its bytes when it is read and written, fields that are not known included',
    async (file) => {
      const bytes = readFileSync(MODELS + file);
      const { proto } = await openModel(MODELS + file);
      // Fields may come in another order: compare the bytes as a bag.
      const sorted = (content: Uint8Array) => Buffer.from(content).toSorted();
      const written = encode('ModelProto', proto);
      expect(Buffer.compare(sorted(written), sorted(bytes))).toBe(0);
    },
  );

  it('names every matrix layer of a model, and whether it can run', async () => {
    const layers = listLayers(await openModel(`${MODELS}lenet-mnist-qop-u8s8-pc.onnx`));
    expect(layers.map(({ op, compatible, weights }) => `${op} [${weights?.shape}] ${compatible}`)).toEqual([
      'QLinearConv [6,1,5,5] true',
      'QLinearConv [16,6,5,5] true',
      'com.microsoft.QGemm [120,256] true',
      'com.microsoft.QGemm [84,120] true',
      'com.microsoft.QGemm [10,84] true',
    ]);
  });
});

/** A test of the ONNX project: a model and what it makes of its inputs. */
interface OperatorTest {
  readonly name: string;
  readonly model: OnnxModel;
  /** What its matrix layer computes with: integers as int8, floating point in its own type. */
  readonly type: 'int8' | 'float32';
}

async function operatorTests(): Promise<OperatorTest[]> {
  if (!existsSync(SUITES)) return [];
  const names = ['node', 'pytorch-converted'].flatMap((suite) =>
    readdirSync(SUITES + suite).map((test) => `${suite}/${test}`),
  );
  const tests: OperatorTest[] = [];
  for (const name of names.toSorted()) {
    const model = await openModel(`${SUITES}${name}/model.onnx`);
    const [layer] = listLayers(model);
    if (layer) tests.push({ name, model, type: /Integer|^Q/.test(layer.op) ? 'int8' : 'float32' });
  }
  return tests;
}

async function readTest({ name, model }: OperatorTest) {
  const folder = `${SUITES}${name}/test_data_set_0/`;
  const inputs = await Promise.all(
    model.inputs.map(async (info, i) => [info.name, await readTensorFile(`${folder}input_${i}.pb`)] as const),
  );
  return { inputs: Object.fromEntries(inputs), expected: await readTensorFile(`${folder}output_0.pb`) };
}

const OPERATOR_TESTS = await operatorTests();

/** Run the matrix layer of a test on an array: integers must be the stored ones, floating point within 1e-5 of them. */
async function expectStored(test: OperatorTest, backend: Backend): Promise<void> {
  const { inputs, expected } = await readTest(test);
  const replaced = await replaceLayers(test.model, { backend });
  const { outputs, layers } = await replaced.run(inputs);
  await replaced.close();
  expect(layers).toHaveLength(1);
  const [result] = Object.values(outputs) as [Tensor];
  if (expected.type !== 'float32') {
    expect(result).toEqual(expected);
    return;
  }
  expect({ type: result.type, shape: result.shape }).toEqual({ type: 'float32', shape: expected.shape });
  const stored = [...(expected.data as Float32Array)];
  const excess = stored.filter((value, at) => {
    const limit = 1e-5 * Math.max(1e-3, Math.abs(value));
    return !(Math.abs(Number(result.data[at]) - value) <= limit);
  });
  expect(excess).toEqual([]);
}

const NO_TESTS = OPERATOR_TESTS.length === 0;

describe.skipIf(NO_TESTS)('operator tests of the ONNX project (skipped when they are absent)', () => {
  const arrays = { int8: arrayOf('int8', '4 x 4 x 4'), float32: arrayOf('float32', '4 x 4 x 4') };

  it('are 47 that hold a matrix operator', () => expect(OPERATOR_TESTS).toHaveLength(47));

  it.each(OPERATOR_TESTS)('$name', (test) => expectStored(test, arrays[test.type]));
});

const hasVerilator = await findTools().then(
  () => true,
  (error) => {
    if (error instanceof ToolMissingError) return false;
    throw error;
  },
);

describe.skipIf(NO_TESTS || !hasVerilator)(
  'operator tests of the ONNX project on the RTL (skipped when they or Verilator are absent)',
  () => {
    const arrays: Partial<Record<OperatorTest['type'], Backend>> = {};
    beforeAll(async () => {
      for (const type of ['int8', 'float32'] as const) arrays[type] = await openRtl(designOf(type, '4 x 4 x 4'));
    });
    afterAll(() => Promise.all(Object.values(arrays).map((backend) => backend.close())));

    it.each(OPERATOR_TESTS.filter((_, n) => n % 3 === 0))('$name', (test) => expectStored(test, arrays[test.type]!));
  },
);

const CONV_TESTS = OPERATOR_TESTS.filter(({ model }) => model.graph.node.some(({ opType }) => opType === 'Conv'));

describe.skipIf(NO_TESTS)('tests of Conv of the ONNX project (skipped when they are absent)', () => {
  it('are there', () => expect(CONV_TESTS).toHaveLength(23));

  it.each(CONV_TESTS)('$name: the bits of the plain loop, near the stored output', async (test) => {
    const { model } = test;
    const { inputs, expected } = await readTest(test);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const [y] = Object.values((await replaced.run(inputs)).outputs);
    await replaced.close();
    const { constant, graph } = indexGraph(model.graph);
    const node = graph.node[0]!;
    const conv = caseOfNode(
      node,
      node.input.map((input) => inputs[input] ?? constant(input)),
    );
    expect(bitsOf(y!.data)).toEqual(numberBits('float32', directFloatConv(conv, 'float32')));
    expectNear(y!, expected, conv);
  });
});
