import type { DatabaseSync } from 'node:sqlite';
import { type CampaignRecord, countedFaults } from '../store/record.ts';
import type { Measures } from './measures.ts';

/** A fault that is done, with every measure as a share of its images; `shares` is reused for the next fault. */
export interface FaultShares {
  readonly n: number;
  readonly stratum: number;
  readonly layer: number;
  readonly channel: number | null;
  readonly x: number;
  readonly y: number;
  readonly node: string;
  readonly kind: string;
  readonly mask: string;
  readonly bit: number | null;
  /** The cycle of its product, of a transient fault. */
  readonly cycle: number | null;
  readonly error: string | null;
  /** How many images it was run on; 0 for one that could not be run. */
  readonly images: number;
  readonly shares: Float64Array;
}

type Row = Omit<FaultShares, 'shares'> & {
  readonly correct: number | null;
  readonly clean_correct: number | null;
} & Record<`m${number}`, number | null>;

/** Go once through the outcomes of all faults that count, in the order of their numbers. */
export function* faultShares(db: DatabaseSync, campaign: CampaignRecord, measures: Measures): Generator<FaultShares> {
  const sums = measures.conditions.map((condition, at) => `sum(${condition}) AS m${at}`);
  const query = db.prepare(`
    SELECT n, stratum, layer, channel, x, y, node, kind, mask, bit, product_cycle AS cycle, error, correct, clean_correct,
      count(o.image) AS images, ${sums.join(', ')}
    FROM faults LEFT JOIN outcomes o ON o.fault = n WHERE n < ? GROUP BY n ORDER BY n`);
  const shares = new Float64Array(measures.count);
  for (const row of query.iterate(countedFaults(campaign)) as Iterable<Row>) {
    const { images, correct, clean_correct } = row;
    if (images > 0) {
      for (let at = 0; at < measures.accuracy; at++) shares[at] = row[`m${at}`]! / images;
      shares[measures.accuracy] = (1 + ((correct ?? 0) - (clean_correct ?? 0)) / images) / 2;
    }
    yield { ...row, shares };
  }
}
