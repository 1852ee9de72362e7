import { worker } from 'workerpool';
import type { Backend } from '../../backend/backend.ts';
import { openBackend } from '../../backend/open.ts';
import { buildDesign } from '../../design/build-design.ts';
import { ChangedError } from '../../errors.ts';
import { Campaign } from '../campaign.ts';
import { loadCampaign } from '../load-campaign.ts';
import { originOf } from '../origin.ts';
import { assertSame } from '../store/assert-same.ts';
import type { ImageValidation } from '../validate/validate-image.ts';
import { type PackedOutcomes, packOutcomes } from './packed-outcomes.ts';
import type { WorkerAnswer, WorkerTask } from './worker-pool.ts';

interface Opened {
  readonly campaign: Campaign;
  readonly backend: Backend | undefined;
}

let opened: Promise<Opened> | null = null;

/** Run faults of a campaign by their numbers. */
async function run(setup: WorkerTask, numbers: readonly number[]): Promise<WorkerAnswer<PackedOutcomes>> {
  return await answer(setup, async ({ campaign }) => packOutcomes(await campaign.run(numbers)));
}

/** Run faults both by the simulator and on the setup's backend, and compare them. */
async function validate(setup: WorkerTask, numbers: readonly number[]): Promise<WorkerAnswer<ImageValidation[][]>> {
  return await answer(setup, async ({ campaign, backend }) => {
    const results: ImageValidation[][] = [];
    for (const n of numbers) results.push(await campaign.validate(n, backend!));
    return results;
  });
}

/** Do something with the campaign, opened by the first task. */
async function answer<T>(setup: WorkerTask, action: (own: Opened) => Promise<T>): Promise<WorkerAnswer<T>> {
  opened ??= openOrForget(setup);
  let own: Opened;
  try {
    own = await opened;
  } catch (error) {
    // A class does not survive the way to the process that asked.
    if (error instanceof ChangedError) return { changed: error.message };
    throw error;
  }
  return { given: await action(own) };
}

/** Open the campaign; one that cannot be opened is tried again by the next task. */
function openOrForget(setup: WorkerTask): Promise<Opened> {
  const opening = open(setup);
  opening.catch(() => {
    opened = null;
  });
  return opening;
}

/** @throws {ChangedError} when it is not, or no longer, the campaign of the store */
async function open({ file, name, origin, backend, memoryBytes }: WorkerTask): Promise<Opened> {
  const { spec, folder } = loadCampaign({ file, name });
  const faultyBackend: Backend | undefined = backend ? await openBackend(buildDesign(spec.array), backend) : undefined;
  const campaign = await Campaign.open(spec, { folder, faultyBackend, memoryBytes });
  try {
    assertSame(origin, await originOf(campaign, { folder, backend: origin.backend }), 'run on');
  } catch (error) {
    await campaign.close();
    await faultyBackend?.close();
    throw new ChangedError((error as Error).message, { cause: error });
  }
  return { campaign, backend: faultyBackend };
}

// Ctrl-C reaches the whole group of processes; when to stop is for the one that started this to say.
process.on('SIGINT', () => {});
// Whoever started this may be gone before it is ready.
process.on('error', () => process.exit(1));
worker({ run, validate });
