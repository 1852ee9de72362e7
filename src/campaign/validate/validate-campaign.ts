import type { Campaign } from '../campaign.ts';
import { permutation } from '../sampling/permutation.ts';
import { countedFaults } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** What running a fault on another backend showed. */
export interface FaultValidation {
  readonly n: number;
  /** Images on which the other backend gave something else, by their places, and the first difference in words. */
  readonly differing: readonly number[];
  readonly difference: string | null;
}

/** Runs faults on two backends and compares every bit of every sum. */
export interface Validator {
  readonly concurrency: number;
  validate(numbers: readonly number[]): Promise<readonly FaultValidation[]>;
}

export interface ValidateOptions {
  /** Of the faults that were run, from 0 to 1; at least one is taken. */
  readonly share: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Run a share of a campaign's faults again, on the RTL, and write into the store how many runs differ. Which faults is a pure
 * function of the campaign.
 * @returns the first few differences in words
 */
export async function validateCampaign(
  { spec, images }: Campaign,
  store: Store,
  validator: Validator,
  { share, signal, onProgress }: ValidateOptions,
): Promise<string[]> {
  const end = countedFaults(store.record);
  const done = [...store.faults(end)].filter(({ error }) => error === null).map(({ n }) => n);
  const order = permutation(Math.max(1, done.length), `validate ${spec.seed}`);
  const count = Math.min(done.length, Math.max(1, Math.round(share * done.length)));
  const chosen = Array.from({ length: count }, (_, at) => done[order.at(at)]!).sort((p, q) => p - q);
  const differences: string[] = [];
  let differing = 0;
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    for (let n = chosen[next++]; n !== undefined; n = chosen[next++]) {
      signal?.throwIfAborted();
      for (const result of await validator.validate([n])) {
        differing += result.differing.length;
        if (result.difference !== null) differences.push(result.difference);
      }
      onProgress?.(++finished, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: validator.concurrency }, work));
  store.setValue('validation', { share, faults: chosen.length, images: images.length, differing });
  return differences.slice(0, SHOWN);
}

const SHOWN = 5;
