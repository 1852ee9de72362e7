import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  buildDesign,
  compatibleLayers,
  functionalBackend,
  openData,
  openModel,
  openRtl,
  openRuntimeModel,
  PRESETS,
  replaceLayers,
  type Tensor,
} from 'espalier';

const CONFORMANCE = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));
const LENET = `${CONFORMANCE}models/lenet-mnist-qop-std-u8u8.onnx`;
const IMAGES = `${CONFORMANCE}mnist/mnist-1000-images-idx3-ubyte.gz`;

const BATCH = 100;
const ROUNDS = 12;

export interface ModelRate {
  /** Images per second of plain ONNX Runtime over those with every matrix layer on the functional simulator. */
  readonly ratio: number;
  /** One image through the two convolutions on the RTL, the build not counted. */
  readonly rtlSeconds: number;
}

/** Time the quantised LeNet on a 16×16 array; null where its files are absent. Best of some rounds, both in turn. */
export async function measureModel(): Promise<ModelRate | null> {
  if (!existsSync(LENET) || !existsSync(IMAGES)) return null;
  const design = buildDesign({
    name: 'lenet',
    size: [16, 16, 16],
    projection: { preset: 'output_stationary', matrix: PRESETS.output_stationary },
    types: { a: 'int8', b: 'int8', c: 'int32' },
  });
  const model = await openModel(LENET);
  const source = await openData(IMAGES, { preprocess: 'nchw, scale 1/255' });
  const input = await source.read(0, BATCH);
  const first = await source.read(0, 1);
  await source.close();
  return { ratio: await ratioOf(), rtlSeconds: await rtlSeconds() };

  async function ratioOf(): Promise<number> {
    const replaced = await replaceLayers(model, { backend: functionalBackend(design) });
    const plain = await openRuntimeModel(model);
    let [onArray, inRuntime] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < ROUNDS; round++) {
      // A new tensor each time: what comes before the first layer is to be computed again.
      const again: Tensor = { ...input };
      onArray = Math.min(onArray, await secondsOf(() => replaced.run({ input: again })));
      inRuntime = Math.min(inRuntime, await secondsOf(() => plain.run({ input: again })));
    }
    await Promise.all([replaced.close(), plain.close()]);
    return onArray / inRuntime;
  }

  async function rtlSeconds(): Promise<number> {
    const rtl = await openRtl(design);
    const layers = compatibleLayers(model)
      .slice(0, 2)
      .map(({ name }) => name);
    const replaced = await replaceLayers(model, { backend: rtl, layers });
    const seconds = await secondsOf(() => replaced.run({ input: first }));
    await replaced.close();
    await rtl.close();
    return seconds;
  }
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}
