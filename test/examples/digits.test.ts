import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { convIntegerModel } from '../../scripts/example-model/convinteger-model.ts';
import { drawDataSet, SEEDS } from '../../scripts/example-model/data-set.ts';
import { readWeights } from '../../scripts/example-model/float-model.ts';
import { encodeNetwork } from '../../scripts/example-model/graph.ts';
import { IMAGES, MODELS, OUTPUT_DIRECTORY } from '../../scripts/example-model/outputs.ts';
import { openModel } from '../../src/onnx/file/model.ts';
import { decodeTensor } from '../../src/onnx/file/tensor-proto.ts';
import { readNpy } from '../../src/tensor/npy.ts';

const images = await readNpy(IMAGES.images);
const labels = await readNpy(IMAGES.labels);
const readme = await readFile(`${OUTPUT_DIRECTORY}README.md`, 'utf8');

/** Operators of the layers with weights, by node name. */
const LAYERS = {
  float32: { conv1: 'Conv', conv2: 'Conv', fc1: 'Gemm', fc2: 'Gemm', fc3: 'Gemm' },
  qlinear: {
    conv1: 'QLinearConv',
    conv2: 'QLinearConv',
    fc1: 'QLinearMatMul',
    fc2: 'QLinearMatMul',
    fc3: 'QLinearMatMul',
  },
  convinteger: {
    conv1: 'ConvInteger',
    conv2: 'ConvInteger',
    fc1: 'MatMulInteger',
    fc2: 'MatMulInteger',
    fc3: 'MatMulInteger',
  },
} as const;

describe.each(Object.keys(MODELS) as (keyof typeof MODELS)[])('digits-%s.onnx', (variant) => {
  const path = MODELS[variant];

  test('recognises as many of the shipped images as its README says', async () => {
    const stated = new RegExp(`digits-${variant}\\.onnx.*\\| (\\d+) of (\\d+)\\s*\\|`).exec(readme)!;
    const session = await InferenceSession.create(path);
    const { logits } = await session.run({
      input: new Tensor('float32', images.data as Float32Array, images.shape),
    });
    const scores = logits!.data as Float32Array;
    const correct = Array.from(labels.data, Number).filter((label, i) => {
      const own = scores.subarray(10 * i, 10 * i + 10);
      return own.indexOf(Math.max(...own)) === label;
    });
    expect(logits!.dims).toEqual([64, 10]);
    expect([correct.length, images.shape[0]]).toEqual(stated.slice(1).map(Number));
  });

  test('takes any number of images and names its layers', async () => {
    const { inputs, outputs, graph } = await openModel(path);
    const operators = new Map(graph.node.map((node) => [node.name, node.opType]));
    expect(inputs).toEqual([{ name: 'input', type: 'float32', shape: ['N', 1, 28, 28] }]);
    expect(outputs).toEqual([{ name: 'logits', type: 'float32', shape: ['N', 10] }]);
    expect(Object.fromEntries(Object.keys(LAYERS[variant]).map((name) => [name, operators.get(name)]))).toEqual(
      LAYERS[variant],
    );
    expect(operators.size).toBe(graph.node.length);
  });
});

test.each(['qlinear', 'convinteger'] as const)(
  'the int8 weights of digits-%s.onnx are small enough for processors that add two products in 16 bits',
  async (variant) => {
    const { graph } = await openModel(MODELS[variant]);
    const weights = graph.initializer.filter(({ name }) => name.endsWith('.weight')).map(decodeTensor);
    expect(weights.map(({ type }) => type)).toEqual(Array(5).fill('int8'));
    const largest = weights.map(({ data }) => Math.max(...(data as Int8Array).map(Math.abs)));
    expect(largest).toEqual(Array(5).fill(64));
  },
);

describe('the scripts still make what is shipped', () => {
  test('the images', () => {
    const { images: drawn, labels: digits } = drawDataSet(images.shape[0]!, SEEDS.shipped);
    // The last bit of a sine may depend on the version of Node: it can move a pixel by one step of grey, and no further.
    const steps = drawn.map((pixel, i) => Math.abs(Math.round(255 * (pixel - Number(images.data[i])))));
    expect(Math.max(...steps)).toBeLessThanOrEqual(1);
    expect(digits).toEqual(labels.data);
  });

  test('the model with dynamic scales, from the weights of the float32 model', async () => {
    const made = encodeNetwork(convIntegerModel(await readWeights(MODELS.float32)));
    expect(Buffer.from(made).equals(await readFile(MODELS.convinteger))).toBe(true);
  });
});
