import type { DatabaseSync } from 'node:sqlite';
import type { PopulationCount } from './campaign-summary.ts';

/** Populations by value, for each dimension of the table `domains`. */
export type Domains = ReadonlyMap<string, ReadonlyMap<string, PopulationCount>>;

/** Read how many faults of the population have each property. */
export function readDomains(db: DatabaseSync): Domains {
  const domains = new Map<string, Map<string, PopulationCount>>();
  const rows = db.prepare('SELECT dimension, value, live, dead FROM domains').all() as unknown as (PopulationCount & {
    readonly dimension: string;
    readonly value: string;
  })[];
  for (const { dimension, value, live, dead } of rows) {
    const values = domains.get(dimension) ?? new Map<string, PopulationCount>();
    domains.set(dimension, values.set(value, { live, dead }));
  }
  return domains;
}
