import type { Outcome } from '../outcome.ts';

/** Runs faults somewhere: in this process, or in others. */
export interface Runner {
  /** How many calls of `run` it works on at the same time. */
  readonly concurrency: number;
  /** How many faults a call should have at least, if there are as many; 1 when left out. */
  readonly leastFaults?: number | undefined;
  /** Run faults on all images. A rejection may mean any of them. */
  run(numbers: readonly number[]): Promise<Outcome[][]>;
  close(): Promise<void>;
}
