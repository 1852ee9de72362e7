import type { Network, Pe } from './design.ts';

/** Find a PE's index by its position; −1 where there is none. */
export type PeLookup = (x: number, y: number) => number;

/** Build the lookup from positions to PE indices. */
export function peLookup(pes: readonly Pe[]): PeLookup {
  // Positions stay within ±2^25 (three sides of 1024 times entries of 4096), so a pair packs into one exact number.
  const key = (x: number, y: number) => (x + 2 ** 25) * 2 ** 26 + (y + 2 ** 25);
  const indices = new Map(pes.map((pe) => [key(pe.x, pe.y), pe.index]));
  return (x, y) => indices.get(key(x, y)) ?? -1;
}

const lookups = new WeakMap<readonly Pe[], PeLookup>();

/** Give the lookup of a design's PEs, built once. */
export function peLookupOf({ pes }: { readonly pes: readonly Pe[] }): PeLookup {
  const known = lookups.get(pes) ?? peLookup(pes);
  lookups.set(pes, known);
  return known;
}

/**
 * Link the PEs along one flow. A PE without an upstream neighbour is an entry, one without a downstream neighbour an
 * exit; every PE is told how many hops it is from both ends of its run.
 */
export function buildNetwork(
  pes: readonly Pe[],
  peAt: PeLookup,
  flow: readonly [number, number],
  delayCycles: number,
): Network {
  const upstream = Int32Array.from(pes, (pe) => peAt(pe.x - flow[0], pe.y - flow[1]));
  const downstream = Int32Array.from(pes, (pe) => peAt(pe.x + flow[0], pe.y + flow[1]));
  const entries = Int32Array.from(pes.filter((pe) => upstream[pe.index] === -1).map((pe) => pe.index));
  const exits = Int32Array.from(pes.filter((pe) => downstream[pe.index] === -1).map((pe) => pe.index));
  const [entryLane, entryHops] = walk(pes.length, entries, downstream);
  const [exitLane, exitHops] = walk(pes.length, exits, upstream);
  return { flow, delayCycles, upstream, downstream, entries, exits, entryLane, entryHops, exitLane, exitHops };
}

/** From every end walk along `next` and note for each PE the lane of its end and the hops to it. */
function walk(count: number, ends: Int32Array, next: Int32Array): [lane: Int32Array, hops: Int32Array] {
  const lane = new Int32Array(count);
  const hops = new Int32Array(count);
  ends.forEach((end, n) => {
    for (let pe = end, hop = 0; pe !== -1; pe = next[pe]!, hop++) {
      lane[pe] = n;
      hops[pe] = hop;
    }
  });
  return [lane, hops];
}
