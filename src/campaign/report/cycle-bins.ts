import type { DatabaseSync } from 'node:sqlite';
import { type CampaignRecord, countedFaults } from '../store/record.ts';

/** How many ranges the cycles of a layer are cut into at most. */
const MOST_BINS = 20;

/** Cuts the cycles of each layer into ranges of equal length, give or take one. */
export interface CycleBins {
  binOf(layer: number, cycle: number): number;
  /** The cycles of a range, both included. */
  rangeOf(layer: number, bin: number): { readonly from: number; readonly to: number };
}

/** Cut the cycles of the products that the faults of a store act in. */
export function cycleBins(db: DatabaseSync, campaign: CampaignRecord): CycleBins {
  const query = db.prepare(
    'SELECT layer, max(product_cycle) AS last FROM faults WHERE n < ? AND product_cycle IS NOT NULL GROUP BY layer',
  );
  const rows = query.all(countedFaults(campaign)) as { layer: number; last: number }[];
  const lengths = new Map(rows.map(({ layer, last }) => [layer, last + 1]));
  const cut = (layer: number) => {
    const length = lengths.get(layer)!;
    return { length, count: Math.min(MOST_BINS, length) };
  };
  return {
    binOf(layer, cycle) {
      const { length, count } = cut(layer);
      return Math.floor((cycle * count) / length);
    },
    rangeOf(layer, bin) {
      const { length, count } = cut(layer);
      const first = (at: number) => Math.ceil((at * length) / count);
      return { from: first(bin), to: first(bin + 1) - 1 };
    },
  };
}
