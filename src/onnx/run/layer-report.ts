import type { RunStats } from '../../backend/backend.ts';
import type { FaultReport } from '../../fault/fault.ts';
import type { Lowering } from '../lowering/lowering.ts';
import type { PlacedFault } from './placed-fault.ts';
import type { LayerComparison } from './reference-layer.ts';

/** What became of a fault in a layer. */
export interface LayerFaultReport extends FaultReport, PlacedFault {}

/** What the array did for one layer in one run. */
export interface LayerReport {
  readonly name: string;
  readonly op: string;
  /** How a convolution was lowered, which need not be what was asked for; null for a layer that has no choice. */
  readonly lowering: Lowering | null;
  /** Matrix products handed to the array. */
  readonly products: number;
  /** Multiply-accumulate steps of the layer, padding of the data included, padding to full tiles not. */
  readonly macs: number;
  /** Tiles and cycles are summed over the products; utilisation is their mean, weighted by cycles. */
  readonly stats: RunStats;
  /** One report per fault that acts in the layer, in the order given, fired cycles summed over the products. */
  readonly faults: readonly LayerFaultReport[];
  /**
   * The accumulator width that no data of these element types can overflow, and the array's. The layer's result is
   * certain to be right only if the first is not greater than the second. Null in floating point, which does not wrap.
   */
  readonly accumulator: { readonly neededBits: number; readonly widthBits: number } | null;
  /** How the layer compares with ONNX Runtime on the same inputs; null unless asked for. */
  readonly comparison: LayerComparison | null;
}

/** Sum the statistics of jobs that ran on the same array one after the other. */
export function sumStats(jobs: readonly RunStats[]): RunStats {
  let tiles = 0;
  let cycles = 0;
  let busy = 0;
  let effective = 0;
  for (const job of jobs) {
    tiles += job.tiles;
    cycles += job.cycles;
    busy += job.utilisation * job.cycles;
    effective += job.effectiveUtilisation * job.cycles;
  }
  const mean = (sum: number) => (cycles === 0 ? 0 : sum / cycles);
  return {
    tiles,
    cycles,
    utilisation: mean(busy),
    effectiveUtilisation: mean(effective),
    utilisationBound: jobs[0]?.utilisationBound ?? 0,
  };
}

/** Report the faults of a layer from how often each fired in each of its products. */
export function sumFaults(placed: readonly PlacedFault[], fired: readonly (readonly number[])[]): LayerFaultReport[] {
  return placed.map((own, index) => ({
    ...own,
    firedCycles: fired.reduce((sum, ofProduct) => sum + ofProduct[index]!, 0),
  }));
}
