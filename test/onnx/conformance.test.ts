import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listLayers } from '../../src/onnx/layers.ts';
import { encode } from '../../src/onnx/messages.ts';
import { openModel, readTensorFile } from '../../src/onnx/model.ts';
import { replaceLayers } from '../../src/onnx/replace-layers.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

const ROOT = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const MODELS = `${ROOT}models/`;
const NODE_TESTS = `${ROOT}onnx-node/node/`;

/** The first images of the MNIST test set as [count, 1, 28, 28], pixels between 0 and 1. */
function mnistImages(count: number): Tensor {
  const headerBytes = 16;
  const pixels = gunzipSync(readFileSync(`${ROOT}mnist/mnist-1000-images-idx3-ubyte.gz`)).subarray(headerBytes);
  const data = Float32Array.from(pixels.subarray(0, count * 28 * 28), (pixel) => pixel / 255);
  return tensor('float32', [count, 1, 28, 28], data);
}

/** int8 features that swing through their whole range. */
function speechFeatures(count: number): Tensor {
  const data = Int8Array.from({ length: count * 490 }, (_, i) => ((i * 89 + (i >> 5) * 31) % 256) - 128);
  return tensor('int8', [count, 1, 49, 10], data);
}

describe.skipIf(!existsSync(MODELS))('models of the conformance folder (skipped when it is absent)', () => {
  it.each([
    ['lenet-mnist-qop-std-u8u8.onnx', () => mnistImages(8), 2],
    ['lenet-mnist-qop-u8s8-pc.onnx', () => mnistImages(8), 2],
    ['lenet-mnist-dyn-u8.onnx', () => mnistImages(3), 2],
    ['dscnn_kws_int8_qop.onnx', () => speechFeatures(2), 9],
  ] as const)('%s gives ONNX Runtime’s bits', async (file, makeInput, layerCount) => {
    const input = makeInput();
    const model = await openModel(MODELS + file);
    const replaced = await replaceLayers(model, { backend: plainBackend('int8', 'int8', 'int32') });
    const { outputs, layers } = await replaced.run({ input });
    await replaced.close();
    expect(layers).toHaveLength(layerCount);
    expect(outputs).toEqual(await runWhole(model, { input }));
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
      'com.microsoft.QGemm [120,256] false',
      'com.microsoft.QGemm [84,120] false',
      'com.microsoft.QGemm [10,84] false',
    ]);
  });
});

describe.skipIf(!existsSync(NODE_TESTS))('operator tests of the ONNX project (skipped when they are absent)', () => {
  it.each(['test_convinteger_without_padding', 'test_qlinearconv'])('%s', async (name) => {
    const model = await openModel(`${NODE_TESTS}${name}/model.onnx`);
    const data = `${NODE_TESTS}${name}/test_data_set_0/`;
    const inputs = await Promise.all(
      model.inputs.map(async (info, i) => [info.name, await readTensorFile(`${data}input_${i}.pb`)] as const),
    );
    const replaced = await replaceLayers(model, { backend: plainBackend('uint8', 'uint8', 'int32') });
    const { outputs, layers } = await replaced.run(Object.fromEntries(inputs));
    await replaced.close();
    expect(layers).toHaveLength(1);
    expect(Object.values(outputs)).toEqual([await readTensorFile(`${data}output_0.pb`)]);
  });
});
