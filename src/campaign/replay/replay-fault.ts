import type { Backend, BackendKind } from '../../backend/backend.ts';
import type { MachineBackend } from '../../backend/machine-backend.ts';
import { openBackend, openRtl } from '../../backend/open.ts';
import { buildDesign } from '../../design/build-design.ts';
import type { Design } from '../../design/design.ts';
import { deepFreeze } from '../../design/freeze.ts';
import { EspalierError } from '../../errors.ts';
import { formatFault } from '../../spec/format.ts';
import type { Campaign } from '../campaign.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { OutcomeClassifier } from '../engine/layer-engine.ts';
import { compareFault, compareOutcome } from './compare-stored.ts';
import { judge } from './judge.ts';
import { LayerReplay } from './layer-replay.ts';
import type { ImageReplay, ReplayReport, WaveformReport } from './replay-report.ts';
import { type StoredFault, worstImage } from './stored-fault.ts';
import { checkProduct, chooseProduct, writeWaveform } from './waveform.ts';

export interface ReplayOptions {
  /** The functional simulator when left out. */
  readonly backend?: BackendKind | undefined;
  /** Places in the data set; the first image with the worst stored outcome, or of the campaign, when left out. */
  readonly images?: readonly number[] | undefined;
  /** What the campaign's store holds of the fault, to be compared. */
  readonly stored?: StoredFault | null | undefined;
  /** Where to write the waveform of one product of the first image; backend `rtl` only. */
  readonly vcdPath?: string | undefined;
  /** Which one; the first in which the fault changes something when left out. */
  readonly product?: number | undefined;
  /** The judge that the campaign was opened with. */
  readonly classifier?: OutcomeClassifier | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told what is being done, in words; with images also how many of them are done. */
  readonly onProgress?: ((what: string, done?: number, total?: number) => void) | undefined;
}

/**
 * Run one fault of a campaign again, the plain way, and look at everything between the array and the outputs.
 * @param n from 0 to `campaign.sample.planned` − 1
 * @throws {EspalierError} for a number, image or product that the campaign does not have, or a waveform without RTL; what
 * {@link openRtl} throws
 */
export async function replayFault(campaign: Campaign, n: number, options: ReplayOptions = {}): Promise<ReplayReport> {
  const { backend: kind = 'functional', stored = null, signal, onProgress } = options;
  const fault = faultOf(campaign, n);
  const images = imagesOf(campaign, options);
  const layer = campaign.layers[fault.layer]!;
  checkWaveform(fault, layer, options);
  const backend = await openReplayBackend(campaign.design, options);
  try {
    const replay = await LayerReplay.open(campaign, fault.layer, backend);
    try {
      const reports: ImageReplay[] = [];
      let waveform: WaveformReport | null = null;
      for (const [at, image] of images.entries()) {
        onProgress?.(`running image ${image} on the ${kind} backend`, at, images.length);
        const [inputs] = await campaign.read([image]);
        const run = await replay.run(fault, inputs!, signal);
        const outcome = judge(image, run, replay.scoreKind, options.classifier);
        const known = stored?.outcomes.find((candidate) => candidate.image === image) ?? null;
        const { products, sums, values, scores } = run;
        const differences = known ? compareOutcome(known, outcome) : [];
        reports.push({ image, products, sums, values, scores, outcome, stored: known, differences });
        if (at > 0 || options.vcdPath === undefined) continue;
        waveform = { path: options.vcdPath, image, product: options.product ?? chooseProduct(run.faulty.products) };
        await writeWaveform(backend as MachineBackend, fault, run.faulty, waveform.product, waveform.path, signal);
      }
      const ofFault = stored && { error: stored.row.error, differences: compareFault(stored.row, fault) };
      return deepFreeze({
        campaign: campaign.spec.name,
        array: campaign.design.name,
        backend: kind,
        n,
        fault: formatFault(fault.fault.spec),
        layer: layer.name,
        channel: fault.channel,
        product: fault.product,
        images: reports,
        waveform,
        stored: ofFault,
        same: [ofFault, ...reports].every((part) => !part || part.differences.length === 0),
      });
    } finally {
      await replay.close();
    }
  } finally {
    await backend.close();
  }
}

function faultOf(campaign: Campaign, n: number): CampaignFault {
  const { planned } = campaign.sample;
  if (Number.isInteger(n) && n >= 0 && n < planned) return campaign.fault(n);
  throw new EspalierError(`campaign ${campaign.spec.name} has the faults 0 to ${planned - 1}, received fault ${n}`);
}

function imagesOf({ spec, images }: Campaign, { images: wanted, stored }: ReplayOptions): readonly number[] {
  const chosen = wanted?.length ? wanted : [(stored && worstImage(stored)) ?? images[0]!];
  const other = chosen.find((image) => !images.includes(image));
  if (other === undefined) return [...new Set(chosen)];
  const all = images.length > 10 ? `${images.slice(0, 10).join(', ')}, …` : images.join(', ');
  throw new EspalierError(`image ${other} is not one of the ${images.length} images of campaign ${spec.name}: ${all}`);
}

function checkWaveform(
  fault: CampaignFault,
  layer: Campaign['layers'][number],
  { backend = 'functional', vcdPath, product }: ReplayOptions,
): void {
  if (vcdPath !== undefined && backend !== 'rtl') {
    throw new EspalierError(`only the rtl backend has signals to write a waveform of, received backend ${backend}`);
  }
  if (product === undefined) return;
  if (vcdPath === undefined) throw new EspalierError('a product is chosen for a waveform, and none is wanted');
  checkProduct(product, fault, layer);
}

async function openReplayBackend(design: Design, options: ReplayOptions): Promise<Backend> {
  const { backend = 'functional', vcdPath, signal, onProgress } = options;
  const control = { signal, onProgress: (phase: string) => onProgress?.(phase) };
  if (backend === 'top') return await openBackend(withFaultSlot(design), backend, control);
  if (backend !== 'rtl') return await openBackend(design, backend);
  return await openRtl(withFaultSlot(design), { ...control, trace: vcdPath !== undefined });
}

/** Simulators take any number of faults, the RTL as many as it has slots: PEs and sites are the same with and without. */
function withFaultSlot(design: Design): Design {
  return design.spec.faultSlots > 0 ? design : buildDesign({ ...design.spec, faultSlots: 1 });
}
