import { worker } from 'workerpool';
import type { Backend } from '../../backend/backend.ts';
import { openBackend } from '../../backend/open.ts';
import { buildDesign } from '../../design/build-design.ts';
import { EspalierError } from '../../errors.ts';
import { formatCampaign } from '../../spec/format-campaign.ts';
import { Campaign } from '../campaign.ts';
import { loadCampaign } from '../load-campaign.ts';
import type { ImageValidation } from '../validate/validate-image.ts';
import { type PackedOutcomes, packOutcomes } from './packed-outcomes.ts';
import type { WorkerTask } from './worker-pool.ts';

interface Opened {
  readonly campaign: Campaign;
  readonly backend: Backend | undefined;
}

let opened: Promise<Opened> | null = null;

/** Run faults of a campaign by their numbers. */
async function run(setup: WorkerTask, numbers: readonly number[]): Promise<PackedOutcomes> {
  opened ??= openOrForget(setup);
  const { campaign } = await opened;
  return packOutcomes(await campaign.run(numbers));
}

/** Run faults both by the simulator and on the setup's backend, and compare them. */
async function validate(setup: WorkerTask, numbers: readonly number[]): Promise<ImageValidation[][]> {
  opened ??= openOrForget(setup);
  const { campaign, backend } = await opened;
  const results: ImageValidation[][] = [];
  for (const n of numbers) results.push(await campaign.validate(n, backend!));
  return results;
}

/** Open the campaign; one that cannot be opened is tried again by the next task. */
function openOrForget(setup: WorkerTask): Promise<Opened> {
  const opening = open(setup);
  opening.catch(() => {
    opened = null;
  });
  return opening;
}

async function open({ file, name, text, backend, memoryBytes }: WorkerTask): Promise<Opened> {
  const { spec, folder } = loadCampaign({ file, name });
  if (formatCampaign(spec) !== text) throw new EspalierError(`the campaign ${name} in ${file} changed while it ran`);
  const faultyBackend: Backend | undefined = backend ? await openBackend(buildDesign(spec.array), backend) : undefined;
  return { campaign: await Campaign.open(spec, { folder, faultyBackend, memoryBytes }), backend: faultyBackend };
}

// Ctrl-C reaches the whole group of processes; when to stop is for the one that started this to say.
process.on('SIGINT', () => {});
// Whoever started this may be gone before it is ready.
process.on('error', () => process.exit(1));
worker({ run, validate });
