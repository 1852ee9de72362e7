import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { encode } from '../../src/onnx/file/messages.ts';
import { openModel, readTensorFile } from '../../src/onnx/file/model.ts';
import { indexGraph } from '../../src/onnx/graph/graph-index.ts';
import { listLayers } from '../../src/onnx/graph/layers.ts';
import { predictClasses } from '../../src/onnx/run/classes.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { directFloatConv, roundingBounds } from './support/direct-float-conv.ts';
import { caseOfNode, convModel, type FloatConvCase } from './support/float-conv-cases.ts';
import { numberBits } from './support/number-bits.ts';
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

const FLOAT_ARRAY = functionalBackend(
  buildDesign(
    parseSpec('array f { size 8 x 8 x 16; projection col_stationary; types a: float32, b: float32 }', 'f.array')
      .arrays[0]!,
  ),
);

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

  it('lenet-mnist-float32.onnx gives the bits of the plain loop in its second Conv, and ONNX Runtime’s digits', async () => {
    const input = mnistImages(8);
    const model = await openModel(`${MODELS}lenet-mnist-float32.onnx`);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const { outputs, layers } = await replaced.run({ input });
    await replaced.close();
    expect(layers.map(({ op }) => op)).toEqual(['Conv', 'Conv']);
    const expected = await runWhole(model, { input });
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

const CONV_TESTS = ['node', 'pytorch-converted'].flatMap((suite) =>
  existsSync(NODE_TESTS)
    ? readdirSync(`${ROOT}onnx-node/${suite}`)
        .filter((name) => /_conv_|_Conv\dd/.test(name))
        .map((name) => `${suite}/${name}`)
    : [],
);

describe.skipIf(!existsSync(NODE_TESTS))('tests of Conv of the ONNX project (skipped when they are absent)', () => {
  it('are there', () => expect(CONV_TESTS).toHaveLength(23));

  it.each(CONV_TESTS)('%s: the bits of the plain loop, near the stored output', async (name) => {
    const model = await openModel(`${ROOT}onnx-node/${name}/model.onnx`);
    const folder = `${ROOT}onnx-node/${name}/test_data_set_0/`;
    const inputs = Object.fromEntries(
      await Promise.all(
        model.inputs.map(async (info, i) => [info.name, await readTensorFile(`${folder}input_${i}.pb`)] as const),
      ),
    );
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
    expectNear(y!, await readTensorFile(`${folder}output_0.pb`), conv);
  });
});
