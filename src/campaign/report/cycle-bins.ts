import type { DatabaseSync } from 'node:sqlite';
import type { CampaignAbout } from './campaign-about.ts';

/** How many ranges the cycles of a layer are cut into at most. */
const MOST_BINS = 20;

/** Cuts the cycles of each layer into ranges of equal length. */
export interface CycleBins {
  binOf(layer: number, cycle: number): number;
  /** The cycles of a range, both included. */
  rangeOf(layer: number, bin: number): { readonly from: number; readonly to: number };
}

/** Cut the cycles that the faults of a store act in. */
export function cycleBins(db: DatabaseSync, { ended }: CampaignAbout): CycleBins {
  const query = db.prepare(
    'SELECT layer, max(cycle) AS last FROM faults WHERE n < ? AND cycle IS NOT NULL GROUP BY layer',
  );
  const rows = query.all(ended ?? Number.MAX_SAFE_INTEGER) as { layer: number; last: number }[];
  const widths = new Map(rows.map(({ layer, last }) => [layer, niceWidth((last + 1) / MOST_BINS)]));
  const widthOf = (layer: number) => widths.get(layer)!;
  return {
    binOf: (layer, cycle) => Math.floor(cycle / widthOf(layer)),
    rangeOf: (layer, bin) => ({ from: bin * widthOf(layer), to: (bin + 1) * widthOf(layer) - 1 }),
  };
}

/** The least of 1, 2, 5, 10, 20, 50 … that is no smaller. */
function niceWidth(least: number): number {
  for (let power = 1; ; power *= 10) {
    const width = [1, 2, 5].find((digit) => digit * power >= least);
    if (width !== undefined) return width * power;
  }
}
