import { EspalierError } from '../errors.ts';
import type { Campaign } from './campaign.ts';
import type { Outcome } from './outcome.ts';
import { runOrRecord } from './run-or-record.ts';
import { RunningTally } from './running-tally.ts';
import type { Interval } from './statistics/proportion.ts';
import type { Store } from './store/store.ts';
import type { Runner } from './workers/runner.ts';

/** How far a campaign is. */
export interface CampaignProgress {
  /** Faults that are done, and how many there will be at most. */
  readonly done: number;
  readonly planned: number;
  /** Pairs of fault and image run by this call, and the seconds that it took. */
  readonly runs: number;
  readonly seconds: number;
  /** Faults that were done before this call. */
  readonly started: number;
  /** The share of SDC-1 as far as it is known. */
  readonly sdc1: Interval;
  /** Of sequential sampling: the largest margin of all outcomes, and the one that it ends at; null for other methods. */
  readonly margin: { readonly reached: number; readonly wanted: number } | null;
}

export interface RunCampaignOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CampaignProgress) => void) | undefined;
}

/** So many faults that fail one after the other are not what is wrong. */
const FAILURES_IN_A_ROW = 8;

/** A call of the runner should take about so long: results are safe that often, and little waits at the end. */
const TASK_SECONDS = 0.3;
const LARGEST_TASK = 256;

/**
 * Run all faults of a campaign that its store does not have, in the order of their numbers, and put their outcomes
 * there. A fault that fails is tried once more by itself, and then stored as an error. With sequential sampling it ends
 * at the first checkpoint at which every outcome is known to the margin.
 * @throws the signal's reason when it is aborted, with all tasks that were done in the store; errors of the store
 */
export async function runCampaign(
  campaign: Campaign,
  store: Store,
  runner: Runner,
  { signal, onProgress }: RunCampaignOptions = {},
): Promise<void> {
  const { sample, spec } = campaign;
  const clean = cleanCounts(store);
  const tally = new RunningTally(sample, spec);
  const done = store.doneFaults();
  const before = done.size;
  const started = performance.now();
  let end = store.record.ended ?? sample.planned;
  let runs = 0;
  let next = 0;
  let taskSize = 1;
  let slowest = 0;
  const endAt = (counted: number): void => {
    if (spec.sampling.method !== 'sequential' || store.record.ended !== undefined) return;
    if (counted < sample.planned && !tally.isPrecise(spec.sampling.margin)) return;
    end = counted;
    store.setValue('ended', counted);
  };
  // Where the store already holds enough, nothing is left to run.
  tallyInto(tally, store, endAt);
  const take = (): number[] => {
    const numbers: number[] = [];
    const size = Math.max(taskSize, runner.leastFaults ?? 1);
    for (; next < end && numbers.length < size; next++) if (!done.has(next)) numbers.push(next);
    return numbers;
  };
  let stopped = false;
  let failedInRow = 0;
  const work = async (): Promise<void> => {
    for (let numbers = take(); numbers.length > 0 && !stopped; numbers = take()) {
      signal?.throwIfAborted();
      const began = performance.now();
      const outcomes = await runOrRecord(runner, numbers, signal);
      failedInRow = outcomes.every(({ error }) => error !== null) ? failedInRow + outcomes.length : 0;
      if (failedInRow >= FAILURES_IN_A_ROW) {
        throw new EspalierError(
          `${failedInRow} faults in a row could not be run, which is more than their own doing: ${outcomes.at(-1)!.error}`,
        );
      }
      const each = (performance.now() - began) / 1000 / numbers.length;
      // Some faults take many times as long as others: those that were slow are forgotten slowly.
      slowest = Math.max(each, 0.95 * slowest);
      taskSize = Math.max(1, Math.min(LARGEST_TASK, Math.round(TASK_SECONDS / slowest), 4 * taskSize));
      store.add(
        outcomes.map((outcome) => ({
          fault: campaign.fault(outcome.n),
          outcome,
          correct: outcome.error === null ? campaign.countCorrect(outcome.images) : null,
          cleanCorrect: outcome.error === null ? clean[campaign.fault(outcome.n).layer]! : null,
        })),
      );
      for (const { n, images } of outcomes) {
        done.add(n);
        runs += images.length;
        tally.add(n, images, endAt);
      }
      const seconds = (performance.now() - started) / 1000;
      const { sampling } = spec;
      const margin =
        onProgress && sampling.method === 'sequential' ? { reached: tally.margin, wanted: sampling.margin } : null;
      onProgress?.({ margin, done: done.size, planned: end, runs, seconds, started: before, sdc1: tally.sdc1 });
    }
  };
  const workOrStop = (): Promise<void> =>
    work().catch((error: unknown) => {
      stopped = true;
      throw error;
    });
  const results = await Promise.allSettled(Array.from({ length: runner.concurrency }, workOrStop));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** For each layer the images that the fault-free run puts into their true class; null without labels. */
function cleanCounts(store: Store): (number | null)[] {
  const counts: (number | null)[] = store.record.layers.map(() => 0);
  for (const { layer, correct } of store.clean()) {
    const before = counts[layer]!;
    counts[layer] = correct === null || before === null ? null : before + Number(correct);
  }
  return counts;
}

/** Take what a store already holds into a tally. */
function tallyInto(tally: RunningTally, store: Store, atCheckpoint: (counted: number) => void): void {
  const outcomes = store.outcomes();
  let row = outcomes.next();
  for (const { n } of store.faults()) {
    const images: Outcome[] = [];
    for (; !row.done && row.value.fault === n; row = outcomes.next()) images.push(row.value);
    tally.add(n, images, atCheckpoint);
  }
}
