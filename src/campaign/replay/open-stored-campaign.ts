import { EspalierError } from '../../errors.ts';
import { Campaign, type CampaignPieces } from '../campaign.ts';
import { findCampaign } from '../find-campaign.ts';
import { loadCampaign } from '../load-campaign.ts';
import { originOf } from '../origin.ts';
import { assertSame } from '../store/assert-same.ts';
import type { Store } from '../store/store.ts';

export interface OpenStoredOptions extends CampaignPieces {
  /** `FILE` or `FILE:NAME` of the campaign; looked for beside the store, then in the current directory, when left out. */
  readonly reference?: string | undefined;
}

/**
 * Open the campaign that a store belongs to, from its file.
 * @throws {FileError} when the file is not found, or something has changed since the campaign ran; what
 * {@link loadCampaign} and {@link Campaign.open} throw
 */
export async function openStoredCampaign(store: Store, options: OpenStoredOptions = {}): Promise<Campaign> {
  const { reference, ...pieces } = options;
  const { path, record } = store;
  const { spec, folder } = loadCampaign(findCampaign(store, reference));
  if (spec.name !== record.name) {
    throw new EspalierError(`the store ${path} is of campaign ${record.name}, received campaign ${spec.name}`);
  }
  const campaign = await Campaign.open(spec, { ...pieces, folder });
  try {
    assertSame(record, await originOf(campaign, { folder, backend: record.backend }), 'replayed');
    return campaign;
  } catch (error) {
    await campaign.close();
    throw error;
  }
}
