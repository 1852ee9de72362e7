import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
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
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

const ROOT = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const MODELS = `${ROOT}models/`;

/** The first images of the MNIST test set as [count, 1, 28, 28], pixels between 0 and 1. */
function mnistImages(count: number): Tensor {
  const headerBytes = 16;
  const pixels = gunzipSync(readFileSync(`${ROOT}mnist/mnist-1000-images-idx3-ubyte.gz`)).subarray(headerBytes);
  const data = Float32Array.from(pixels.subarray(0, count * 28 * 28), (pixel) => pixel / 255);
  return tensor('float32', [count, 1, 28, 28], data);
}

const FLOAT_ARRAY = functionalBackend(
  buildDesign(
    parseSpec('array f { size 8 x 8 x 16; projection col_stationary; types a: float32, b: float32 }', 'f.array')
      .arrays[0]!,
  ),
);

function countByOperator(layers: readonly { readonly op: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of layers) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

/** int8 features that swing through their whole range. */
function speechFeatures(count: number): Tensor {
  const data = Int8Array.from({ length: count * 490 }, (_, i) => ((i * 89 + (i >> 5) * 31) % 256) - 128);
  return tensor('int8', [count, 1, 49, 10], data);
}

describe.skipIf(!existsSync(MODELS))('models of the conformance folder (skipped when it is absent)', () => {
  it.each([
    ['lenet-mnist-qop-std-u8u8.onnx', () => mnistImages(8), { QLinearConv: 2, QLinearMatMul: 3 }],
    ['lenet-mnist-qop-u8s8-pc.onnx', () => mnistImages(8), { QLinearConv: 2, QGemm: 3 }],
    ['lenet-mnist-dyn-u8.onnx', () => mnistImages(3), { ConvInteger: 2, MatMulInteger: 3 }],
    ['dscnn_kws_int8_qop.onnx', () => speechFeatures(2), { QLinearConv: 9, MatMulInteger: 1 }],
  ] as const)(
    '%s gives ONNX Runtime’s bits with all its matrix layers on the array',
    async (file, makeInput, counts) => {
      const input = makeInput();
      const model = await openModel(MODELS + file);
      const replaced = await replaceLayers(model, { backend: plainBackend('int8', 'int8', 'int32') });
      const { outputs, layers } = await replaced.run({ input });
      await replaced.close();
      expect(countByOperator(layers)).toEqual(counts);
      expect(listLayers(model)).toHaveLength(layers.length);
      expect(outputs).toEqual(await runWhole(model, { input }));
    },
  );

  it('lenet-mnist-float32.onnx gives the bits of the plain loop in every layer, and ONNX Runtime’s digits', async () => {
    const input = mnistImages(2);
    const model = await openModel(`${MODELS}lenet-mnist-float32.onnx`);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const tensors: LayerTensors[] = [];
    const run = await replaced.run({ input }, { compare: true, onLayer: (layer) => tensors.push(layer) });
    await replaced.close();
    expect(countByOperator(run.layers)).toEqual({ Conv: 2, Gemm: 3 });
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

  it('lenet-mnist-float32.onnx reads the same digits as in ONNX Runtime', async () => {
    const input = mnistImages(100);
    const model = await openModel(`${MODELS}lenet-mnist-float32.onnx`);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const { outputs } = await replaced.run({ input });
    await replaced.close();
    const expected = await runWhole(model, { input });
    expect(Object.values(outputs).map(predictClasses)).toEqual(Object.values(expected).map(predictClasses));
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
