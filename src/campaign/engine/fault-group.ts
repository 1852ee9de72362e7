import type { Backend } from '../../backend/backend.ts';
import type { Design } from '../../design/design.ts';
import { EspalierError } from '../../errors.ts';
import { driveFault } from '../../fault/resolve.ts';
import { planJob } from '../../schedule/plan.ts';
import { coversFault } from '../../sim/functional.ts';
import { findReach } from '../../sim/reach.ts';
import { Turns } from '../../sim/turns.ts';
import { bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import { sameBits } from './image-values.ts';
import { type LayerChange, LayerFault, type LayerSetting, type ProductRun } from './layer-fault.ts';
import type { RecordedLayer, RecordedProduct } from './recorded-layer.ts';
import { runAhead } from './run-ahead.ts';

/** Permanent faults that run at once: no output of a tile is reached by two of them. */
export interface FaultGroup {
  readonly faults: readonly CampaignFault[];
  /** For each output (i − 1)·N2 + (j − 1) of a tile the place of the fault that reaches it; −1 for none. */
  readonly owners: Int16Array;
}

/** How many faults a simulator runs at once; the RTL runs as many as it has fault slots. */
const SIMULATED_AT_ONCE = 16;

/** How many faults a backend runs at once. */
export function faultsAtOnce({ kind, design }: Backend): number {
  return kind === 'rtl' || kind === 'top' ? design.spec.faultSlots : SIMULATED_AT_ONCE;
}

/**
 * Part faults into groups that run at once, each fault in the first that has room for it; null instead of a group for
 * one that must run alone, in the order of the faults that begin them. One that is transient, of one channel, or on a
 * control token runs alone, and all do where sums pass PEs without a step.
 * @param most faults to a group
 */
export async function groupFaults(
  design: Design,
  faults: readonly CampaignFault[],
  most: number,
): Promise<readonly (FaultGroup | CampaignFault)[]> {
  const groups: { readonly faults: CampaignFault[]; readonly owners: Int16Array }[] = [];
  const found: (FaultGroup | CampaignFault)[] = [];
  for (const fault of faults) {
    const reached = most > 1 ? await outputsReached(design, fault) : null;
    if (!reached) {
      found.push(fault);
      continue;
    }
    let group = groups.find((own) => own.faults.length < most && reached.every((at) => own.owners[at] === -1));
    if (!group) {
      const [n1, n2] = design.spec.size;
      group = { faults: [], owners: new Int16Array(n1 * n2).fill(-1) };
      groups.push(group);
      found.push(group);
    }
    for (const at of reached) group.owners[at] = group.faults.length;
    group.faults.push(fault);
  }
  return found;
}

/** The outputs of every tile that a fault may change; null where that is not the same for all tiles, or not told. */
async function outputsReached(
  design: Design,
  { channel, product, fault }: CampaignFault,
): Promise<readonly number[] | null> {
  const { from, to, tile } = fault.window;
  const isAlways = from === 0 && to === Number.POSITIVE_INFINITY && tile === null;
  if (!isAlways || channel !== null || product !== null || design.hasIdleSteps) return null;
  const [n1, n2, n3] = design.spec.size;
  const plan = planJob(design, n1, n3, n2);
  const drive = driveFault(design, plan, fault);
  if (!coversFault(drive)) return null;
  const reach = await findReach(design, plan, [drive], new Turns(undefined));
  return [...(reach.get(0) ?? [])];
}

/**
 * Run a group on a backend, image by image: what each fault changed for each image.
 * @throws {EspalierError} when a sum changes that none of the faults can reach
 */
export async function runGroup(
  setting: LayerSetting,
  { faults, owners }: FaultGroup,
  images: readonly RecordedLayer[],
  backend: Backend,
): Promise<LayerChange[][]> {
  const acting = faults.map((fault) => new LayerFault(setting, fault));
  const changes: LayerChange[][] = faults.map(() => []);
  const ahead = runAhead(images, (recorded) => runImage(setting.design, { faults, owners }, recorded, backend));
  let n = 0;
  for await (const ran of ahead) {
    const recorded = images[n++]!;
    for (const [at, runs] of ran.entries()) changes[at]!.push(kept(acting[at]!.finish(recorded, runs)));
  }
  return changes;
}

/** A change that outlives the next image. */
function kept({ elements, sums, ...change }: LayerChange): LayerChange {
  return { ...change, elements: elements.slice(0, change.corrupted), sums: sums.slice(0, change.corrupted) };
}

/** Run the products of an image under all faults of a group, and tell what each made of them. */
async function runImage(
  { spec }: Design,
  { faults, owners }: FaultGroup,
  { products }: RecordedLayer,
  backend: Backend,
): Promise<ProductRun[][]> {
  const [n1, n2] = spec.size;
  const runs: ProductRun[][] = faults.map(() => []);
  for (const product of products) {
    const { a, b } = product;
    const ran = await backend.matmul({ a, b }, { faults: faults.map(({ fault }) => fault) });
    const width = product.result.shape[1]!;
    const ownerOf = (at: number) => owners[(Math.floor(at / width) % n1) * n2 + ((at % width) % n2)]!;
    const results = resultsByOwner(product, ran.result, faults, ownerOf, backend);
    for (const [at, own] of runs.entries()) {
      own.push({ result: results[at]!, fired: ran.faults[at]!.firedCycles > 0 });
    }
  }
  return runs;
}

/** Give for each fault the fault-free result with the sums that it changed. */
function resultsByOwner(
  { result: clean }: RecordedProduct,
  ran: Tensor,
  faults: readonly CampaignFault[],
  ownerOf: (element: number) => number,
  { kind }: Backend,
): Tensor[] {
  const results: Tensor[] = faults.map(() => clean);
  if (sameBits(clean, ran)) return results;
  const [before, after] = [bitsOf(clean.data), bitsOf(ran.data)];
  for (let at = 0; at < before.length; at++) {
    if (before[at] === after[at]) continue;
    const owner = ownerOf(at);
    if (owner < 0) {
      const names = faults.map(({ n }) => n).join(', ');
      throw new EspalierError(`${kind} changed sum ${at}, which none of the faults ${names} reaches`);
    }
    if (results[owner] === clean) results[owner] = tensor(clean.type, clean.shape, clean.data.slice());
    (bitsOf(results[owner]!.data) as Int32Array)[at] = after[at] as number;
  }
  return results;
}
