import type { Design } from '../design/design.ts';
import { FAULT_NODES } from '../fault/fault.ts';
import { addScaled, intersect, stepsWithin, timeOf } from '../projection/geometry.ts';
import type { Vector3 } from '../projection/space-time.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import type { JobPlan } from '../schedule/plan.ts';
import type { Turns } from './turns.ts';

/** For each tile the outputs (i − 1)·N2 + (j − 1) that a fault may change. */
export type Reach = ReadonlyMap<number, ReadonlySet<number>>;

/** List the outputs whose sum, or an operand of one of whose products, passes a faulty node within its window. */
export async function findReach(
  design: Design,
  plan: JobPlan,
  drives: readonly FaultDrive[],
  turns: Turns,
): Promise<Reach> {
  const reach = new Map<number, Set<number>>();
  for (const drive of drives) {
    for (const { pe, delay, persists } of reachedPes(design, drive)) {
      for (const { point, cycle } of sumPoints(design, pe)) {
        if (turns.due) await turns.take();
        for (const tile of plan.tiles) {
          const hit = tile.startCycle + cycle - delay;
          if (hit < drive.firstCycle || (hit > drive.lastCycle && !persists)) continue;
          const [i, j] = point;
          const outputs = reach.get(tile.index) ?? new Set<number>();
          outputs.add((i - 1) * design.spec.size[1] + j - 1);
          reach.set(tile.index, outputs);
        }
      }
    }
  }
  return reach;
}

export interface ReachedPe {
  readonly pe: number;
  /** Cycles from the fault's action to the moment in which the PE's point, timed on the a/b plane, is worked on. */
  readonly delay: number;
  /** Whether a stationary operand carries the damage on after the window. */
  readonly persists: boolean;
}

/** List the PEs that a faulty operand or sum reaches on its own line. */
export function reachedPes(design: Design, drive: FaultDrive): ReachedPe[] {
  const node = FAULT_NODES[drive.nodeCode]!;
  if (node === 'c') return [{ pe: drive.peIndex, delay: -design.sumLagCycles, persists: false }];
  if (node === 'c_in') return [{ pe: drive.peIndex, delay: -design.planeLagCycles, persists: false }];
  if (node === 'p') return [{ pe: drive.peIndex, delay: -design.spec.multiplierStages, persists: false }];
  const line = design.lines[node[0] as 'a' | 'b'];
  const network = line.network;
  if (!network) return [{ pe: drive.peIndex, delay: 0, persists: true }];
  const reached: ReachedPe[] = [];
  const wireOnly = node.endsWith('_out');
  for (let pe = drive.peIndex, hop = 0; pe !== -1; pe = network.downstream[pe]!, hop++) {
    if (hop === 0 && wireOnly) continue;
    reached.push({ pe, delay: hop * network.delayCycles - (wireOnly ? 1 : 0), persists: false });
  }
  return reached;
}

/** The points at one PE at which a sum passes that will be a result, with their cycles on the a/b plane of a tile. */
export function sumPoints(design: Design, pe: number): { point: Vector3; cycle: number }[] {
  const { spec, kernel, matrix, schedule, lines } = design;
  const { point } = design.pes[pe]!;
  const [n1, n2, n3] = spec.size;
  const network = lines.c.network;
  const before = network ? network.entryHops[pe]! : 0;
  const after = network ? network.exitHops[pe]! : 0;
  // A sum enters `before` steps above this PE and leaves `after` steps below: its k = 1 … N3 lie in that run.
  const { from, to } = [
    stepsWithin(point[0], kernel[0], 1, n1),
    stepsWithin(point[1], kernel[1], 1, n2),
    stepsWithin(point[2], kernel[2], network ? n3 - after : 1, network ? 1 + before : n3),
  ].reduce(intersect);
  const points: { point: Vector3; cycle: number }[] = [];
  for (let n = from; n <= to; n++) {
    const at = addScaled(point, n, kernel);
    points.push({ point: at, cycle: timeOf(matrix, at) - schedule.originTime });
  }
  return points;
}
