import type { Design } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import { FAULT_NODES, type FaultNode } from '../fault/fault.ts';
import { faultMasks } from '../fault/resolve.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import { formatOfNode } from './formats.ts';

/** A fault ready to act on the values of its node. */
export interface ActiveFault {
  readonly drive: FaultDrive;
  /** Its place in the job's list of faults. */
  readonly number: number;
  readonly apply: (value: Value) => Value;
}

/** The faults of a job by node and PE, each list in the order in which the faults act. */
export type NodeFaults = ReadonlyMap<FaultNode, ReadonlyMap<number, readonly ActiveFault[]>>;

/** Sort the faults of a job by where they act. */
export function groupFaults(design: Design, arithmetic: Arithmetic<Value>, drives: readonly FaultDrive[]): NodeFaults {
  const groups = new Map<FaultNode, Map<number, ActiveFault[]>>();
  drives.forEach((drive, number) => {
    const node = FAULT_NODES[drive.nodeCode]!;
    const byPe = groups.get(node) ?? new Map<number, ActiveFault[]>();
    const apply = applierOf(design, arithmetic, node, drive);
    byPe.set(drive.peIndex, [...(byPe.get(drive.peIndex) ?? []), { drive, number, apply }]);
    groups.set(node, byPe);
  });
  return groups;
}

/** Apply the faults of a node to the value that enters it in a cycle. */
export function applyFaults(faults: NodeFaults, node: FaultNode, pe: number, cycle: number, value: Value): Value {
  const active = faults.get(node)?.get(pe);
  if (!active) return value;
  let faulty = value;
  for (const { drive, apply } of active) {
    if (cycle >= drive.firstCycle && cycle <= drive.lastCycle) faulty = apply(faulty);
  }
  return faulty;
}

/** Control tokens are 0 or 1 whatever numbers the operands are kept in. */
function applierOf(design: Design, arithmetic: Arithmetic<Value>, node: FaultNode, drive: FaultDrive) {
  const { keep, toggle } = faultMasks(drive);
  if (node === 'first' || node === 'last') {
    return (value: Value) => (Number(value) & Number(keep & 1n)) ^ Number(toggle);
  }
  return arithmetic.masking(formatOfNode(design, node), keep, toggle);
}
