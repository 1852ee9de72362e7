// Measures one figure of campaigns on LeNet and prints it as JSON: node campaign-rate.ts 0|1|workers|rtl
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Backend, openData, openModel, openRtl, parseSpec, type Tensor } from 'espalier';
import { Campaign } from '../../src/campaign/campaign.ts';
import { loadCampaign } from '../../src/campaign/load-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { beginStore } from '../../src/campaign/start-campaign.ts';
import { workerPool } from '../../src/campaign/workers/worker-pool.ts';
import { openSession, toRuntime } from '../../src/onnx/run/session.ts';

const CONFORMANCE = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));

/** Faults to a slice: what a worker of a campaign is given at a time. */
const SLICE = 200;
const SLICES = 5;
const ROUNDS = 3;
const IMAGES = 100;

interface Study {
  readonly name: string;
  readonly model: string;
  readonly array: string;
  readonly layers: string;
}

const STUDIES: readonly Study[] = [
  {
    name: 'int8, 16×16 output stationary',
    model: 'lenet-mnist-qop-std-u8u8.onnx',
    array: 'size 16 x 16 x 16; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 8',
    layers: '"conv1_quant", "conv2_quant"',
  },
  {
    name: 'float32, 29×29 output stationary',
    model: 'lenet-mnist-float32.onnx',
    array: 'size 29 x 29 x 29; projection output_stationary; types a: float32, b: float32, c: float32',
    layers: 'conv1, conv2',
  },
];

interface CampaignRate {
  readonly name: string;
  /** Seconds per fault and image over those of a clean batched inference of that image, both on one thread. */
  readonly ratio: number;
  /** The same per fault of the population, of which dead ones are accounted for without running them. */
  readonly ratioOfAll: number;
  readonly microseconds: number;
}

function textOf({ model, array, layers }: Study, images: number, sample: string): string {
  return `array bench { ${array} }
campaign bench {
  array bench
  model "${CONFORMANCE}models/${model}"
  data "${CONFORMANCE}mnist/mnist-1000-images-idx3-ubyte.gz" preprocess "nchw, scale 1/255"
  labels "${CONFORMANCE}mnist/mnist-1000-labels-idx1-ubyte.gz"
  images ${images}
  layers ${layers}
  nodes a, b, c
  sample ${sample}
}`;
}

async function open(study: Study, images: number, faultyBackend?: Backend): Promise<Campaign> {
  const [spec] = parseSpec(textOf(study, images, `${SLICE * SLICES}`), 'bench').campaigns;
  return await Campaign.open(spec!, { faultyBackend });
}

/** Time permanent stuck-at faults on 100 images. */
async function measureCampaign(number: number): Promise<CampaignRate> {
  const study = STUDIES[number]!;
  const campaign = await open(study, IMAGES);
  const clean = await cleanInference(study, campaign);
  const best = new Array<number>(SLICES).fill(Number.POSITIVE_INFINITY);
  let cleanSeconds = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    for (let slice = 0; slice < SLICES; slice++) {
      const numbers = Array.from({ length: SLICE }, (_, n) => slice * SLICE + n);
      const seconds = await secondsOf(() => campaign.run(numbers));
      // The first round warms up.
      if (round > 0) best[slice] = Math.min(best[slice]!, seconds);
      for (let n = 0; n < 5; n++) cleanSeconds = Math.min(cleanSeconds, await secondsOf(clean));
    }
  }
  const each = best.reduce((sum, seconds) => sum + seconds, 0) / (SLICE * SLICES * IMAGES);
  const ratio = each / (cleanSeconds / IMAGES);
  const { live, size } = campaign.population;
  await campaign.close();
  return { name: study.name, ratio, ratioOfAll: (ratio * live) / size, microseconds: 1e6 * each };
}

/** Time the same with the products that a fault reaches on the RTL, over a clean inference. */
async function measureRtl(): Promise<{ readonly ratio: number }> {
  const study = STUDIES[0]!;
  const plain = await open(study, IMAGES);
  const clean = await cleanInference(study, plain);
  const rtl = await openRtl(plain.design);
  const campaign = await open(study, IMAGES, rtl);
  await campaign.run([0, 1, 2, 3]);
  const faults = 60;
  const seconds = await secondsOf(() => campaign.run(Array.from({ length: faults }, (_, n) => n)));
  let cleanSeconds = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 20; n++) cleanSeconds = Math.min(cleanSeconds, await secondsOf(clean));
  await Promise.all([plain.close(), campaign.close()]);
  await rtl.close();
  return { ratio: seconds / faults / cleanSeconds };
}

async function cleanInference({ model }: Study, { images }: Campaign): Promise<() => Promise<unknown>> {
  const loaded = await openModel(`${CONFORMANCE}models/${model}`);
  const session = await openSession(loaded.proto, model, 1);
  const source = await openData(`${CONFORMANCE}mnist/mnist-1000-images-idx3-ubyte.gz`, {
    preprocess: 'nchw, scale 1/255',
  });
  const batch: Tensor = await source.read(0, images.length);
  await source.close();
  const feeds = new Map([[loaded.inputs[0]!.name, toRuntime(batch)]]);
  return () => session.run(feeds);
}

interface WorkerRate {
  /** The speed of two workers over that of one. */
  readonly speedUp: number;
  /** Outcomes per second with two workers. */
  readonly perSecond: number;
}

/** Run a campaign into a store with one and with two workers, starting them not counted. */
async function measureWorkers(): Promise<WorkerRate> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-bench-'));
  const file = join(folder, 'bench.array');
  const faults = 4000;
  await writeFile(file, textOf(STUDIES[0]!, IMAGES, `${faults}`));
  const place = loadCampaign({ file, name: null });
  const seconds: number[] = [];
  for (const workers of [1, 2]) {
    const campaign = await Campaign.open(place.spec, { folder });
    const store = await beginStore(join(folder, `${workers}.campaign`), campaign, place);
    const setup = { file, name: place.spec.name, origin: store.record, backend: null };
    const pool = workerPool(setup, { workers, images: campaign.images });
    // All workers open the campaign before the clock starts.
    await Promise.all(Array.from({ length: 4 * workers }, () => pool.run([0])));
    seconds.push(await secondsOf(() => runCampaign(campaign, store, pool)));
    await pool.close();
    store.close();
    await campaign.close();
  }
  await rm(folder, { recursive: true });
  const [one, two] = seconds as [number, number];
  return { speedUp: one / two, perSecond: (faults * IMAGES) / two };
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

const what = process.argv[2];
const result =
  what === 'workers'
    ? await measureWorkers()
    : what === 'rtl'
      ? await measureRtl()
      : await measureCampaign(Number(what));
console.log(JSON.stringify(result));
