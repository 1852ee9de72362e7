import type { Campaign } from './campaign.ts';
import { type CampaignPlace, originOf, recordOf } from './origin.ts';
import { assertSame } from './store/assert-same.ts';
import { createStore, openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import type { CleanRow } from './store/tables.ts';

/**
 * Begin the store of a campaign: everything about it, and the fault-free run of its images.
 * @throws {FileError} when the file exists or cannot be written
 */
export async function beginStore(path: string, campaign: Campaign, place: CampaignPlace): Promise<Store> {
  const clean: CleanRow[] = [];
  for await (const row of campaign.clean()) clean.push(row);
  return createStore(path, {
    record: await recordOf(campaign, place),
    domains: campaign.population.domains(),
    clean,
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
