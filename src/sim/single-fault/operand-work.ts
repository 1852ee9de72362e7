import type { Design } from '../../design/design.ts';
import { FAULT_KINDS, FAULT_NODES } from '../../fault/fault.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { JobPlan, Tile } from '../../schedule/plan.ts';
import { actsOn, type OperandSite, operandSites } from './operand-sites.ts';
import { blocksOf } from './tile-blocks.ts';

/** Elements of line a or b that a fault changes for the same outputs: A(fixed, k) or B(k, fixed) for some k. */
export interface OperandGroup {
  /** Counts from 0 within the tile, like `ks`. */
  readonly fixed: number;
  /** The outputs j (of line b: i), from 0 within the tile, both included. */
  readonly first: number;
  readonly last: number;
  readonly ks: readonly number[];
}

/** What a fault of an operand does in some tiles of a job that have one range of the operand's fixed index. */
export interface OperandWork {
  /** The row (of line b: column) of R at which these tiles begin. */
  readonly fixedStart: number;
  /** The columns (of line b: rows) of R at which they begin. */
  readonly freeStarts: readonly number[];
  /** Where their slices of the inner dimension begin. */
  readonly depths: readonly number[];
  readonly groups: readonly OperandGroup[];
}

/** All that a fault of an operand can do in a job. */
export interface OperandReach {
  readonly line: 'a' | 'b';
  readonly work: readonly OperandWork[];
  /** Whether the window holds cycles in which the node takes a zero that belongs to no element; null if unknown. */
  readonly idle: boolean | null;
}

/** Work out from the plan alone which elements a fault meets and which outputs take them. */
export function operandReach(design: Design, plan: JobPlan, drive: FaultDrive): OperandReach {
  const line = FAULT_NODES[drive.nodeCode]![0] as 'a' | 'b';
  const sites = operandSites(design, drive);
  const firstCycle = Math.max(drive.firstCycle, 0);
  // What passes after the last result has been taken is no part of the job.
  const lastCycle = Math.min(drive.lastCycle, plan.cycles - 1);
  const lastSite = plan.tiles.at(-1)!.startCycle + (sites.at(-1)?.cycle ?? 0);
  const isMoving = design.lines[line].network !== null;
  if (firstCycle === 0 && lastCycle < drive.lastCycle && lastSite <= lastCycle) {
    const groups = groupSites(sites.filter((site) => actsOn(site, drive.kindCode, 0, Number.POSITIVE_INFINITY)));
    const { rowStarts, columnStarts, depths } = blocksOf(plan);
    const [fixedStarts, freeStarts] = line === 'a' ? [rowStarts, columnStarts] : [columnStarts, rowStarts];
    const work = fixedStarts.map((fixedStart) => ({ fixedStart, freeStarts, depths, groups }));
    // A moving line idles wherever it carries no element; a register that is loaded later holds zero before.
    const idle = isMoving ? plan.tiles.length * sites.length < plan.cycles : (sites[0]?.cycle ?? 1) > 0 || null;
    return { line, work, idle };
  }
  const work: OperandWork[] = [];
  let met = 0;
  for (const tile of plan.tiles) {
    const from = firstCycle - tile.startCycle;
    const to = lastCycle - tile.startCycle;
    if (to < 0 || from > (sites.at(-1)?.cycle ?? -1)) continue;
    const acting = sites.filter((site) => actsOn(site, drive.kindCode, from, to));
    met += sites.filter(({ cycle }) => cycle >= from && cycle <= to).length;
    if (acting.length > 0) work.push(workOf(line, tile, groupSites(acting)));
  }
  const window = lastCycle - firstCycle + 1;
  return { line, work, idle: isMoving ? met < window : window === 1 && met === 1 ? false : null };
}

function workOf(line: 'a' | 'b', { row, column, depth }: Tile, groups: readonly OperandGroup[]): OperandWork {
  const [fixedStart, freeStart] = line === 'a' ? [row, column] : [column, row];
  return { fixedStart, freeStarts: [freeStart], depths: [depth], groups };
}

function groupSites(sites: readonly OperandSite[]): OperandGroup[] {
  const groups = new Map<string, { fixed: number; first: number; last: number; ks: number[] }>();
  for (const { fixed, k, first, last } of sites) {
    const key = `${fixed} ${first} ${last}`;
    const group = groups.get(key) ?? { fixed: fixed - 1, first: first - 1, last: last - 1, ks: [] };
    group.ks.push(k - 1);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether a fault fires whatever its node takes: a flip whose window holds a cycle of the job. */
export function firesAnyhow({ kindCode, firstCycle }: FaultDrive, { cycles }: JobPlan): boolean {
  return FAULT_KINDS[kindCode] === 'flip' && firstCycle < cycles;
}
