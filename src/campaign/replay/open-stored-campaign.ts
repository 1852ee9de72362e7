import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EspalierError, FileError } from '../../errors.ts';
import { loadSpec } from '../../spec/load.ts';
import { selectCampaign } from '../../spec/select-item.ts';
import { splitSpecReference } from '../../spec/spec-reference.ts';
import { Campaign, type CampaignPieces } from '../campaign.ts';
import { assertSame } from '../store/assert-same.ts';
import type { CampaignRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { originOf } from './origin-of.ts';

export interface OpenStoredOptions extends CampaignPieces {
  /** `FILE` or `FILE:NAME` of the campaign; looked for beside the store, then in the current directory, when left out. */
  readonly reference?: string | undefined;
}

/**
 * Open the campaign that a store belongs to, from its file.
 * @throws {FileError} when the file is not found, or something has changed since the campaign ran; what
 * {@link loadSpec} and {@link Campaign.open} throw
 */
export async function openStoredCampaign(store: Store, options: OpenStoredOptions = {}): Promise<Campaign> {
  const { reference, ...pieces } = options;
  const { record } = store;
  const { file, name } = reference === undefined ? findFile(store.path, record) : splitSpecReference(reference);
  const spec = selectCampaign(loadSpec(file), name ?? record.name, file);
  if (spec.name !== record.name) {
    throw new EspalierError(`the store ${store.path} is of campaign ${record.name}, received campaign ${spec.name}`);
  }
  const folder = dirname(file);
  const campaign = await Campaign.open(spec, { ...pieces, folder });
  try {
    assertSame(record, await originOf(campaign, { folder }), 'replayed');
    return campaign;
  } catch (error) {
    await campaign.close();
    throw error;
  }
}

function findFile(store: string, { file, name }: CampaignRecord): { readonly file: string; readonly name: string } {
  const places = [join(dirname(store), file), file];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return { file: found, name };
  throw new FileError(
    `the file of campaign ${name}, ${file}, is neither beside ${store} nor in the current directory; --campaign FILE says where it is`,
  );
}
