import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Pool, pool } from 'workerpool';
import type { BackendKind } from '../../backend/backend.ts';
import { ChangedError } from '../../errors.ts';
import type { Origin } from '../store/assert-same.ts';
import type { Validator } from '../validate/validate-campaign.ts';
import type { ImageValidation } from '../validate/validate-image.ts';
import { type PackedOutcomes, unpackOutcomes } from './packed-outcomes.ts';
import type { Runner } from './runner.ts';

/** What a worker needs to open the campaign by itself. */
export interface WorkerSetup {
  readonly file: string;
  readonly name: string;
  /** What the store says that outcomes depend on; what a worker opens must still be that. */
  readonly origin: Origin;
  /** Where the products run that a fault reaches; null for the simulator that recomputes what is reached. */
  readonly backend: BackendKind | null;
}

/** A setup with the worker's part of the memory for values of images. */
export interface WorkerTask extends WorkerSetup {
  readonly memoryBytes: number;
}

/** What a worker answers: what it was asked for, or what has changed since the campaign began. */
export type WorkerAnswer<T> = { readonly given: T } | { readonly changed: string };

/** What all workers together may keep of images. */
const MEMORY_BYTES = 384 << 20;

export interface WorkerPoolOptions {
  readonly workers: number;
  /** How many faults a task should have at least: what runs several at once finds more that go together among more. */
  readonly leastFaults?: number | undefined;
  /** Places of the images of the campaign. */
  readonly images: readonly number[];
}

/** Start processes that run faults, each with the whole campaign open; one that dies is started anew. */
export function workerPool(
  setup: WorkerSetup,
  { workers, images, leastFaults }: WorkerPoolOptions,
): Runner & Validator {
  // Next to this file, compiled or not.
  const script = fileURLToPath(new URL(`./campaign-worker${extname(import.meta.url)}`, import.meta.url));
  const processes: Pool = pool(script, {
    workerType: 'process',
    maxWorkers: workers,
    // Outcomes are short-lived: with more room for them the heap grows, and the work is not faster.
    forkOpts: {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, '--max-semi-space-size=16'],
    },
  });
  const task: WorkerTask = { ...setup, memoryBytes: Math.floor(MEMORY_BYTES / workers) };
  return {
    // One task waits at each worker, so that none is idle while its results are stored.
    concurrency: 2 * workers,
    leastFaults,
    async run(numbers) {
      const answer: WorkerAnswer<PackedOutcomes> = await processes.exec('run', [task, [...numbers]]);
      return unpackOutcomes(given(answer), images);
    },
    async validate(numbers) {
      const answer: WorkerAnswer<ImageValidation[][]> = await processes.exec('validate', [task, [...numbers]]);
      return given(answer);
    },
    async close() {
      await processes.terminate(true);
    },
  };
}

/** @throws {ChangedError} */
function given<T>(answer: WorkerAnswer<T>): T {
  if ('changed' in answer) throw new ChangedError(answer.changed);
  return answer.given;
}
