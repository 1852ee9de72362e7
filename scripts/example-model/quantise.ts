/** Quantise the trained float32 model in two ways, and measure all three on digits that none of them has seen. */
import { readFile } from 'node:fs/promises';
import { calibrate } from './calibration.ts';
import { convIntegerModel } from './convinteger-model.ts';
import { drawDataSet, SEEDS } from './data-set.ts';
import { readWeights } from './float-model.ts';
import { writeNetwork } from './graph.ts';
import { MODELS } from './outputs.ts';
import { qlinearModel } from './qlinear-model.ts';
import { accuracy } from './runtime.ts';

const CALIBRATION_IMAGES = 1000;
const TEST_IMAGES = 5000;

const weights = await readWeights(MODELS.float32);
const calibration = await calibrate(weights, drawDataSet(CALIBRATION_IMAGES, SEEDS.calibration));
await writeNetwork(MODELS.qlinear, qlinearModel(weights, calibration));
await writeNetwork(MODELS.convinteger, convIntegerModel(weights));

const test = drawDataSet(TEST_IMAGES, SEEDS.test);
for (const [name, path] of Object.entries(MODELS)) {
  const share = await accuracy(await readFile(path), test);
  console.log(`${name}: ${(100 * share).toFixed(2)} % of ${test.count} fresh digits`);
}
