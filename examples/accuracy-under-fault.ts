// From a model file to its accuracy on a faulty array: all layers on an array, a stuck bit in one output channel of one.
import { fileURLToPath } from 'node:url';
import {
  buildDesign,
  evaluate,
  functionalBackend,
  loadSpec,
  modelBatches,
  openData,
  openModel,
  openRuntimeModel,
  readLabels,
  replaceLayers,
  selectArray,
} from 'espalier';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const design = buildDesign(selectArray(loadSpec(here('arrays.array')), 'conv8', 'arrays.array'));

const model = await openModel(here('digits/digits-qlinear.onnx'));
const input = await openData(here('digits/digits-images.npy'));
const labels = await readLabels(here('digits/digits-labels.npy'), input.count);
const backend = functionalBackend(design);
const array = await replaceLayers(model, { backend });
const baseline = await openRuntimeModel(model);
array.addFault('stuck_at_1 bit 14 of c at (3, -3)', { layer: 'conv2', channel: 10 });
const batches = modelBatches(model, { input }, { batch: 16 });
const result = await evaluate(array, batches, { labels, baseline, compare: true });

console.log(`on the array ${result.accuracy!.top1} of ${batches.items}`);
console.log(`in ONNX Runtime ${result.baseline!.accuracy!.top1} of ${batches.items}`);
for (const { name, comparison } of result.layers) console.log(`${name}: ${comparison!.differing} elements differ`);
await Promise.all([array, baseline, backend, input].map((opened) => opened.close()));
