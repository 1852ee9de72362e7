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

/** How jobs are planned where it differs from the shortest plan. */
export interface JobPlanning {
  /**
   * Cycles from a tile's start after which one may start that takes its results as C; as few as the array allows when
   * left out or fewer than those.
   */
  readonly returnGapCycles?: number | undefined;
}

/**
 * Cut R (M×N) = A (M×K) × B (K×N) + C into full tiles and start each as early as no value of two tiles meets and its
 * partial sums are there. Slices of the inner dimension are the outermost loop, so that sums have time to come back.
 */
export function planJob(
  design: Design,
  rows: number,
  inner: number,
  columns: number,
  options: JobPlanning = {},
): JobPlan {
  const [n1, n2, n3] = design.spec.size;
  const tiles: Tile[] = [];
  const across = Math.ceil(columns / n2);
  const perSlice = Math.ceil(rows / n1) * across;
  const cycles = placeTiles(design, rows, inner, columns, options, (index, startCycle) => {
    const slice = Math.floor(index / perSlice);
    const inSlice = index % perSlice;
    tiles.push({
      index,
      row: Math.floor(inSlice / across) * n1,
      column: (inSlice % across) * n2,
      depth: slice * n3,
      startCycle,
      previous: slice === 0 ? null : index - perSlice,
      final: (slice + 1) * n3 >= inner,
    });
  });
  return { rows, inner, columns, tiles, cycles };
}

/** Count the tiles and cycles of the plan for a job without keeping its tiles, of which a large job has millions. */
export function measureJob(
  design: Design,
  rows: number,
  inner: number,
  columns: number,
  options: JobPlanning = {},
): Pick<JobPlan, 'rows' | 'inner' | 'columns' | 'cycles'> & { readonly tileCount: number } {
  let tileCount = 0;
  const cycles = placeTiles(design, rows, inner, columns, options, () => {
    tileCount++;
  });
  return { rows, inner, columns, tileCount, cycles };
}

/** List the start cycles of the tiles of a job, of which a large job has millions, without planning them. */
export function tileStarts(design: Design, rows: number, inner: number, columns: number): Float64Array {
  const [n1, n2, n3] = design.spec.size;
  const starts = new Float64Array(Math.ceil(rows / n1) * Math.ceil(columns / n2) * Math.ceil(inner / n3));
  placeTiles(design, rows, inner, columns, {}, (index, startCycle) => {
    starts[index] = startCycle;
  });
  return starts;
}

/** Find the start cycle of every tile of a job, in order, and give the cycles of them all. */
function placeTiles(
  design: Design,
  rows: number,
  inner: number,
  columns: number,
  { returnGapCycles = 0 }: JobPlanning,
  place: (index: number, startCycle: number) => void,
): number {
  const [n1, n2, n3] = design.spec.size;
  const starts = new StartFinder(design);
  const perSlice = Math.ceil(rows / n1) * Math.ceil(columns / n2);
  const count = perSlice * Math.ceil(inner / n3);
  const gap = Math.max(returnCycles(design), returnGapCycles);
  const previousSlice = new Float64Array(perSlice);
  let startCycle = 0;
  for (let index = 0; index < count; index++) {
    const inSlice = index % perSlice;
    startCycle = starts.next(index < perSlice ? 0 : previousSlice[inSlice]! + gap);
    previousSlice[inSlice] = startCycle;
    place(index, startCycle);
  }
  return startCycle + design.schedule.latencyCycles;
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
