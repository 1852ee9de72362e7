import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readLabels } from '../../src/data/labels.ts';
import { openData } from '../../src/data/open-data.ts';
import { openModel } from '../../src/onnx/file/model.ts';
import { countTopK } from '../../src/onnx/run/top-k.ts';
import { runWhole } from '../onnx/support/whole-model.ts';
import { readAll } from './support/folder.ts';

const CONFORMANCE = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const IMAGES = `${CONFORMANCE}mnist/mnist-1000-images-idx3-ubyte.gz`;
const LABELS = `${CONFORMANCE}mnist/mnist-1000-labels-idx1-ubyte.gz`;
const MODEL = `${CONFORMANCE}models/lenet-mnist-float32.onnx`;

describe.skipIf(!existsSync(IMAGES))('MNIST of the conformance folder (skipped when it is absent)', () => {
  test('its images are bytes of 28×28', async () => {
    const source = await openData(IMAGES);
    expect({ ...source, read: null, close: null }).toMatchObject({ count: 1000, shape: [28, 28], type: 'uint8' });
    expect((await source.read(0, 1000)).data).toEqual(new Uint8Array(gunzipSync(readFileSync(IMAGES)).subarray(16)));
    await source.close();
  });

  test('"nchw, scale 1/255" gives every pixel / 255, rounded once', async () => {
    const { type, shape, data } = await readAll(IMAGES, { preprocess: 'nchw, scale 1/255' });
    expect([type, shape]).toEqual(['float32', [1000, 1, 28, 28]]);
    const pixels = gunzipSync(readFileSync(IMAGES)).subarray(16);
    expect(data).toEqual(Float32Array.from(pixels, (pixel) => pixel / 255));
  });

  test.skipIf(!existsSync(MODEL))('LeNet reads more than 98 of 100 of them', async () => {
    const labels = await readLabels(LABELS, 1000);
    const input = await readAll(IMAGES, { preprocess: 'nchw, scale 1/255' });
    const outputs = await runWhole(await openModel(MODEL), { input });
    const scores = Object.values(outputs)[0]!;
    expect(countTopK(scores, labels, 1)).toBeGreaterThan(980);
    expect(countTopK(scores, labels, 5)).toBeGreaterThanOrEqual(countTopK(scores, labels, 1));
    expect(countTopK(scores, labels, 10)).toBe(1000);
  });
});
