// The convolutions of a quantised model on an array, everything else in ONNX Runtime: what a stuck bit in one PE does
// to the digits that the model reads.
import { fileURLToPath } from 'node:url';
import {
  buildDesign,
  functionalBackend,
  loadSpec,
  openModel,
  predictClasses,
  readNpy,
  replaceLayers,
  resolveFault,
  selectArray,
  selectFault,
} from 'espalier';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const file = here('arrays.array');
const spec = loadSpec(file);
const design = buildDesign(selectArray(spec, 'conv8', file));
const fault = resolveFault(design, selectFault(spec, 'sticky', file));

const backend = functionalBackend(design);
const model = await openModel(here('digits/digits-qlinear.onnx'));
const replaced = await replaceLayers(model, { backend, layers: ['conv2'] });
const images = await readNpy(here('digits/digits-images.npy'));

for (const faults of [[], [fault]]) {
  const { outputs, layers } = await replaced.run({ input: images }, { faults });
  const [fired] = layers[0]!.faults;
  console.log(fired ? `a fault that changed a bit in ${fired.firedCycles} cycles of conv2:` : 'without faults:');
  console.log(`  ${predictClasses(outputs['logits']!).join(' ')}`);
}
await replaced.close();
await backend.close();
