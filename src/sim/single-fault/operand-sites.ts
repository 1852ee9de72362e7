import type { Design } from '../../design/design.ts';
import { peLookupOf } from '../../design/network.ts';
import { FAULT_KINDS, FAULT_NODES } from '../../fault/fault.ts';
import { addScaled, intersect, placeOf, stepsWithin, timeOf } from '../../projection/geometry.ts';
import type { Vector3 } from '../../projection/space-time.ts';
import type { FaultDrive } from '../../schedule/beats.ts';

/**
 * An element of line a or b passing a faulty node. The element is A(fixed, k) or B(k, fixed); `first` to `last` are the
 * j (of line b: i) of the outputs that take what the node makes of it, none when first > last. All count from 1.
 */
export interface OperandSite {
  readonly fixed: number;
  readonly k: number;
  readonly first: number;
  readonly last: number;
  /** The cycle of the tile in which it is at the node. */
  readonly cycle: number;
  /** For a stationary operand the cycles of the tile in which the node has taken it before, from its load on. */
  readonly earlier: readonly number[];
}

/** List what passes node a, b, a_out or b_out of a PE in a tile, in the order of time. */
export function operandSites(design: Design, drive: FaultDrive): OperandSite[] {
  const node = FAULT_NODES[drive.nodeCode]!;
  const line = node[0] as 'a' | 'b';
  const [fixedAxis, freeAxis] = line === 'a' ? ([0, 1] as const) : ([1, 0] as const);
  const { spec, kernel, pes, lines, matrix, schedule } = design;
  const { size } = spec;
  const { network, delayCycles } = lines[line];
  const { point } = pes[drive.peIndex]!;
  const bounds = [
    stepsWithin(point[fixedAxis], kernel[fixedAxis], 1, size[fixedAxis]),
    stepsWithin(point[2], kernel[2], 1, size[2]),
    // A stationary operand has its steps where the free index runs through the box.
    ...(network ? [] : [stepsWithin(point[freeAxis], kernel[freeAxis], 1, size[freeAxis])]),
  ].reduce(intersect);
  const wire = node.endsWith('_out') ? 1 : 0;
  const isOnRun = network && runTest(design, drive.peIndex, line);
  const sites: OperandSite[] = [];
  for (let n = bounds.from; n <= bounds.to; n++) {
    const at = addScaled(point, n, kernel);
    const [fixed, free, k] = [at[fixedAxis], at[freeAxis], at[2]];
    const cycle = timeOf(matrix, at) - schedule.originTime + wire;
    if (network) {
      const entering: Vector3 = freeAxis === 1 ? [fixed, 1, k] : [1, fixed, k];
      const reaches = free >= 1 || isOnRun!(placeOf(matrix, entering));
      const first = Math.max(1, free + wire);
      sites.push({ fixed, k, first, last: reaches ? size[freeAxis] : first - 1, cycle, earlier: [] });
    } else {
      const earlier = Array.from({ length: free - 1 }, (_, step) => cycle - (free - 1 - step) * delayCycles);
      sites.push({ fixed, k, first: free, last: free, cycle, earlier });
    }
  }
  return sites;
}

/** Make the test whether a PE lies on the run of a moving line that passes a given PE: the line is fed anew beyond. */
function runTest(design: Design, pe: number, line: 'a' | 'b'): (place: readonly [number, number]) => boolean {
  const { entryLane } = design.lines[line].network!;
  const peAt = peLookupOf(design);
  return ([x, y]) => entryLane[peAt(x, y)] === entryLane[pe];
}

/** Tell whether a fault that acts in a window leaves its mark on an element: a flip that acts twice does not. */
export function actsOn(
  { cycle, earlier }: OperandSite,
  kindCode: number,
  firstCycle: number,
  lastCycle: number,
): boolean {
  const isIn = (at: number) => at >= firstCycle && at <= lastCycle;
  if (earlier.length === 0) return isIn(cycle);
  const count = earlier.filter(isIn).length + (isIn(cycle) ? 1 : 0);
  return FAULT_KINDS[kindCode] === 'flip' ? count % 2 === 1 : count > 0;
}
