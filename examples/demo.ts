// Espalier from end to end in about a minute: ten lines of text become an array, the array becomes Verilog, the Verilog
// is compared with the simulators, a layer of a real model runs on both, one stuck bit shows what it does, and a campaign
// what such bits do on the whole.
import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildDesign,
  Campaign,
  classOf,
  crossCheck,
  describeMismatch,
  emitDesign,
  formatFault,
  formatSpec,
  functionalBackend,
  loadCampaign,
  loadSpec,
  OUTCOME_CLASSES,
  type OutcomeClass,
  openModel,
  openRtl,
  predictClasses,
  proportionInterval,
  readNpy,
  replaceLayers,
  resolveFault,
  selectArray,
  selectFault,
  type Tensor,
  tensor,
  writeFiles,
  writeNpy,
} from 'espalier';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const shown = (name: string): string => relative(process.cwd(), name);
const say = (text: string): void => console.log(`   ${text}`);
const equal = (one: Tensor, other: Tensor): boolean =>
  Buffer.from(one.data.buffer).equals(Buffer.from(other.data.buffer));
const firstImages = ({ shape: [, ...sides], data, type }: Tensor, count: number): Tensor =>
  tensor(
    type,
    [count, ...sides],
    data.slice(
      0,
      sides.reduce((a, b) => a * b, count),
    ),
  );

const LAYER = 'conv2';
const RTL_IMAGES = 4;
const SPEC = path('arrays.array');
const OUT = path('../out/demo/');

console.log('1. An array of 8×8 PEs, written down');
const spec = loadSpec(SPEC);
const design = buildDesign(selectArray(spec, 'conv8', SPEC));
for (const line of formatSpec({ arrays: [design.spec], faults: [] })
  .trimEnd()
  .split('\n'))
  say(`  ${line}`);
say(`${design.pes.length} PEs; line ${design.stationary} (the weights) stays in them, the other two move through.`);

console.log('\n2. The same array as Verilog');
const files = emitDesign(design);
await writeFiles(`${OUT}rtl`, files);
say(`${files.map((file) => file.path).join(', ')}`);
say(
  `in ${shown(`${OUT}rtl`)}: plain Verilog-2005, with ${design.spec.faultSlots} slots through which faults are injected.`,
);

console.log('\n3. Is the Verilog the machine that the simulators simulate?');
const rtl = await openRtl(design, {
  architecture: 'structural',
  trace: true,
  onProgress: (phase) => say(`${phase} …`),
});
const check = await crossCheck(design, { trials: 500, seed: 1, rtl, directory: `${OUT}mismatch` });
if (check.mismatch) {
  console.log(describeMismatch(check.mismatch).join('\n'));
  process.exit(1);
}
const { trials, faults: drawn, resultChanged, peCycles } = check.tally;
say(`${trials} random jobs with ${drawn.total} random faults, ${peCycles.toLocaleString('en')} PE-cycles:`);
say(`every register in every cycle is equal in the cycle simulator and the Verilog, every result in all models.`);
say(`${drawn.fired} of the faults changed a bit; ${resultChanged} results were wrong, and wrong alike everywhere.`);

console.log(`\n4. Layer ${LAYER} of a quantised digit reader, on the simulator and on the Verilog`);
const model = await openModel(path('digits/digits-qlinear.onnx'));
const images = await readNpy(path('digits/digits-images.npy'));
const labels = await readNpy(path('digits/digits-labels.npy'));
const simulator = functionalBackend(design);
const onSimulator = await replaceLayers(model, { backend: simulator, layers: [LAYER] });
const onRtl = await replaceLayers(model, { backend: rtl, layers: [LAYER] });
const few = { input: firstImages(images, RTL_IMAGES) };
const fault = resolveFault(design, selectFault(spec, 'sticky', SPEC));
const [simulated, clocked] = [await onSimulator.run(few), await onRtl.run(few)];
const [simulatedFault, clockedFault] = [
  await onSimulator.run(few, { faults: [fault] }),
  await onRtl.run(few, { faults: [fault] }),
];
const { products, macs, stats } = clocked.layers[0]!;
say(`${RTL_IMAGES} images: ${products} matrix products, ${macs.toLocaleString('en')} multiply-accumulate steps,`);
say(
  `${stats.tiles} tiles in ${stats.cycles.toLocaleString('en')} cycles, PEs busy ${(100 * stats.utilisation).toFixed(1)} % of the time, ${(100 * stats.effectiveUtilisation).toFixed(1)} % without zero padding.`,
);
const same = (one: typeof simulated, other: typeof simulated): boolean =>
  equal(one.outputs['logits']!, other.outputs['logits']!);
