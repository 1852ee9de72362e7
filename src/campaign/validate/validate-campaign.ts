import { EspalierError } from '../../errors.ts';
import { formatFault } from '../../spec/format.ts';
import type { Campaign } from '../campaign.ts';
import { permutation } from '../sampling/permutation.ts';
import { countedFaults } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { OutcomeRow } from '../store/tables.ts';
import type { ImageValidation } from './validate-image.ts';

/** Runs faults on two backends and compares every bit of every sum. */
export interface Validator {
  /** How many calls of `validate` it works on at the same time. */
  readonly concurrency: number;
  /** For each fault, what it did to each image on the other backend. */
  validate(numbers: readonly number[]): Promise<readonly (readonly ImageValidation[])[]>;
}

export interface ValidateOptions {
  /** Of the faults that were run, from 0 to 1; at least one is taken. */
  readonly share: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How many differences are told in words. */
const SHOWN = 5;

/**
 * Run a share of a campaign's faults again, on the RTL, and compare: every sum with the simulator's, and what the store
 * says of it. What comes out is added to what the store knows of such comparisons; a difference found once stays. Which
 * faults is a pure function of the campaign.
 * @returns the first few differences in words
 * @throws {EspalierError} for a fault that cannot be run, after one retry
 */
export async function validateCampaign(
  campaign: Campaign,
  store: Store,
  validator: Validator,
  { share, signal, onProgress }: ValidateOptions,
): Promise<string[]> {
  const done = doneFaults(store);
  const chosen = chooseFaults(done, share, campaign.spec.seed);
  const differences: { readonly n: number; readonly text: string }[] = [];
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    for (let n = chosen[next++]; n !== undefined; n = chosen[next++]) {
      signal?.throwIfAborted();
      const images = await validated(validator, n, signal);
      const stored = new Map([...store.outcomesOf(n)].map((row) => [row.image, row]));
      const texts = images.map((own) => own.difference ?? differenceFromStore(own, stored.get(own.image)));
      store.addValidated(n, texts.filter((text) => text !== null).length);
      const at = texts.findIndex((text) => text !== null);
      if (at >= 0) {
        const fault = formatFault(campaign.fault(n).fault.spec);
        differences.push({ n, text: `fault ${n}, ${fault}: image ${images[at]!.image}: ${texts[at]}` });
      }
      onProgress?.(++finished, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: validator.concurrency }, work));
  const { faults, differing } = store.validated();
  store.setValue('validation', {
    share: faults / Math.max(1, done.length),
    faults,
    images: campaign.images.length,
    differing,
  });
  return differences
    .sort((a, b) => a.n - b.n)
    .slice(0, SHOWN)
    .map(({ text }) => text);
}

function doneFaults(store: Store): number[] {
  const done: number[] = [];
  for (const { n, error } of store.faults(countedFaults(store.record))) if (error === null) done.push(n);
  return done;
}

function chooseFaults(done: readonly number[], share: number, seed: number): number[] {
  const order = permutation(Math.max(1, done.length), `validate ${seed}`);
  const count = Math.min(done.length, Math.max(1, Math.round(share * done.length)));
  return Array.from({ length: count }, (_, at) => done[order.at(at)]!).sort((p, q) => p - q);
}

/** A worker that dies may have had nothing to do with the fault. */
async function validated(
  validator: Validator,
  n: number,
  signal: AbortSignal | undefined,
): Promise<readonly ImageValidation[]> {
  const attempt = async () => (await validator.validate([n]))[0]!;
  try {
    return await attempt();
  } catch {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (cause) {
      signal?.throwIfAborted();
      throw new EspalierError(`fault ${n} could not be run for comparison: ${(cause as Error).message}`, { cause });
    }
  }
}

function differenceFromStore(ran: ImageValidation, stored: OutcomeRow | undefined): string | null {
  if (!stored) return 'the store has no such run';
  const told = (['fired', 'corrupted', 'pattern'] as const).find((name) => stored[name] !== ran[name]);
  if (told === undefined) return null;
  const what = { fired: 'whether it fired', corrupted: 'the number of wrong sums', pattern: 'their pattern' }[told];
  return `${what} is ${stored[told]} in the store, ${ran[told]} on the other`;
}
