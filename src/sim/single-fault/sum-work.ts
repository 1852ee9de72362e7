import type { Design } from '../../design/design.ts';
import { FAULT_NODES } from '../../fault/fault.ts';
import { intersect, stepsWithin } from '../../projection/geometry.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan, Tile } from '../../schedule/plan.ts';
import { reachedPes, sumPoints } from '../reach.ts';

/** Where the sum (i, j) of a tile, counted from 0, meets a faulty node: at its steps k, from 1 to N3 within the box. */
interface SumSites {
  readonly i: number;
  readonly j: number;
  readonly ks: readonly number[];
}

/** The sums of one block of R that a fault can reach. */
interface SumWork {
  readonly row: number;
  readonly column: number;
  /** For every slice of the inner dimension, in order: what the fault meets there. */
  readonly slices: readonly (readonly SumSites[])[];
}

interface SumReach {
  readonly work: readonly SumWork[];
  /** Whether the window holds cycles in which the node takes a zero that belongs to no sum of the job; null if unknown. */
  readonly idle: boolean | null;
}

/** Work out from the plan alone where sums meet a fault of c, c_in or p. */
function sumReach(design: Design, plan: JobPlan, drive: FaultDrive): SumReach {
  const node = FAULT_NODES[drive.nodeCode]!;
  const { delay } = reachedPes(design, drive)[0]!;
  const points = sumPoints(design, drive.peIndex).map(({ point: [i, j, k], cycle }) => ({
    i,
    j,
    k,
    cycle: cycle - delay,
  }));
  const perSlice = plan.tiles.findIndex(({ depth }) => depth > 0);
  const blockCount = perSlice < 0 ? plan.tiles.length : perSlice;
  const firstCycle = Math.max(drive.firstCycle, 0);
  const lastCycle = Math.min(drive.lastCycle, plan.cycles - 1);
  // A sum may pass before its first beat where its products come earlier: the job begins with cycle 0.
  const begins = points.every(({ cycle }) => cycle >= 0);
  const isAlways = begins && firstCycle === 0 && drive.lastCycle >= plan.cycles;
  const always = groupPoints(points);
  let met = 0;
  const sitesOf = ({ startCycle }: Tile): readonly SumSites[] => {
    const [from, to] = [firstCycle - startCycle, lastCycle - startCycle];
    const acting = isAlways ? points : points.filter(({ cycle }) => cycle >= from && cycle <= to);
    met += acting.length;
    return isAlways ? always : acting.length === 0 ? NOTHING : groupPoints(acting);
  };
  const work: SumWork[] = [];
  for (let block = 0; block < blockCount; block++) {
    const slices: (readonly SumSites[])[] = [];
    for (let at = block; at < plan.tiles.length; at += blockCount) slices.push(sitesOf(plan.tiles[at]!));
    const { row, column } = plan.tiles[block]!;
    if (slices.some((sites) => sites.length > 0)) work.push({ row, column, slices });
  }
  const window = lastCycle - firstCycle + 1;
  const { network } = design.lines.c;
  const holdsZero =
    !(node === 'p' ? multipliesElsewhere(design, drive.peIndex) : anyMultipliesElsewhere(design)) &&
    (node === 'p' || (network !== null && passesOnlySums(design, drive.peIndex, points.length)));
  if (!holdsZero && (network || node === 'p')) return { work, idle: null };
  // A register that keeps its sum between two tiles is zero before the first.
  return { work, idle: holdsZero ? met < window : isAlways || (window === 1 && met === 1 ? false : null) };
}

/** Whether no elements of C pass a PE but those whose sums become results: where a run of PEs has a gap, others do. */
function passesOnlySums({ kernel, pes, spec }: Design, pe: number, sums: number): boolean {
  const { point } = pes[pe]!;
  const { from, to } = intersect(
    stepsWithin(point[0], kernel[0], 1, spec.size[0]),
    stepsWithin(point[1], kernel[1], 1, spec.size[1]),
  );
  return to - from + 1 === sums;
}

/**
 * Whether a PE may multiply elements of two tiles that pass it: both lines bring it elements in steps outside of the box. No
 * sum of the job is there then, but one that begins with zero.
 */
