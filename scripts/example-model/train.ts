/**
 * Train the example model on drawn digits and write it as float32 ONNX. One thread of WebAssembly, whose arithmetic does not
 * depend on the machine: the same seeds give the same model.
 */
import { mkdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { type DataSet, drawDataSet, SEEDS } from './data-set.ts';
import { SIDE } from './draw.ts';
import { floatModel } from './float-model.ts';
import { writeNetwork } from './graph.ts';
import { MODELS, OUTPUT_DIRECTORY } from './outputs.ts';
import { type Random, randomFrom } from './random.ts';
import { initialVariables, logits, type Variables, weightsOf } from './trainable.ts';

const IMAGES = 20_000;
const EPOCHS = 8;
const BATCH = 64;
const LEARNING_RATE = { first: 2e-3, last: 2e-5 } as const;

setThreadsCount(1);
await tf.setBackend('wasm');
const random = randomFrom(SEEDS.weights);
const variables = initialVariables(random);
await fit(variables, drawDataSet(IMAGES, SEEDS.training), random);
await mkdir(OUTPUT_DIRECTORY, { recursive: true });
await writeNetwork(MODELS.float32, floatModel(await weightsOf(variables)));

/** Minimise the cross-entropy with Adam; the learning rate falls from step to step by a constant factor. */
async function fit(variables: Variables, data: DataSet, random: Random): Promise<void> {
  const all = Object.values(variables).flatMap(({ weight, bias }) => [weight, bias]);
  const optimizer = tf.train.adam(LEARNING_RATE.first);
  const steps = EPOCHS * Math.floor(data.count / BATCH);
  const decay = (LEARNING_RATE.last / LEARNING_RATE.first) ** (1 / steps);
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const order = shuffled(data.count, random);
    let lossSum = 0;
    for (let start = 0; start + BATCH <= data.count; start += BATCH) {
      const [images, labels] = batchOf(data, order.subarray(start, start + BATCH));
      const loss = tf.tidy(() => optimizer.minimize(() => crossEntropy(logits(variables, images), labels), true, all));
      lossSum += (await loss.data())[0]! * BATCH;
      optimizer.learningRate *= decay;
      for (const used of [images, labels, loss]) used.dispose();
    }
    console.log(`epoch ${epoch} of ${EPOCHS}: mean loss ${(lossSum / data.count).toFixed(4)}`);
  }
}

function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, 10)), -1)));
}

function batchOf(data: DataSet, indices: Uint32Array): [images: tf.Tensor, labels: tf.Tensor] {
  const size = SIDE * SIDE;
  const images = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    images.set(data.images.subarray(index * size, (index + 1) * size), i * size);
  });
  const labels = Int32Array.from(indices, (index) => data.labels[index]!);
  return [tf.tensor(images, [indices.length, SIDE, SIDE, 1]), tf.tensor(labels, [indices.length], 'int32')];
}

function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform(0, i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
