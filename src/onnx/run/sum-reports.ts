import type { LayerReport } from './layer-report.ts';
import { sumStats } from './layer-report.ts';
import type { LayerComparison } from './reference-layer.ts';

/**
 * Sum up the reports of several runs of one model, such as one per batch: products, MACs, tiles, cycles, fired cycles,
 * compared and differing elements are added, differences and needed bits are the largest of all.
 * @param runs the layers of each run, in one order, with the same faults
 */
export function sumReports(runs: readonly (readonly LayerReport[])[]): readonly LayerReport[] {
  const [first = [], ...others] = runs;
  return others.reduce((sums, run) => sums.map((sum, at) => addReport(sum, run[at]!)), first);
}

function addReport(x: LayerReport, y: LayerReport): LayerReport {
  return {
    ...x,
    products: x.products + y.products,
    macs: x.macs + y.macs,
    stats: sumStats([x.stats, y.stats]),
    faults: x.faults.map((fault, at) => ({ ...fault, firedCycles: fault.firedCycles + y.faults[at]!.firedCycles })),
    accumulator: x.accumulator && {
      ...x.accumulator,
      neededBits: Math.max(x.accumulator.neededBits, y.accumulator?.neededBits ?? 0),
    },
    comparison: x.comparison && y.comparison && addComparison(x.comparison, y.comparison),
  };
}

function addComparison(x: LayerComparison, y: LayerComparison): LayerComparison {
  return {
    elements: x.elements + y.elements,
    differing: x.differing + y.differing,
    maxAbsolute: Math.max(x.maxAbsolute, y.maxAbsolute),
    maxUlp: x.maxUlp === null || y.maxUlp === null ? null : Math.max(x.maxUlp, y.maxUlp),
  };
}
