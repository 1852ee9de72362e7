import { setImmediate } from 'node:timers/promises';
import type { Backend } from '../backend/backend.ts';
import type { MachineBackend } from '../backend/machine-backend.ts';
import type { Design } from '../design/design.ts';
import { traceCycleBytes } from '../sim/stores.ts';
import type { CheckCase } from './check-case.ts';
import type { ModelName } from './compare.ts';
import { drawTrial } from './draw-trial.ts';
import { investigate, type Mismatch, type MismatchOptions } from './mismatch.ts';
import { type CaseRun, type Models, modelsOf, runCase } from './run-case.ts';
import { type Tally, TallyCounter } from './tally.ts';

export interface CheckOptions extends MismatchOptions {
  readonly trials: number;
  /** Any integer; trial n is a pure function of design, seed and n. */
  readonly seed: number;
  /** The RTL, opened for tracing; null to compare the simulators alone. */
  readonly rtl: MachineBackend | null;
  /** A model to check in place of the functional simulator. */
  readonly functional?: Backend | undefined;
  readonly onProgress?: ((doneTrials: number, totalTrials: number) => void) | undefined;
}

/** The outcome of a cross-check. */
export interface CheckReport {
  readonly array: string;
  readonly designHash: string;
  readonly models: readonly ModelName[];
  readonly seed: number;
  /** What the trials that agreed exercised. */
  readonly tally: Tally;
  /** The first trial in which models differ; null when all agree. */
  readonly mismatch: Mismatch | null;
}

/**
 * Run random jobs under random faults on all models of a design and compare them bit for bit: functional and cycle
 * simulator and RTL on results and fired counts, cycle simulator and RTL on every register in every cycle, and without
 * faults all of them with the plain triple loop. Stops at the first mismatch, which is made small and written down.
 * @throws {FileError} when the mismatch cannot be written down, {ProcessError} when the RTL crashes, and the signal's
 * reason when aborted.
 */
export async function crossCheck(design: Design, options: CheckOptions): Promise<CheckReport> {
  const { trials, seed, rtl, functional, signal, onProgress } = options;
  const models: Models = { ...modelsOf(design, rtl), ...(functional && { functional }) };
  const tally = new TallyCounter(design.pes.length, design.spec.size[2]);
  let mismatch: Mismatch | null = null;
  for await (const { trial, checkCase, run } of runTrials(models, seed, trials, signal)) {
    if (run.differences.length > 0) {
      mismatch = await investigate(models, { seed, trial, checkCase }, options);
      break;
    }
    tally.add(checkCase, run);
    onProgress?.(trial + 1, trials);
  }
  return {
    array: design.name,
    designHash: design.hash,
    models: ['reference', 'functional', 'cycle', ...(rtl ? (['rtl'] as const) : [])],
    seed,
    tally: tally.read(),
    mismatch,
  };
}

interface Trial {
  readonly trial: number;
  readonly checkCase: CheckCase;
  readonly run: CaseRun;
}

/** How often the event loop gets a turn, so that signals and timers come through. */
const TRIALS_PER_TURN = 16;

/** Run trials in order, some ahead, so that the RTL's process and the simulators here work at the same time. */
async function* runTrials(models: Models, seed: number, trials: number, signal?: AbortSignal): AsyncGenerator<Trial> {
  const ahead = trialsAhead(models);
  const running: Promise<Trial>[] = [];
  try {
    for (let next = 0, done = 0; done < trials; done++) {
      for (; next < trials && next <= done + ahead; next++) {
        if (next % TRIALS_PER_TURN === 0) await setImmediate();
        signal?.throwIfAborted();
        const trial = runTrial(models, seed, next, signal);
        // It is awaited in its turn; until then a failure must not count as unhandled.
        trial.catch(() => {});
        running.push(trial);
      }
      yield await running.shift()!;
    }
  } finally {
    await Promise.allSettled(running);
  }
}

async function runTrial(models: Models, seed: number, trial: number, signal?: AbortSignal): Promise<Trial> {
  const checkCase = drawTrial(models.cycle.design, seed, trial);
  return { trial, checkCase, run: await runCase(models, checkCase, { signal }) };
}

/** Traces of trials in flight should not hold more than this together. */
const TRACE_BYTES = 64 << 20;
const MAX_AHEAD = 4;

function trialsAhead({ cycle, rtl }: Models): number {
  if (!rtl) return 0;
  const { design } = cycle;
  const typicalTrace = 2 * traceCycleBytes(design) * (4 * design.schedule.latencyCycles);
  return Math.min(MAX_AHEAD, Math.floor(TRACE_BYTES / typicalTrace));
}
