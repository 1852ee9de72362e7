import type { Design, LaneBeats } from '../design/design.ts';
import { LINE_AXIS, type Line } from '../projection/space-time.ts';

/**
 * The beats of one port in one tile, a column per fact. `row` and `column` count from 0 and index the tile's block of
 * the matrix that the port carries (A: i, k; B: k, j; C and R: i, j); token ports carry none.
 */
export interface BeatTable {
  readonly length: number;
  readonly cycle: Int32Array;
  readonly lane: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/** The matrix whose elements a port carries. */
export type Operand = Line | 'token';

/** Name the operand of an input port. */
export function operandOf(design: Design, port: string): Operand {
  switch (port) {
    case 'a_i':
      return 'a';
    case 'b_i':
      return 'b';
    case 'c_i':
      return 'c';
    case 's_i':
      return design.stationary!;
    default:
      return 'token';
  }
}

const tables = new WeakMap<Design, Map<number | 'results', BeatTable>>();

/** Spread the beats of an input port (by index) or of the output port over a table; made once per design. */
export function beatTable(design: Design, port: number | 'results'): BeatTable {
  let ofDesign = tables.get(design);
  if (!ofDesign) {
    ofDesign = new Map();
    tables.set(design, ofDesign);
  }
  let table = ofDesign.get(port);
  if (!table) {
    table =
      port === 'results'
        ? spread(design.schedule.results, 'c')
        : spread(design.schedule.feeds[port]!, operandOf(design, design.inputs[port]!.name));
    ofDesign.set(port, table);
  }
  return table;
}

const ROW_AXIS: Readonly<Record<Line, 0 | 1 | 2>> = { a: 0, b: 2, c: 0 };

function spread(beats: readonly LaneBeats[], operand: Operand): BeatTable {
  const length = beats.reduce((sum, { count }) => sum + count, 0);
  const cycle = new Int32Array(length);
  const lane = new Int32Array(length);
  const row = new Int32Array(length);
  const column = new Int32Array(length);
  const rowAxis = operand === 'token' ? null : ROW_AXIS[operand];
  const columnAxis = operand === 'token' ? null : ((3 - rowAxis! - LINE_AXIS[operand]) as 0 | 1 | 2);
  let at = 0;
  for (const beat of beats) {
    for (let n = 0; n < beat.count; n++, at++) {
      cycle[at] = beat.cycle + n * beat.cycleStep;
      lane[at] = beat.lane;
      if (rowAxis === null || columnAxis === null) continue;
      row[at] = beat.point[rowAxis] + n * beat.step[rowAxis] - 1;
      column[at] = beat.point[columnAxis] + n * beat.step[columnAxis] - 1;
    }
  }
  return { length, cycle, lane, row, column };
}
