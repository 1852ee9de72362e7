import { dirname } from 'node:path';
import { loadSpec } from '../spec/load.ts';
import { selectCampaign } from '../spec/select-item.ts';
import type { SpecReference } from '../spec/spec-reference.ts';
import type { CampaignSpec } from './campaign-spec.ts';
import type { CampaignPlace } from './origin.ts';

/**
 * Read a campaign from a spec file.
 * @throws {FileError} or {SpecError} with every mistake of the file, {EspalierError} naming the campaigns that there are
 */
export function loadCampaign({ file, name }: SpecReference): CampaignPlace & { readonly spec: CampaignSpec } {
  return { spec: selectCampaign(loadSpec(file), name, file), file, folder: dirname(file) };
}
