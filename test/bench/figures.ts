// Measures the figures that the project wants to reach; see the README beside this file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { watchMemory } from './memory.ts';
import { measureModel } from './model-rate.ts';
import { measureFloatRtl } from './rtl-rate.ts';

const BIN = fileURLToPath(new URL('../../bin/espalier.js', import.meta.url));

const SPEC = `
array big { size 64 x 64 x 64; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 4 }
array middle { size 16 x 16 x 16; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 4 }
array small4 { size 4 x 4 x 4; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 4 }
`;

interface Figure {
  readonly name: string;
  readonly goalSeconds: number;
  readonly args: readonly string[];
}

const FIGURES: readonly Figure[] = [
  { name: 'generate 64×64', goalSeconds: 1, args: ['generate', 's.array:big', '-o', 'big'] },
  // One trial on the simulation that a user of the rtl backend gets: nearly all of it is the build.
  {
    name: 'build 16×16 int8, 4 fault slots',
    goalSeconds: 15,
    args: ['matmul', 's.array:middle', 'x.npy', 'x.npy', '--backend', 'rtl'],
  },
  {
    name: 'check 4×4×4 int8, 10,000 trials, build included',
    goalSeconds: 60,
    args: ['check', 's.array:small4', '--trials', '10000'],
  },
];

const GOAL_MEGABYTES = 500;

const FLOAT_BUILD_GOAL_SECONDS = 30;
const FLOAT_RATE_GOAL_MILLIONS = 20;

const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'));
await writeFile(join(folder, 's.array'), SPEC);
const { PRESETS, tensor, writeNpy } = await import('espalier');
await writeNpy(join(folder, 'x.npy'), tensor('int8', [16, 16]));
for (const { name, goalSeconds, args } of FIGURES) {
  const { seconds, megabytes } = await measure(args);
  console.log(
    `${name}: ${seconds.toFixed(2)} s (goal ${goalSeconds} s), ${megabytes.toFixed(0)} MB (goal ${GOAL_MEGABYTES} MB)`,
  );
}
process.env['ESPALIER_CACHE'] = await mkdtemp(join(folder, 'cache-'));
const { buildSeconds, peCyclesPerSecond } = await measureFloatRtl({
  name: 'floats',
  size: [16, 16, 16],
  projection: { preset: 'output_stationary', matrix: PRESETS.output_stationary },
  types: { a: 'float32', b: 'float32', c: 'float32' },
});
console.log(`build 16×16 float32: ${buildSeconds.toFixed(2)} s (goal ${FLOAT_BUILD_GOAL_SECONDS} s)`);
console.log(
  `simulate 16×16 float32: ${(peCyclesPerSecond / 1e6).toFixed(1)} million PE-cycles/s (goal ${FLOAT_RATE_GOAL_MILLIONS})`,
);
const model = await measureModel();
if (model) {
  console.log(`LeNet, all layers on a 16×16 array: ${model.ratio.toFixed(2)} × the time of ONNX Runtime (goal 5)`);
  console.log(`one image, two layers on the RTL: ${model.rtlSeconds.toFixed(2)} s (goal 1 s)`);
}
if (model) await measureCampaigns();
await measureReport();
await rm(folder, { recursive: true });

async function measureCampaigns(): Promise<void> {
  for (const study of ['0', '1']) {
    const { name, ratio, ratioOfAll, microseconds } = await figureOf('campaign-rate.ts', study);
    console.log(
      `campaign on LeNet, ${name}: ${microseconds.toFixed(1)} µs per live fault and image, ${ratio.toFixed(2)} × a clean inference (goal 1.0); ${ratioOfAll.toFixed(2)} × with the dead ones, which need no run`,
    );
  }
  const { ratio } = await figureOf('campaign-rate.ts', 'rtl');
  console.log(`the int8 campaign with the RTL in the loop: ${ratio.toFixed(0)} × a clean inference (goal 50)`);
  const { speedUp, perSecond } = await figureOf('campaign-rate.ts', 'workers');
  console.log(
    `two workers: ${speedUp.toFixed(2)} × one (goal 1.8), ${Math.round(perSecond / 1000)} thousand outcomes/s into the store`,
  );
}

/** Report a campaign of a million outcomes, and fill its store in between. */
async function measureReport(): Promise<void> {
  const store = join(folder, 'million.campaign');
  const filler = fileURLToPath(new URL('../campaign/report/support/make-store.ts', import.meta.url));
  const started = performance.now();
  await execa(process.execPath, [filler, store, '10000', '100', '16']);
  const perSecond = 1e6 / ((performance.now() - started) / 1000);
  console.log(`a million outcomes into a store: ${Math.round(perSecond / 1000)} thousand/s (goal 100)`);
  const { seconds, megabytes } = await measure(['campaign', 'report', store]);
  console.log(
    `report of a million outcomes: ${seconds.toFixed(2)} s (goal 10 s), ${megabytes.toFixed(0)} MB (goal 1000)`,
  );
}

/** Run a program beside this one that prints a figure as JSON, in a process of its own. */
async function figureOf(program: string, argument: string) {
  const script = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await execa(process.execPath, [script, argument]);
  return JSON.parse(stdout);
}

async function measure(args: readonly string[]): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const cache = await mkdtemp(join(folder, 'cache-'));
  const started = performance.now();
  const child = execa(process.execPath, [BIN, ...args, '--quiet'], { cwd: folder, env: { ESPALIER_CACHE: cache } });
  const memory = watchMemory(child.pid!);
  await child;
  return { seconds: (performance.now() - started) / 1000, megabytes: memory.stop() / 1e6 };
}
