import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import type { BackendKind } from '../backend/backend.ts';
import { checkFaultSlots } from '../backend/job.ts';
import { openBackend } from '../backend/open.ts';
import { Campaign } from '../campaign/campaign.ts';
import { findCampaign } from '../campaign/find-campaign.ts';
import { loadCampaign } from '../campaign/load-campaign.ts';
import { namesTwice } from '../campaign/population/coordinates.ts';
import { readSummary } from '../campaign/report/summarise.ts';
import { type CampaignProgress, runCampaign } from '../campaign/run-campaign.ts';
import { beginStore, resumeStore } from '../campaign/start-campaign.ts';
import { openStore } from '../campaign/store/open-store.ts';
import type { Store } from '../campaign/store/store.ts';
import { validateCampaign } from '../campaign/validate/validate-campaign.ts';
import { workerPool } from '../campaign/workers/worker-pool.ts';
import { EXIT, FileError } from '../errors.ts';
import { type SpecReference, splitSpecReference } from '../spec/spec-reference.ts';
import { describeProgress, describeSummary } from './campaign-text.ts';
import { assertWritable } from './files.ts';
import type { Action } from './program.ts';
import type { Session } from './session.ts';

interface Flags {
  readonly workers?: number;
  /** The functional simulator, or what the campaign has run on so far, when left out. */
  readonly backend?: BackendKind;
  readonly validate?: number;
}

type Place = ReturnType<typeof loadCampaign>;

const MEMORY_BYTES = 32 << 20;

export const runNew: Action<[campaign: string], Flags & { readonly output?: string }> = async (
  session,
  [reference],
  flags,
) => {
  const place = loadCampaign(splitSpecReference(reference));
  const path = flags.output ?? `${place.spec.name}.campaign`;
  if (existsSync(path)) {
    throw new FileError(`cannot begin ${path}: it exists; "espalier campaign resume ${path}" goes on with it`);
  }
  await assertWritable(path);
  await runInStore(session, place, path, flags, (campaign, backend) =>
    beginStore(path, campaign, { ...place, backend }, progressOf(session, 'images without faults')),
  );
};

export const resume: Action<[store: string], Flags & { readonly campaign?: string }> = async (
  session,
  [path],
  flags,
) => {
  const { reference, backend } = begun(path, flags.campaign);
  const place = loadCampaign(reference);
  await runInStore(session, place, path, { ...flags, backend: flags.backend ?? backend }, (campaign, on) =>
    resumeStore(path, campaign, { ...place, backend: on }),
  );
};

/** What a store says of its campaign, while nobody writes to it. */
function begun(path: string, told: string | undefined): { reference: SpecReference; backend: BackendKind } {
  using store = openStore(path, { readonly: true });
  return { reference: findCampaign(store, told), backend: store.record.backend };
}

function progressOf({ signal, progress }: Session, what: string) {
  return {
    signal,
    onProgress: (done: number, total: number) => progress.tell(`${what}: ${done} of ${total}`, done, total),
  };
}

async function runInStore(
  session: Session,
  place: Place,
  path: string,
  { workers = availableParallelism(), backend = 'functional', validate }: Flags,
  open: (campaign: Campaign, backend: BackendKind) => Promise<Store>,
): Promise<void> {
  const { signal, progress } = session;
  progress.tell(`opening campaign ${place.spec.name}`);
  // The workers run the faults: this process runs the images once.
  const campaign = await Campaign.open(place.spec, { folder: place.folder, memoryBytes: MEMORY_BYTES });
  try {
    signal.throwIfAborted();
    const built = new Set<BackendKind>([backend, ...(validate === undefined ? [] : (['rtl'] as const))]);
    for (const kind of built) if (kind === 'rtl' || kind === 'top') await buildOnce(session, campaign, kind);
    const store = await open(campaign, backend);
    await campaign.release();
    const setup = {
      file: resolve(place.file),
      name: place.spec.name,
      origin: store.record,
      backend: backend === 'functional' ? null : backend,
    };
    const leastFaults = backend === 'rtl' || backend === 'top' ? 4 * campaign.design.spec.faultSlots : undefined;
    const options = { workers, images: campaign.images, leastFaults };
    const onProgress = (at: CampaignProgress) =>
      at.margin
        ? progress.tell(describeProgress(at), Math.min(1, at.margin.wanted / at.margin.reached) ** 2, 1)
        : progress.tell(describeProgress(at), at.done, at.planned);
    const { sampling } = place.spec;
    const { planned } = campaign.sample;
    if (planned === 0) {
      session.warn('no fault of this population can reach an output, whatever the data: nothing is run');
    } else if (sampling.method === 'count' && !sampling.each && sampling.count > planned) {
      session.warn(`the sample is larger than the population: all ${planned} live faults are run`);
    }
    if (namesTwice(place.spec.population)) {
      session.warn('the kind set on a single bit is stuck_at_0 or stuck_at_1: the population holds such faults twice');
    }
    try {
      await withRunner(workerPool(setup, options), signal, (runner) =>
        runCampaign(campaign, store, runner, { signal, onProgress }),
      );
      if (validate !== undefined) {
        const differences = await withRunner(workerPool({ ...setup, backend: 'rtl' }, options), signal, (runner) =>
          validateCampaign(campaign, store, runner, {
            share: validate,
            ...progressOf(session, 'faults on the RTL'),
          }),
        );
        for (const difference of differences) session.warn(difference);
      }
    } catch (error) {
      session.warn(`"${resumeCommand(path, place)}" goes on where it stopped`);
      throw error;
    } finally {
      store.close();
    }
    const summary = readSummary(path);
    session.report(summary, describeSummary(summary, path));
    const { validation } = summary.campaign;
    if (validate !== undefined && validation && validation.differing > 0) session.finish(EXIT.mismatch);
  } finally {
    await campaign.close();
  }
}

/** Build the RTL once, with progress; the workers find it in the cache then. */
async function buildOnce({ signal, progress }: Session, { design }: Campaign, kind: BackendKind): Promise<void> {
  checkFaultSlots(design, kind, 1);
  const built = await openBackend(design, kind, { signal, onProgress: progress.tell });
  await built.close();
}

/** The command that goes on with a campaign; it names the file where the command would not find it by itself. */
function resumeCommand(store: string, { file, spec }: Place): string {
  const isFound = [dirname(store), '.'].some((folder) => resolve(folder, basename(file)) === resolve(file));
  return `espalier campaign resume ${store}${isFound ? '' : ` --campaign ${file}:${spec.name}`}`;
}

type Runner = ReturnType<typeof workerPool>;

/** Use a runner, which ends at once when the user wants to stop. */
async function withRunner<T>(runner: Runner, signal: AbortSignal, use: (runner: Runner) => Promise<T>): Promise<T> {
  const stop = () => void runner.close().catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await use(runner);
  } finally {
    signal.removeEventListener('abort', stop);
    await runner.close();
  }
}
