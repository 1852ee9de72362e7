import type { Design, LaneBeats } from '../design/design.ts';
import { deepFreeze } from '../design/freeze.ts';
import { EspalierError } from '../errors.ts';
import { LINE_AXIS, type Line, type Vector3 } from '../projection/space-time.ts';
import { operandOf } from '../schedule/beat-table.ts';
import type { JobPlanning } from '../schedule/plan.ts';
import { assertStreamBits, defaultStreamBits, type TileBeats, tileBeats } from './stream-rules.ts';

/** Cycles from the start of a tile, as the sequencer decides it, to the tile's cycle 0 in the grid. */
export const START_TO_GRID_CYCLES = 3;

/** A tile may span so many cycles: the delay line of starts has a register for each. */
const MAX_TAPS = 65_536;

/** Most tiles that a feeder or a collector keeps. */
const MAX_SLOTS = 1024;

/** How the elements of one lane lie in the row-major matrix of a tile, and when they pass. */
export interface TopLane {
  readonly lane: number;
  /** The cycle of the tile in which the first of them passes; the next ones follow every period. */
  readonly cycle: number;
  /** In ascending order the elements are first + n·stride, 0 ≤ n < count. */
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Whether they pass in descending order. */
  readonly descending: boolean;
  /** Banks of the lane's memory: a power of two, at least as many as elements in one beat. */
  readonly banks: number;
  /** Elements in a beat, and the greatest common divisor of this number and that from element to element of a bank. */
  readonly elements: number;
  readonly unit: number;
}

/** Lanes of a port whose elements come from, or go to, a matrix of the stream. */
export interface TopPort {
  readonly name: string;
  readonly line: Line;
  readonly lanes: readonly TopLane[];
}

/** A token port: the cycle of the tile in which each lane that has one takes its token. */
export interface TopTokens {
  readonly name: string;
  readonly lanes: readonly { readonly lane: number; readonly cycle: number }[];
}

/** Everything about the top module of an array, worked out once; template, driver and manifest only read it. */
export interface TopDesign {
  readonly design: Design;
  readonly streamBits: number;
  readonly beats: TileBeats;
  /** Bytes of data in the last beat of each matrix. */
  readonly lastBytes: TileBeats;
  /** Tiles that the feeders and the collectors can hold. */
  readonly slots: number;
  readonly outSlots: number;
  readonly ports: readonly TopPort[];
  readonly tokens: readonly TopTokens[];
  readonly output: TopPort;
  /** The last cycle in which an element of a tile is fed. */
  readonly lastFeedCycle: number;
  /** Cycles from a tile's start to the last one in which anything of it is fed or collected. */
  readonly drainCycles: number;
  /** The default schedule: so many tiles in consecutive cycles, the next ones an interval later. */
  readonly burst: number;
  readonly intervalCycles: number;
  /** The smallest gap after which a tile may start whose C is made of results that have left the core. */
  readonly returnGapCycles: number;
}

/**
 * Work out the top module of an array.
 * @param streamBits bits of tdata, a power of two; the narrowest that sustains the schedule when left out
 * @throws {EspalierError} for another width, or an array whose tiles span too many cycles for a top module, or of which
 *   too many are under way at once
 */
export function topDesign(design: Design, streamBits?: number): TopDesign {
  const { spec, lines, schedule, periodCycles } = design;
  if (schedule.spanCycles > MAX_TAPS) {
    throw new EspalierError(
      `a top module takes arrays whose tiles span up to ${MAX_TAPS} cycles, received ${design.name} with ${schedule.spanCycles}`,
    );
  }
  const [n1, n2, n3] = spec.size;
  const elementBits = { a: lines.a.widthBits, b: lines.b.widthBits, c: lines.c.widthBits };
  const elements = { a: n1 * n3, b: n3 * n2, c: n1 * n2 };
  const tile = { elementBits, elements, cyclesPerTile: schedule.initiationSteps };
  const width = streamBits ?? defaultStreamBits(tile);
  assertStreamBits(width, Math.max(...Object.values(elementBits)));
  const beats = tileBeats(tile, width);
  const lastBytes = (line: Line) => (elements[line] * elementBits[line] - (beats[line] - 1) * width) / 8;

  const columns = { a: n3, b: n2, c: n2 };
  const port = (name: string, line: Line, feeds: readonly LaneBeats[]): TopPort => ({
    name,
    line,
    lanes: feeds.map((beat) => laneOf(beat, line, columns[line], width / elementBits[line])),
  });
  const ports: TopPort[] = [];
  const tokens: TopTokens[] = [];
  design.inputs.forEach(({ name }, n) => {
    const operand = operandOf(design, name);
    const feeds = schedule.feeds[n]!;
    if (operand !== 'token') ports.push(port(name, operand, feeds));
    else tokens.push({ name, lanes: feeds.map(({ lane, cycle }) => ({ lane, cycle })) });
  });

  const lastFeedCycle = Math.max(...ports.flatMap(({ lanes }) => lanes.map((lane) => lastCycle(lane, periodCycles))));
  const lastToken = tokens.flatMap(({ lanes }) => lanes.map(({ cycle }) => cycle));
  const intervalCycles = schedule.initiationSteps * periodCycles;
  const slots = slotsFor(design, lastFeedCycle + 1, 1 + beats.a + beats.b + beats.c);
  const outSlots = slotsFor(design, schedule.latencyCycles + 2, beats.c);
  return deepFreeze({
    design,
    streamBits: width,
    beats,
    lastBytes: { a: lastBytes('a'), b: lastBytes('b'), c: lastBytes('c') },
    slots,
    outSlots,
    ports,
    tokens,
    output: port(design.output.name, 'c', schedule.results),
    lastFeedCycle,
    drainCycles: Math.max(schedule.latencyCycles + 1, lastFeedCycle, ...lastToken.map((cycle) => cycle + 2)),
    burst: periodCycles,
    intervalCycles,
    returnGapCycles: topPlanning(design).returnGapCycles!,
  });
}

