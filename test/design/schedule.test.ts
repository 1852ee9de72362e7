import { describe, expect, it, test } from 'vitest';
import type { Design, Network } from '../../src/design/design.ts';
import { dot } from '../../src/projection/geometry.ts';
import { LINE_AXIS, LINES, type Line } from '../../src/projection/space-time.ts';
import { designOf, everyDesign, MATRICES } from './support/arrays.ts';

/** The registers that the values of one tile hold, as "register of the array, cycle": for each line and the chain. */
function occupancy(design: Design): Set<string> {
  const cells = new Set<string>();
  for (const line of LINES) {
    if (design.lines[line].stationary) occupyLoops(design, line, cells);
    else occupyLine(design, line, cells);
  }
  if (design.shadow) occupyChain(design, cells);
  return cells;
}

function occupy(cells: Set<string>, register: string, cycle: number, length: number): void {
  for (let stage = 0; stage < length; stage++) {
    const cell = `${register}.${stage} @ ${cycle + stage}`;
    if (cells.has(cell)) throw new Error(`two values of one tile meet in ${cell}`);
    cells.add(cell);
  }
}

/** A value that the edge feeds passes every PE down to the exit. */
function occupyLine(design: Design, line: Line, cells: Set<string>): void {
  const network = design.lines[line].network!;
  const port = design.inputs.findIndex(({ name }) => name === `${line}_i`);
  for (const { lane, cycle, cycleStep, count } of design.schedule.feeds[port]!) {
    for (let n = 0; n < count; n++) {
      travel(network, network.entries[lane]!, cycle + n * cycleStep, (pe, at) => {
        occupy(cells, `${line}[${pe}]`, at, network.delayCycles);
      });
    }
  }
}

/** A stationary value stays in the loop of its PE from its first step to its last. */
function occupyLoops(design: Design, line: Line, cells: Set<string>): void {
  const { spec, periodCycles } = design;
  for (const { cycle, pe } of ownLoads(design)) {
    for (let n = 0; n < spec.size[LINE_AXIS[line]]; n++) {
      occupy(cells, `${line}[${pe}]`, cycle + n * periodCycles, periodCycles);
    }
  }
}

/** When each PE takes its stationary value: its point on the first step, on the plane of the line. */
function ownLoads({ pes, stationary, kernel, matrix, schedule, planeLagCycles }: Design) {
  const axis = LINE_AXIS[stationary!];
  const lag = stationary === 'c' ? planeLagCycles : 0;
  return pes.map(({ index, point }) => {
    const first = point.map((entry, d) => entry + ((1 - point[axis]) / kernel[axis]) * kernel[d]!) as [
      number,
      number,
      number,
    ];
    return { pe: index, cycle: dot(matrix[2], first) - schedule.originTime + lag };
  });
}

/** A value on its way into the array lives on the chain until its PE takes it, a sum from there to the exit. */
function occupyChain(design: Design, cells: Set<string>): void {
  const shadow = design.shadow!;
  const delay = shadow.delayCycles;
  for (const { pe, cycle } of ownLoads(design)) {
    // The PE takes the value off the wire that comes in; on its way there it passed the registers upstream.
    occupy(cells, `wire to s[${pe}]`, cycle, 1);
    for (let hop = 1, at = shadow.upstream[pe]!; at !== -1; at = shadow.upstream[at]!, hop++) {
      occupy(cells, `s[${at}]`, cycle - hop * delay, delay);
      occupy(cells, `wire to s[${at}]`, cycle - hop * delay, 1);
    }
    if (!shadow.drains) continue;
    const taken = cycle + design.spec.size[2] * design.periodCycles;
    travel(shadow, pe, taken, (through, when) => occupy(cells, `s[${through}]`, when, delay));
  }
}

function travel(network: Network, from: number, cycle: number, visit: (pe: number, cycle: number) => void): void {
  for (let pe = from, at = cycle; pe !== -1; pe = network.downstream[pe]!, at += network.delayCycles) visit(pe, at);
}

function meet(cells: ReadonlySet<string>, shiftCycles: number): boolean {
  for (const cell of cells) {
    const [register, cycle] = cell.split(' @ ') as [string, string];
    if (cells.has(`${register} @ ${Number(cycle) + shiftCycles}`)) return true;
  }
  return false;
}

/** Distances at which two tiles meet, up to the one at which the second starts when the first has left. */
function meetingDistances(design: Design): number[] {
  const cells = occupancy(design);
  const distances = Array.from({ length: design.schedule.spanCycles + 2 }, (_, n) => n + 1);
  return distances.filter((distance) => meet(cells, distance));
}

const conflictCycles = ({ schedule, periodCycles }: Design) =>
  schedule.conflictSteps.map((step) => step * periodCycles);

describe('the schedule', () => {
  test.each(Object.keys(MATRICES))('tells the distances at which two tiles meet in a register, for %s', (name) => {
    for (const size of [
      [3, 2, 4],
      [1, 4, 3],
      [4, 3, 1],
      [2, 5, 2],
    ] as const) {
      const design = designOf({ matrix: MATRICES[name]!, size });
      expect(conflictCycles(design)).toEqual(meetingDistances(design));
    }
  });

  it('tells the distances at which two tiles meet in a register, for any legal matrix', () => {
    everyDesign((design) => {
      expect(conflictCycles(design)).toEqual(meetingDistances(design));
    }, 60);
  });

  it('repeats tiles at the smallest distance all of whose multiples are free', () => {
    everyDesign(({ schedule: { conflictSteps, initiationSteps } }) => {
      const free = (m: number) => conflictSteps.every((step) => step % m !== 0);
      expect(free(initiationSteps)).toBe(true);
      for (let m = 1; m < initiationSteps; m++) expect(free(m)).toBe(false);
    });
  });

  test.each([
    ['output_stationary', 1],
    ['row_stationary', 1],
    ['col_stationary_eq', 1],
    ['no_local_reuse', 16 / 37],
  ])('of a 4×4×4 array with projection %s bounds the utilisation by %d', (preset, bound) => {
    expect(designOf({ matrix: MATRICES[preset]!, size: [4, 4, 4] }).schedule.utilisationBound).toBe(bound);
  });

  it('starts with the first beat in cycle 0 and ends with the last result or operand', () => {
    everyDesign(({ schedule }) => {
      const cyclesOf = (beats: typeof schedule.results) =>
        beats.flatMap(({ cycle, cycleStep, count }) => Array.from({ length: count }, (_, n) => cycle + n * cycleStep));
      const fed = schedule.feeds.flatMap(cyclesOf);
      const taken = cyclesOf(schedule.results);
      expect(Math.min(...fed)).toBe(0);
      expect(Math.max(...taken)).toBe(schedule.latencyCycles - 1);
      expect(Math.max(...fed, ...taken)).toBe(schedule.spanCycles - 1);
    });
  });

  it('takes every result of a tile exactly once', () => {
    everyDesign(({ schedule, spec }) => {
      const taken = schedule.results.flatMap(({ point, step, count }) =>
        Array.from({ length: count }, (_, n) => `${point[0] + n * step[0]},${point[1] + n * step[1]}`),
      );
      expect(taken.length).toBe(spec.size[0] * spec.size[1]);
      expect(new Set(taken).size).toBe(taken.length);
    });
  });
});
