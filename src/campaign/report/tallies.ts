import type { Tally } from './campaign-summary.ts';
import type { FaultShares } from './fault-shares.ts';

/** Sums over the faults of one stratum that were run. */
export interface StratumSums extends Tally {
  /** Per measure, the sum of the shares and of their squares. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** What was seen of one group of faults, by stratum. */
export type GroupTally = ReadonlyMap<number, StratumSums>;

/** Tells the group of a fault in one dimension; null when it is in none. */
export type GroupKey = (row: FaultShares) => string | null;

/** Gathers faults by any number of dimensions in one pass. */
export class Tallies<Dimension extends string> {
  readonly #keys: Readonly<Record<Dimension, GroupKey>>;
  readonly #groups: Record<Dimension, Map<string, Map<number, StratumSums>>>;

  constructor(keys: Readonly<Record<Dimension, GroupKey>>) {
    this.#keys = keys;
    this.#groups = Object.fromEntries(Object.keys(keys).map((dimension) => [dimension, new Map()])) as never;
  }

  add(row: FaultShares): void {
    for (const dimension of Object.keys(this.#keys) as Dimension[]) {
      const value = this.#keys[dimension](row);
      if (value !== null)
        addTo(
          entry(this.#groups[dimension], value, () => new Map()),
          row,
        );
    }
  }

  /** The groups of one dimension by their value. */
  of(dimension: Dimension): ReadonlyMap<string, GroupTally> {
    return this.#groups[dimension];
  }
}

function addTo(strata: Map<number, StratumSums>, { stratum, images, shares }: FaultShares): void {
  const count = shares.length;
  const found = entry(strata, stratum, () => ({
    run: 0,
    errors: 0,
    sums: new Float64Array(count),
    squares: new Float64Array(count),
  })) as { run: number; errors: number } & StratumSums;
  if (images === 0) {
    found.errors++;
    return;
  }
  found.run++;
  for (let at = 0; at < count; at++) {
    const share = shares[at]!;
    if (share === 0) continue;
    found.sums[at]! += share;
    found.squares[at]! += share * share;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