const bothSame = same(simulated, clocked) && same(simulatedFault, clockedFault);
say(
  `logits equal bit for bit: ${same(simulated, clocked)}; with the fault below: ${same(simulatedFault, clockedFault)}.`,
);

console.log('\n5. One stuck bit');
say(`${formatFault(fault.spec)}: one bit of one of ${design.pes.length} partial sums, always 1.`);
const golden = await onSimulator.run({ input: images });
const faulty = await onSimulator.run({ input: images }, { faults: [fault] });
const [before, after] = [golden, faulty].map(({ outputs }) => predictClasses(outputs['logits']!)) as [
  number[],
  number[],
];
const right = (read: number[]): string =>
  `${read.filter((digit, n) => digit === labels.data[n]).length} of ${read.length}`;
say(
  `it changed bits in ${faulty.layers[0]!.faults[0]!.firedCycles.toLocaleString('en')} of ${faulty.layers[0]!.stats.cycles.toLocaleString('en')} cycles.`,
);
say(`digits read rightly: ${right(before)} without the fault, ${right(after)} with it. What changed:`);
const changes = before.flatMap((digit, n) => (digit === after[n] ? [] : [`image ${n}: ${digit} → ${after[n]}`]));
for (let n = 0; n < changes.length; n += 5) say(`  ${changes.slice(n, n + 5).join(', ')}`);

console.log('\n6. Many stuck bits');
const { spec: stuck, folder } = loadCampaign({ file: path('digits/campaigns.array'), name: 'stuck' });
const campaign = await Campaign.open(stuck, { folder });
const { live, dead } = campaign.population;
const counts = new Map(OUTCOME_CLASSES.map((name) => [name, 0]));
const shares: number[] = [];
for await (const { images: outcomes } of campaign.outcomes()) {
  for (const outcome of outcomes) counts.set(classOf(outcome), counts.get(classOf(outcome))! + 1);
  shares.push(outcomes.filter(({ sdc1 }) => sdc1).length / outcomes.length);
}
const sum = shares.reduce((total, share) => total + share, 0);
const sumOfSquares = shares.reduce((total, share) => total + share ** 2, 0);
const sample = { size: live, drawn: shares.length, sum, sumOfSquares };
const harm = proportionInterval([sample], { size: dead, sum: 0 }, stuck.confidence, 'wilson');
say(
  `${shares.length} of ${(live + dead).toLocaleString('en')} stuck-at faults in ${campaign.layers.length} layers, each on ${campaign.images.length} images:`,
);
const times = (name: OutcomeClass): string => counts.get(name)!.toLocaleString('en');
say(`${times('not_fired')} times no bit changed, ${times('masked')} times bits but no score,`);
say(`${times('non_critical')} times scores but not the digit, ${times('sdc_1')} times the digit.`);
const [middle, low, high] = [harm.estimate, harm.lower, harm.upper].map((share) => (100 * share).toFixed(1));
say(`of all faults and images, ${middle} % read another digit; 95 % sure: between ${low} and ${high} %.`);
await campaign.close();

console.log('\n7. Where things are');
await mkdir(OUT, { recursive: true });
await writeNpy(`${OUT}logits-fault-free.npy`, golden.outputs['logits']!);
await writeNpy(`${OUT}logits-faulty.npy`, faulty.outputs['logits']!);
say(`the array and the fault          ${shown(SPEC)}`);
say(`Verilog, manifest                ${shown(`${OUT}rtl`)}`);
say(`the campaign                     ${shown(path('digits/campaigns.array'))}`);
say(`scores of the 64 images          ${shown(`${OUT}logits-fault-free.npy`)}, ${shown(`${OUT}logits-faulty.npy`)}`);
say(`model, images, how they were made ${shown(path('digits'))}`);
say('this program                     examples/demo.ts');
await Promise.all([onSimulator.close(), onRtl.close(), simulator.close(), rtl.close()]);
if (!bothSame) process.exitCode = 1;
