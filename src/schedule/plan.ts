import type { Design } from '../design/design.ts';
import { beatTable } from './beat-table.ts';

/** One pass of the array: the block of R at (row, column), with the slice of the inner dimension that starts at `depth`. */
export interface Tile {
  readonly index: number;
  readonly row: number;
  readonly column: number;
  readonly depth: number;
  /** The cycle of the job in which the tile's first beat enters. */
  readonly startCycle: number;
  /** The tile whose result re-enters as C, or null for the first slice of the inner dimension. */
  readonly previous: number | null;
  /** Whether the tile's results are the job's results. */
  readonly final: boolean;
}

/** All tiles of a job in the order in which they start. */
export interface JobPlan {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly tiles: readonly Tile[];
  /** Cycles from the first beat of the first tile to the sample of the last result. */
  readonly cycles: number;
}

/**
 * Cut R (M×N) = A (M×K) × B (K×N) + C into full tiles and start each as early as no value of two tiles meets and its
 * partial sums are there. Slices of the inner dimension are the outermost loop, so that sums have time to come back.
 */
export function planJob(design: Design, rows: number, inner: number, columns: number): JobPlan {
  const [n1, n2, n3] = design.spec.size;
  const starts = new StartFinder(design);
  const tiles: Tile[] = [];
  const perSlice = Math.ceil(rows / n1) * Math.ceil(columns / n2);
  for (let depth = 0; depth < inner; depth += n3) {
    for (let row = 0; row < rows; row += n1) {
      for (let column = 0; column < columns; column += n2) {
        const index = tiles.length;
        const previous = depth === 0 ? null : index - perSlice;
        const ready = previous === null ? 0 : tiles[previous]!.startCycle + returnCycles(design);
        const startCycle = starts.next(ready);
        tiles.push({ index, row, column, depth, startCycle, previous, final: depth + n3 >= inner });
      }
    }
  }
  return { rows, inner, columns, tiles, cycles: tiles.at(-1)!.startCycle + design.schedule.latencyCycles };
}

const returnGaps = new WeakMap<Design, number>();

/** Count the cycles after which a tile may start that takes the results of another as its C. */
export function returnCycles(design: Design): number {
  let gap = returnGaps.get(design);
  if (gap === undefined) {
    gap = 1;
    const columns = design.spec.size[1];
    const resultCycle = new Map<number, number>();
    const results = beatTable(design, 'results');
    for (let n = 0; n < results.length; n++) {
      resultCycle.set(results.row[n]! * columns + results.column[n]!, results.cycle[n]!);
    }
    const feeds = beatTable(design, design.returnPort);
    for (let n = 0; n < feeds.length; n++) {
      const result = resultCycle.get(feeds.row[n]! * columns + feeds.column[n]!)!;
      gap = Math.max(gap, result - feeds.cycle[n]! + 1);
    }
    returnGaps.set(design, gap);
  }
  return gap;
}

/** Finds start cycles in ascending order, the earliest that keep clear of all tiles before. */
class StartFinder {
  readonly #distances: readonly number[];
  /** Whether a start is forbidden, for the cycles from `#next` on, in a ring as long as the farthest conflict. */
  readonly #forbidden: Uint8Array;
  #next = 0;

  constructor({ schedule, periodCycles }: Design) {
    this.#distances = schedule.conflictSteps.map((step) => step * periodCycles);
    this.#forbidden = new Uint8Array((this.#distances.at(-1) ?? 0) + 1);
  }

  next(earliest: number): number {
    const ring = this.#forbidden;
    let start = this.#next;
    // Cycles that are passed leave the ring: their places stand for later cycles from now on.
    while (start < earliest || ring[start % ring.length] === 1) ring[start++ % ring.length] = 0;
    for (const distance of this.#distances) ring[(start + distance) % ring.length] = 1;
    ring[start % ring.length] = 0;
    this.#next = start + 1;
    return start;
  }
}
