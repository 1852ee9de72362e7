import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { encode } from '../../src/onnx/file/messages.ts';
import { openModel } from '../../src/onnx/file/model.ts';
import { indexGraph } from '../../src/onnx/graph/graph-index.ts';
import { listLayers } from '../../src/onnx/graph/layers.ts';
import { predictClasses } from '../../src/onnx/run/classes.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import type { LayerTensors } from '../../src/onnx/run/run-stages.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { definitionOf } from './support/float-layers.ts';
import { numberBits } from './support/number-bits.ts';
import { runWhole } from './support/whole-model.ts';

const ROOT = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const MODELS = `${ROOT}models/`;

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

  it('the layers of lenet-mnist-qdq-s8s8-pc.onnx compare without a difference on all the given images', async () => {
    const replaced = await replaceLayers(await openModel(`${MODELS}lenet-mnist-qdq-s8s8-pc.onnx`), {
      backend: INT8_ARRAY,
    });
    for (let first = 0; first < 1000; first += 250) {
      const { layers } = await replaced.run({ input: mnistImages(first, 250) }, { compare: true });
      expect(layers.map(({ comparison }) => comparison!.differing)).toEqual([0, 0, 0, 0, 0]);
    }
    await replaced.close();
  });

  it('lenet-mnist-float32.onnx gives the bits of the plain loop in every layer, and ONNX Runtime’s digits', async () => {
    const input = mnistImages(0, 2);
    const model = await openModel(`${MODELS}lenet-mnist-float32.onnx`);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const tensors: LayerTensors[] = [];
    const run = await replaced.run({ input }, { compare: true, onLayer: (layer) => tensors.push(layer) });
    await replaced.close();
    expect(run.layers.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'Gemm', 'Gemm', 'Gemm']);
    const { constant, graph } = indexGraph(model.graph);
    const nodes = graph.node.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm');
    for (const [n, node] of nodes.entries()) {
      const operands = [tensors[n]!.input, ...node.input.slice(1).map(constant)];
      const { numbers, bounds } = definitionOf(node, operands);
      expect(bitsOf(tensors[n]!.output.data)).toEqual(numberBits('float32', numbers));
      expect(run.layers[n]!.comparison!.maxAbsolute).toBeLessThanOrEqual(Math.max(...bounds));
    }
    const expected = Object.values(await runWhole(model, { input }))[0]!;
    const [logits] = Object.values(run.outputs);
    expect(predictClasses(logits!)).toEqual(predictClasses(expected));
    const [values, reference] = [Array.from(logits!.data, Number), Array.from(expected.data, Number)];
    const differences = values.map((value, at) => Math.abs(value - reference[at]!));
    expect(Math.max(...differences)).toBeLessThan(1e-5 * Math.max(...reference));
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