function multipliesElsewhere({ kernel, pes, spec }: Design, pe: number): boolean {
  const { point } = pes[pe]!;
  const [ofI, ofJ, ofK] = ([0, 1, 2] as const).map((axis) =>
    stepsWithin(point[axis], kernel[axis], 1, spec.size[axis]),
  );
  const box = [ofI!, ofJ!, ofK!].reduce(intersect);
  return [ofI!, ofJ!].every((own) => {
    const { from, to } = intersect(own, ofK!);
    return from !== box.from || to !== box.to;
  });
}

const anywhere = new WeakMap<Design, boolean>();

/** Whether any PE does: what it makes of a zero passes others as a sum. */
function anyMultipliesElsewhere(design: Design): boolean {
  const known = anywhere.get(design) ?? design.pes.some(({ index }) => multipliesElsewhere(design, index));
  anywhere.set(design, known);
  return known;
}

const NOTHING: readonly SumSites[] = [];

function groupPoints(points: readonly { readonly i: number; readonly j: number; readonly k: number }[]): SumSites[] {
  const groups = new Map<string, { i: number; j: number; ks: number[] }>();
  for (const { i, j, k } of points) {
    const key = `${i} ${j}`;
    const group = groups.get(key) ?? { i: i - 1, j: j - 1, ks: [] };
    group.ks.push(k);
    groups.set(key, group);
  }
  for (const { ks } of groups.values()) ks.sort((p, q) => p - q);
  return [...groups.values()];
}

/** A sum R(row, column), from 0, that meets a faulty node. */
export interface MetSum {
  readonly row: number;
  readonly column: number;
  /** How many steps of the whole sum, those of the padding too, lie before each time that it meets the fault. */
  readonly stops: Int32Array;
  /** 1 where the step in which it meets the fault is one of its own, 0 where it only passes a PE. */
  readonly inBox: Uint8Array;
}

export interface MetSums {
  readonly sums: readonly MetSum[];
  /** Whether sums of the padding meet the fault, too. */
  readonly padded: boolean;
  readonly idle: boolean | null;
}

/**
 * List the sums of a job that meet a fault of c, c_in or p.
 * @param before 0 for a node that holds the sum with the product of a step, 1 for one before it is added
 */
export function metSums(design: Design, plan: JobPlan, drive: FaultDrive, before: 0 | 1): MetSums {
  const { work, idle } = sumReach(design, plan, drive);
  const depth = design.spec.size[2];
  const sums: MetSum[] = [];
  let padded = false;
  for (const { row, column, slices } of work) {
    for (const { i, j, slices: met } of bySum(slices)) {
      if (row + i >= plan.rows || column + j >= plan.columns) {
        padded = true;
        continue;
      }
      const steps = met.flatMap((ks, slice) => ks.map((k) => ({ k, start: slice * depth })));
      const stops = steps.map(({ k, start }) => start + Math.max(0, Math.min(depth, k - before)));
      const inBox = steps.map(({ k }) => (k >= 1 && k <= depth ? 1 : 0));
      // Most sums of a job meet a fault at the same steps, and share the list.
      const last = sums.at(-1)?.stops;
      const isSame = last?.length === stops.length && stops.every((stop, n) => stop === last[n]);
      sums.push({
        row: row + i,
        column: column + j,
        stops: isSame ? last : Int32Array.from(stops),
        inBox: Uint8Array.from(inBox),
      });
    }
  }
  return { sums, padded, idle };
}

/** For each sum of a block, what it meets in every slice. */
function bySum(
  slices: readonly (readonly SumSites[])[],
): { readonly i: number; readonly j: number; readonly slices: readonly (readonly number[])[] }[] {
  const sums = new Map<string, { i: number; j: number; slices: (readonly number[])[] }>();
  for (const [slice, sites] of slices.entries()) {
    for (const { i, j, ks } of sites) {
      const key = `${i} ${j}`;
      const sum = sums.get(key) ?? { i, j, slices: slices.map(() => []) };
      sum.slices[slice] = ks;
      sums.set(key, sum);
    }
  }
  return [...sums.values()];
}
