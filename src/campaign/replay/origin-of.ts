import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { env } from 'onnxruntime-node';
import { formatCampaign } from '../../spec/format-campaign.ts';
import { VERSION } from '../../version.ts';
import type { Campaign } from '../campaign.ts';
import { contentHash } from '../inputs/content-hash.ts';
import type { Origin } from '../store/assert-same.ts';

/** Work out what the outcomes of a campaign depend on; its files start from a folder. */
export async function originOf(
  { spec, design }: Pick<Campaign, 'spec' | 'design'>,
  { folder }: { readonly folder: string },
): Promise<Origin> {
  const hashOf = (paths: readonly string[]) => contentHash(paths.map((path) => resolve(folder, path)));
  return {
    versions: { espalier: VERSION, node: process.versions.node, onnxruntime: env.versions.node ?? '' },
    hashes: {
      campaign: createHash('sha256').update(formatCampaign(spec)).digest('hex'),
      design: design.hash,
      model: await hashOf([spec.model]),
      data: await hashOf(spec.data.map(({ path }) => path)),
      labels: spec.labels === null ? null : await hashOf([spec.labels]),
    },
  };
}
