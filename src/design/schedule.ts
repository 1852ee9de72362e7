import { addScaled, type Box, type Interval, intersect, stepsWithin, timeOf } from '../projection/geometry.ts';
import { LINE_AXIS, type Line, type Vector3 } from '../projection/space-time.ts';
import type { Design, LaneBeats, Network, Schedule } from './design.ts';

/** What the schedule is worked out from: a design that lacks only its schedule and hash. */
export type Unscheduled = Omit<Design, 'schedule' | 'hash'>;

/** Work out when each value enters and leaves, and which distances keep two tiles apart in every register. */
export function buildSchedule(design: Unscheduled): Schedule {
  const absolute = design.inputs.map((port) => feedsOf(design, port.name));
  const results = resultsOf(design);
  const originTime = extreme(absolute.flat(), Math.min);
  const relative = (beats: readonly LaneBeats[]) => beats.map((beat) => ({ ...beat, cycle: beat.cycle - originTime }));
  const latencyCycles = extreme(results, Math.max) - originTime + 1;
  const spanCycles = Math.max(latencyCycles, extreme(absolute.flat(), Math.max) - originTime + 1);
  const conflictSteps = conflicts(design);
  const initiationSteps = initiation(conflictSteps);
  const [n1, n2, n3] = design.spec.size;
  return {
    originTime,
    latencyCycles,
    spanCycles,
    feeds: absolute.map(relative),
    results: relative(results),
    conflictSteps,
    initiationSteps,
    utilisationBound: (n1 * n2 * n3) / (design.pes.length * initiationSteps),
  };
}

function feedsOf(design: Unscheduled, port: string): LaneBeats[] {
  switch (port) {
    case 'a_i':
      return lineFeeds(design, 'a', 0);
    case 'b_i':
      return lineFeeds(design, 'b', 0);
    case 'c_i':
      return lineFeeds(design, 'c', design.planeLagCycles);
    case 's_i':
      return shadowFeeds(design);
    case 'first_i':
      return tokenFeeds(design, 1);
    case 'last_i':
      return tokenFeeds(design, design.spec.size[2] + 1);
    default:
      throw new Error(`no schedule for port ${port}`);
  }
}

/**
 * A moving line is fed at every entry with each point whose own two indices are in range, whatever the third one is.
 */
function lineFeeds(design: Unscheduled, line: Line, lagCycles: number): LaneBeats[] {
  const network = design.lines[line].network as Network;
  const axes = ([0, 1, 2] as const).filter((axis) => axis !== LINE_AXIS[line]);
  return beatsAlongKernel(design, network.entries, lagCycles, (point) =>
    axes.map((axis) => stepsWithin(point[axis], design.kernel[axis], 1, design.spec.size[axis])),
  );
}

/** A token enters beside its carrier, once per entry: at the first step of the stationary line's axis, or after its last. */
function tokenFeeds(design: Unscheduled, index: number): LaneBeats[] {
  const carrier = design.lines[design.tokens!.carrier].network as Network;
  const axis = LINE_AXIS[design.stationary!];
  return beatsAlongKernel(design, carrier.entries, 0, (point) => [
    stepsWithin(point[axis], design.kernel[axis], index, index),
  ]);
}

/** The value for the PE n hops down the chain enters n periods before that of the head. */
function shadowFeeds(design: Unscheduled): LaneBeats[] {
  const shadow = design.shadow!;
  const lag = shadow.drains ? design.planeLagCycles : 0;
  return Array.from(shadow.entries, (pe, lane) => {
    const point = atStep(design, pe, 1);
    const cycle = timeOf(design.matrix, point) + lag;
    const count = shadow.exitHops[pe]! + 1;
    return { lane, point, step: shadow.step, count, cycle, cycleStep: -design.periodCycles };
  });
}

function resultsOf(design: Unscheduled): LaneBeats[] {
  return design.shadow?.drains ? drainedResults(design) : passedResults(design);
}

