import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import type { BackendKind } from '../backend/backend.ts';
import { checkFaultSlots } from '../backend/job.ts';
import { openBackend } from '../backend/open.ts';
import { Campaign } from '../campaign/campaign.ts';
import { findCampaign } from '../campaign/find-campaign.ts';
import { loadCampaign } from '../campaign/load-campaign.ts';
import { readSummary } from '../campaign/report/summarise.ts';
import { type CampaignProgress, runCampaign } from '../campaign/run-campaign.ts';
import { beginStore, resumeStore } from '../campaign/start-campaign.ts';
import { openStore } from '../campaign/store/open-store.ts';
import type { Store } from '../campaign/store/store.ts';
import { validateCampaign } from '../campaign/validate/validate-campaign.ts';
import { workerPool } from '../campaign/workers/worker-pool.ts';
import { buildDesign } from '../design/build-design.ts';
import { EXIT, FileError } from '../errors.ts';
import { type SpecReference, splitSpecReference } from '../spec/spec-reference.ts';
import { describeProgress, describeSummary } from './campaign-text.ts';
import type { Action } from './program.ts';
import type { Session } from './session.ts';

interface Flags {
  readonly workers?: number;
  readonly backend: BackendKind;
  readonly validate?: number;
}

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
  await runInStore(session, place, path, flags, beginStore);
};

export const resume: Action<[store: string], Flags & { readonly campaign?: string }> = async (
  session,
  [path],
  flags,
) => {
  await runInStore(session, loadCampaign(campaignOf(path, flags.campaign)), path, flags, resumeStore);
};

function campaignOf(path: string, told: string | undefined): SpecReference {
  using store = openStore(path, { readonly: true });
  return findCampaign(store, told);
}

async function runInStore(
  session: Session,
  place: ReturnType<typeof loadCampaign>,
  path: string,
  { workers = availableParallelism(), backend, validate }: Flags,
  open: (path: string, campaign: Campaign, place: ReturnType<typeof loadCampaign>) => Promise<Store>,
): Promise<void> {
  const { signal, progress } = session;
  progress.tell(`opening campaign ${place.spec.name}`);
  const inVerilog = [backend, ...(validate === undefined ? [] : ['rtl' as const])].filter(isVerilog);
  for (const kind of new Set(inVerilog)) {
    const design = buildDesign(place.spec.array);
    checkFaultSlots(design, kind, 1);
    // The workers find it in the cache of builds then.
    const built = await openBackend(design, kind, { signal, onProgress: progress.tell });
    await built.close();
  }
  const campaign = await Campaign.open(place.spec, { folder: place.folder });
  try {
    signal.throwIfAborted();
    const store = await open(path, campaign, place);
    const setup = {
      file: resolve(place.file),
      name: place.spec.name,
      text: store.record.text,
      backend: backend === 'functional' ? null : backend,
    };
    const options = { workers, images: campaign.images };
    const onProgress = (at: CampaignProgress) =>
      at.margin
        ? progress.tell(describeProgress(at), Math.min(1, at.margin.wanted / at.margin.reached) ** 2, 1)
        : progress.tell(describeProgress(at), at.done, at.planned);
    const { sampling } = place.spec;
    if (sampling.method === 'count' && !sampling.each && sampling.count > campaign.sample.planned) {
      session.warn(`the sample is larger than the population: all ${campaign.sample.planned} live faults are run`);
    }
    try {
      await withRunner(workerPool(setup, options), signal, (runner) =>
        runCampaign(campaign, store, runner, { signal, onProgress }),
      );
      if (validate !== undefined) {
        const differences = await withRunner(workerPool({ ...setup, backend: 'rtl' }, options), signal, (runner) =>
          validateCampaign(campaign, store, runner, {
            share: validate,
            signal,
            onProgress: (done, total) => progress.tell(`fault ${done} of ${total} on the RTL`, done, total),
          }),
        );
        for (const difference of differences) session.warn(difference);
      }
    } catch (error) {
      if (signal.aborted) session.warn(`"${resumeCommand(path, place)}" goes on where it stopped`);
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

function isVerilog(backend: BackendKind): boolean {
  return backend === 'rtl' || backend === 'top';
}

/** The command that goes on with a campaign; it names the file where the command would not find it by itself. */
function resumeCommand(store: string, { file, spec }: ReturnType<typeof loadCampaign>): string {
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