/** Say in words when tiles start that leave the gap of their headers 0. */
export function describeSchedule({ burst, intervalCycles }: Pick<TopDesign, 'burst' | 'intervalCycles'>): string {
  return burst === 1
    ? `a tile starts every ${intervalCycles} cycles`
    : `${burst} tiles start in consecutive cycles, the next ones ${intervalCycles} cycles after the first`;
}

/** The cycle of a job in which its tile n starts, counted from 0, if the gaps of all headers are 0. */
export function defaultStartCycle(
  { burst, intervalCycles }: Pick<TopDesign, 'burst' | 'intervalCycles'>,
  n: number,
): number {
  return Math.floor(n / burst) * intervalCycles + (n % burst);
}

/** Clocks of a job of so many cycles in which the grid does not stand still: those before and after its cycles as well. */
export function jobClocks({ design, drainCycles }: TopDesign, cycles: number): number {
  return cycles - design.schedule.latencyCycles + drainCycles + 2;
}

/** How jobs are planned for a top module: partial sums come back through the host, a whole tile at a time. */
export function topPlanning({ schedule }: Design): JobPlanning {
  return { returnGapCycles: schedule.latencyCycles + START_TO_GRID_CYCLES };
}

/** Clocks that a tile spends in registers between stream and memory, beyond what is reckoned with. */
const SLACK_CLOCKS = 8;

/**
 * Count the tiles that a memory must hold: all that can be under way at once in any legal schedule, for else the grid
 * would stand still with no way out, and those that are on the stream meanwhile, so that it need not stand still at all.
 * @param busyCycles cycles from a tile's start to the last one in which the memory is needed for it
 * @param streamClocks clocks in which the tile passes the stream
 */
function slotsFor({ name, schedule, periodCycles }: Design, busyCycles: number, streamClocks: number): number {
  const { conflictSteps, initiationSteps } = schedule;
  // Tiles whose starts differ by a multiple of the period are at least so far apart.
  const firstGap = conflictSteps.findIndex((step, n) => step !== n + 1);
  const nearestSteps = 1 + (firstGap === -1 ? conflictSteps.length : firstGap);
  const underWay = periodCycles * Math.ceil((busyCycles + 1) / (nearestSteps * periodCycles));
  const onStream = (periodCycles * streamClocks + SLACK_CLOCKS) / Math.max(initiationSteps, streamClocks);
  const slots = underWay + Math.ceil(onStream) + 1;
  if (slots <= MAX_SLOTS) return slots;
  throw new EspalierError(
    `a top module keeps up to ${MAX_SLOTS} tiles, received ${name}, of whose tiles ${slots} are on their way at once`,
  );
}

const ROW_AXIS: Readonly<Record<Line, 0 | 1 | 2>> = { a: 0, b: 2, c: 0 };

function laneOf(beat: LaneBeats, line: Line, columns: number, elements: number): TopLane {
  const rowAxis = ROW_AXIS[line];
  const columnAxis = (3 - rowAxis - LINE_AXIS[line]) as 0 | 1 | 2;
  const elementOf = (point: Vector3, offset: number) =>
    (point[rowAxis] - offset) * columns + point[columnAxis] - offset;
  const { count, cycleStep } = beat;
  const step = count > 1 ? elementOf(beat.step, 0) : 1;
  const start = elementOf(beat.point, 1);
  const stride = Math.abs(step);
  const banks = powerOfTwo(Math.min(count, Math.ceil(elements / stride)));
  return {
    lane: beat.lane,
    cycle: Math.min(beat.cycle, beat.cycle + (count - 1) * cycleStep),
    first: Math.min(start, start + (count - 1) * step),
    stride,
    count,
    descending: step * cycleStep < 0,
    banks,
    elements,
    unit: banks >= count ? elements : greatestCommonDivisor(elements, banks * stride),
  };
}

function lastCycle({ cycle, count }: TopLane, periodCycles: number): number {
  return cycle + (count - 1) * periodCycles;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
