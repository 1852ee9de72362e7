import type { Campaign } from './campaign.ts';
import { type CampaignPlace, newRecord, originOf } from './origin.ts';
import { assertSame } from './store/assert-same.ts';
import { createStore, openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import type { CleanRow } from './store/tables.ts';

export interface BeginStoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then while the images run without faults, for each layer. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Begin the store of a campaign: everything about it, and the fault-free run of its images.
 * @throws {FileError} when the file exists or cannot be written, before the images run; the signal's reason. Nothing is
 * left behind then
 */
export async function beginStore(
  path: string,
  campaign: Campaign,
  place: CampaignPlace,
  { signal, onProgress }: BeginStoreOptions = {},
): Promise<Store> {
  const total = campaign.layers.length * campaign.images.length;
  async function* clean(): AsyncGenerator<CleanRow, void> {
    let done = 0;
    for await (const row of campaign.clean()) {
      signal?.throwIfAborted();
      onProgress?.(++done, total);
      yield row;
    }
  }
  return await createStore(path, {
    record: await newRecord(campaign, place),
    domains: campaign.population.domains(),
    clean: clean(),
  });
}

/**
 * Open the store of a campaign to go on with it.
 * @throws {FileError} when there is none, another process writes to it, or something changed since it began
 */
export async function resumeStore(path: string, campaign: Campaign, place: CampaignPlace): Promise<Store> {
  const store = openStore(path, { readonly: false });
  try {
    assertSame(store.record, await originOf(campaign, place));
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}
