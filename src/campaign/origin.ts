import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { basename, resolve } from 'node:path';
import { env } from 'onnxruntime-node';
import type { BackendKind } from '../backend/backend.ts';
import { encode } from '../onnx/file/messages.ts';
import { formatSpec } from '../spec/format.ts';
import { formatCampaign } from '../spec/format-campaign.ts';
import { VERSION } from '../version.ts';
import type { Campaign } from './campaign.ts';
import { contentHash } from './inputs/content-hash.ts';
import type { Origin } from './store/assert-same.ts';
import type { CampaignRecord } from './store/record.ts';
import { STORE_FORMAT } from './store/schema.ts';

/** Where a campaign comes from: the file that holds it, and the folder in which its paths start. */
export interface CampaignPlace {
  readonly file: string;
  readonly folder: string;
  /** What the products run on that faults reach, where the workers open it; the campaign's own backend when left out. */
  readonly backend?: BackendKind | undefined;
}

/** Work out what the outcomes of a campaign depend on, to tell whether something changed since its store began. */
export async function originOf(
  { spec, design, model, backend: ownBackend, ownPieces }: Campaign,
  { folder, backend = ownBackend }: Omit<CampaignPlace, 'file'>,
): Promise<Origin> {
  const ofText = createHash('sha256').update(formatCampaign(spec)).digest('hex');
  const ofModel = createHash('sha256').update(encode('ModelProto', model.proto)).digest('hex');
  return {
    text: formatCampaign(spec),
    versions: {
      espalier: VERSION,
      node: process.versions.node,
      onnxruntime: env.versions.node ?? '',
      // ONNX Runtime has other kernels for other processors of the same architecture.
      processor: `${process.arch}, ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    },
    backend,
    ownPieces,
    hashes: {
      campaign: ofText,
      design: design.hash,
      model: ofModel,
      data: await contentHash(spec.data.map(({ path }) => resolve(folder, path))),
      labels: spec.labels === null ? null : await contentHash([resolve(folder, spec.labels)]),
    },
  };
}

/** Write down a campaign for a store that begins. */
export async function newRecord(campaign: Campaign, place: CampaignPlace): Promise<CampaignRecord> {
  const { spec, design, layers, images, sample } = campaign;
  return {
    format: STORE_FORMAT,
    name: spec.name,
    file: basename(place.file),
    seed: spec.seed,
    ...(await originOf(campaign, place)),
    array: {
      name: design.name,
      text: formatSpec({ arrays: [spec.array], faults: [] }, place.folder),
      size: design.spec.size,
      matrix: design.matrix,
      types: design.spec.types,
      pes: design.pes.map(({ x, y }) => [x, y]),
    },
    layers: layers.map(({ name }) => name),
    images,
    strata: sample.strata,
    window: spec.population.window,
    sampling: spec.sampling,
    confidence: spec.confidence,
    confidenceChanges: spec.confidenceChanges,
    planned: sample.planned,
  };
}
