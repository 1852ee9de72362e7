import type { Design } from '../../design/design.ts';
import type { FaultNode } from '../../fault/fault.ts';
import { addScaled } from '../../projection/geometry.ts';
import type { Line } from '../../projection/space-time.ts';
import { sumPoints } from '../../sim/reach.ts';
import { zeroFactorIsHarmless } from './live-cycles.ts';

/**
 * List the nodes at which one cycle may matter to several tiles of a product, so that no tile owns it; for them all cycles of
 * a product are taken to be live.
 *
 * That is the token `last`, which on its way gets to PEs whose chain registers hold sums of one tile or another; and
 * operands in an array in which sums pass PEs without a step of their own, where a zero that a fault changes meets
 * what it should not. It is also a product that a sum takes up so early that a window of its tile cannot name the cycle.
 */
export function sharedNodes(design: Design): ReadonlySet<FaultNode> {
  const nodes: FaultNode[] = ['last'];
  if (design.hasIdleSteps) {
    const zeroCounts = !zeroFactorIsHarmless(design);
    if (zeroCounts || meetsForeign(design, 'b')) nodes.push('a', 'a_out');
    if (zeroCounts || meetsForeign(design, 'a')) nodes.push('b', 'b_out');
  }
  if (isEarly(design)) nodes.push('p');
  return new Set(nodes);
}

/** Whether a product is registered before its tile's first beat. */
function isEarly(design: Design): boolean {
  const { multiplierStages } = design.spec;
  return design.pes.some(({ index }) => sumPoints(design, index).some(({ cycle }) => cycle + multiplierStages < 0));
}

/** Whether a sum that only passes a PE of one tile may find an operand of another tile there. */
function meetsForeign(design: Design, line: 'a' | 'b'): boolean {
  const { spec, kernel, schedule, pes } = design;
  const conflicts = new Set(schedule.conflictSteps);
  const farthest = Math.max(...spec.size) + pes.length;
  const apart = Array.from({ length: farthest }, (_, n) => n + 1).filter((steps) => !conflicts.has(steps));
  const idle = pes
    .flatMap(({ index }) => sumPoints(design, index))
    .filter(({ point: [, , k] }) => k < 1 || k > spec.size[2]);
  return idle.some(({ point }) =>
    apart.some((steps) => [steps, -steps].some((shift) => owns(design, line, addScaled(point, shift, kernel)))),
  );
}

/** Whether a tile has a value of a line at a point, be it on its way through. */
function owns({ spec: { size } }: Design, line: Exclude<Line, 'c'>, point: readonly number[]): boolean {
  const axes = line === 'a' ? [0, 2] : [1, 2];
  return axes.every((axis) => point[axis]! >= 1 && point[axis]! <= size[axis]!);
}