/** A moving sum is sampled at the exit of the run that holds its point k = N3. */
function passedResults(design: Unscheduled): LaneBeats[] {
  const network = design.lines.c.network as Network;
  const [n1, n2, n3] = design.spec.size;
  const [ui, uj, uk] = design.kernel;
  const lag = design.planeLagCycles + network.delayCycles;
  return beatsAlongKernel(design, network.exits, lag, ([i, j, k], pe) => [
    stepsWithin(i, ui, 1, n1),
    stepsWithin(j, uj, 1, n2),
    stepsWithin(k, uk, n3, n3 + network.entryHops[pe]!),
  ]);
}

/** A sum is taken into the chain one step after its last; that of the PE m hops above the tail leaves m periods later. */
function drainedResults(design: Unscheduled): LaneBeats[] {
  const shadow = design.shadow!;
  const back: Vector3 = [-shadow.step[0] + 0, -shadow.step[1] + 0, -shadow.step[2] + 0];
  return Array.from(shadow.exits, (pe, lane) => {
    const taken = timeOf(design.matrix, atStep(design, pe, design.spec.size[2] + 1)) + design.planeLagCycles;
    return {
      lane,
      point: atStep(design, pe, design.spec.size[2]),
      step: back,
      count: shadow.entryHops[pe]! + 1,
      cycle: taken + shadow.delayCycles,
      cycleStep: design.periodCycles,
    };
  });
}

/** The point of a PE at which the stationary line's own index has the given value (the other two are the PE's own). */
function atStep(design: Unscheduled, pe: number, index: number): Vector3 {
  const axis = LINE_AXIS[design.stationary!];
  const { point } = design.pes[pe]!;
  return addScaled(point, (index - point[axis]) / design.kernel[axis], design.kernel);
}

/** For each given PE: its points ν + n·u with n in all the intervals, as beats in ascending cycles. */
function beatsAlongKernel(
  design: Unscheduled,
  pes: Int32Array,
  lagCycles: number,
  limits: (point: Vector3, pe: number) => Interval[],
): LaneBeats[] {
  const beats: LaneBeats[] = [];
  pes.forEach((pe, lane) => {
    const { point } = design.pes[pe]!;
    const { from, to } = limits(point, pe).reduce(intersect);
    if (from > to) return;
    const start = addScaled(point, from, design.kernel);
    const cycle = timeOf(design.matrix, start) + lagCycles;
    beats.push({
      lane,
      point: start,
      step: design.kernel,
      count: to - from + 1,
      cycle,
      cycleStep: design.periodCycles,
    });
  });
  return beats;
}

function extreme(beats: readonly LaneBeats[], pick: (a: number, b: number) => number): number {
  return beats.reduce(
    (best, { cycle, cycleStep, count }) => pick(best, pick(cycle, cycle + cycleStep * (count - 1))),
    pick === Math.min ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
  );
}

/** List the distances, in periods, at which two tiles would meet on a line or on the shadow chain. */
function conflicts(design: Unscheduled): number[] {
  const { size } = design.spec;
  const steps = new Set<number>();
  const forbid = (from: number, to: number) => {
    for (let n = Math.max(1, from); n <= to; n++) steps.add(n);
  };
  for (const { line, stationary } of Object.values(design.lines)) {
    forbid(1, (stationary ? size[LINE_AXIS[line]] : stepsToPart(size, design.kernel, LINE_AXIS[line])) - 1);
  }
  if (design.shadow) {
    const longest = design.shadow.exitHops.reduce((a, b) => Math.max(a, b), 0);
    forbid(1, longest);
    if (design.shadow.drains) forbid(size[2] + 1, size[2] + longest);
  }
  return [...steps].sort((a, b) => a - b);
}

/** The smallest n for which a shift by n·u moves one of the line's own two indices out of its range. */
function stepsToPart(size: Box, kernel: Vector3, lineAxis: number): number {
  const parts = [0, 1, 2]
    .filter((axis) => axis !== lineAxis && kernel[axis] !== 0)
    .map((axis) => Math.ceil(size[axis]! / Math.abs(kernel[axis]!)));
  return Math.min(...parts);
}

function initiation(conflictSteps: readonly number[]): number {
  const forbidden = new Set(conflictSteps);
  const last = conflictSteps.at(-1) ?? 0;
  for (let m = 1; ; m++) {
    let free = true;
    for (let n = m; n <= last && free; n += m) free = !forbidden.has(n);
    if (free) return m;
  }
}
