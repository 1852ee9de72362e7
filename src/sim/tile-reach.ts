import type { Design } from '../design/design.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { FAULT_NODES, type Fault } from '../fault/fault.ts';
import { driveFault } from '../fault/resolve.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { planJob } from '../schedule/plan.ts';
import { controlReach } from './control-reach.ts';
import { coversFault } from './functional.ts';
import { reachedPes, sumPoints } from './reach.ts';

/** What a fault can change in the one tile that it is shown in. */
export interface TileReach {
  readonly fault: Fault;
  /** The outputs (i − 1)·N2 + (j − 1) whose value can change. */
  readonly outputs: ReadonlySet<number>;
  /** The PEs that work on changed operands or sums, or hand changed sums on. */
  readonly pes: ReadonlySet<number>;
}

/** A PE that works on something which a fault may have changed, and the output that takes it up. */
export interface ReachedStep {
  readonly pe: number;
  readonly output: number;
}

/**
 * Work out what each fault can change in a single tile: the one that its window names, or else the first of a job.
 * Narrower than `findReach`, which has to be safe rather than exact: here a zero operand in a step that a sum only
 * passes does no harm, and damage to a stationary operand begins with its load.
 * @throws {FaultError} when a window begins after the tile's last cycle.
 */
export function tileReach(design: Design, faults: readonly Fault[]): TileReach[] {
  const [n1, n2, n3] = design.spec.size;
  const plan = planJob(design, n1, n3, n2);
  const idleCounts = idleStepsCount(design, faults);
  return faults.map((fault) => {
    const { window } = fault;
    const shown = window.tile === null ? fault : { ...fault, window: { ...window, tile: 0 } };
    const drive = driveFault(design, plan, shown);
    const steps = coversFault(drive) ? dataReach(design, drive, idleCounts) : controlReach(design, drive);
    const outputs = new Set<number>();
    const pes = new Set<number>();
    for (const { pe, output } of steps) {
      outputs.add(output);
      // Every PE below hands a changed sum on; where one is known already, so are those below it.
      for (let at = pe; at !== -1 && !pes.has(at); at = design.lines.c.network?.downstream[at] ?? -1) pes.add(at);
    }
    return { fault, outputs, pes };
  });
}

/**
 * Tell whether a changed operand matters in a step that a sum only passes. The other operand is zero there, so the
 * product stays zero, unless that is faulty too, numbers can be infinite, or the array multiplies by rules of its own.
 */
function idleStepsCount({ spec }: Design, faults: readonly Fault[]): boolean {
  const { types, operators } = spec;
  if (operators.multiplier || operators.adder || dtypeInfo(types.a).kind === 'float') return true;
  return ['a', 'b'].every((line) => faults.some(({ node }) => node.startsWith(line)));
}

function* dataReach(design: Design, drive: FaultDrive, idleCounts: boolean): Generator<ReachedStep> {
  const [, n2, n3] = design.spec.size;
  const isOperand = /^[ab]/.test(FAULT_NODES[drive.nodeCode]!);
  for (const { pe, delay, persists } of reachedPes(design, drive)) {
    let changed = false;
    for (const { point, cycle } of sumPoints(design, pe)) {
      const hit = cycle - delay >= drive.firstCycle && cycle - delay <= drive.lastCycle;
      changed = hit || (changed && persists);
      const [i, j, k] = point;
      const harmless = isOperand && !idleCounts && (k < 1 || k > n3);
      if (changed && !harmless) yield { pe, output: (i - 1) * n2 + j - 1 };
    }
  }
}
