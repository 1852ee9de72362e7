import { InferenceSession, Tensor } from 'onnxruntime-node';
import { INTERFACE } from './architecture.ts';
import type { DataSet } from './data-set.ts';
import { SIDE } from './draw.ts';

const BATCH = 100;

/** Run a model in ONNX Runtime, a batch of images at a time. */
export async function runBatches(
  model: Uint8Array,
  { images, count }: DataSet,
  take: (outputs: InferenceSession.OnnxValueMapType, start: number) => void,
): Promise<void> {
  const session = await InferenceSession.create(model);
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const pixels = images.slice(start * SIDE * SIDE, end * SIDE * SIDE);
    const input = new Tensor('float32', pixels, [end - start, 1, SIDE, SIDE]);
    take(await session.run({ [INTERFACE.input.name]: input }), start);
  }
  await session.release();
}

/** Measure which share of the images a model recognises. */
export async function accuracy(model: Uint8Array, data: DataSet): Promise<number> {
  let correct = 0;
  await runBatches(model, data, (outputs, start) => {
    const logits = outputs[INTERFACE.output.name]!.data as Float32Array;
    for (let i = 0; i < logits.length / 10; i++) {
      const scores = logits.subarray(10 * i, 10 * (i + 1));
      if (scores.indexOf(Math.max(...scores)) === data.labels[start + i]) correct++;
    }
  });
  return correct / data.count;
}
