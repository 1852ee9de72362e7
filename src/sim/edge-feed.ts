import type { Design } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import { type ElementStore, elementStore } from '../dtype/element-store.ts';
import { addScaled, inverseOf, timeOf } from '../projection/geometry.ts';
import { LINE_AXIS, type Line, type Vector3 } from '../projection/space-time.ts';
import type { JobPlan, Tile } from '../schedule/plan.ts';
import type { JobOperands } from '../schedule/segments.ts';
import type { TensorData } from '../tensor/tensor.ts';

/** A value put into a PE of a stationary line. */
export interface Load {
  readonly cycle: number;
  readonly value: Value;
}

/** Tells which element of which tile the edge feeds to a PE in a cycle, from T alone. */
export class EdgeFeed {
  /** The sums that enter each slice of the inner dimension (M×N, row-major), as far as they are known. */
  readonly partials: TensorData[] = [];
  readonly #design: Design;
  readonly #plan: JobPlan;
  readonly #operands: JobOperands;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #stores: Readonly<Record<Line, ElementStore>>;
  readonly #pointAt: (x: number, y: number, t: number) => Vector3 | null;

  constructor(design: Design, plan: JobPlan, operands: JobOperands, arithmetic: Arithmetic<Value>) {
    this.#design = design;
    this.#plan = plan;
    this.#operands = operands;
    this.#arithmetic = arithmetic;
    const { a, b, c } = design.spec.types;
    this.#stores = { a: elementStore(a), b: elementStore(b), c: elementStore(c) };
    this.#pointAt = inverseOf(design.matrix);
  }

  /** The element of an operand that a point of a tile uses; zero in the padding. */
  element(line: Line, tile: Tile, i: number, j: number, k: number): Value {
    const { rows, inner, columns } = this.#plan;
    const { a, b } = this.#operands;
    const row = tile.row + i - 1;
    const column = tile.column + j - 1;
    const depth = tile.depth + k - 1;
    switch (line) {
      case 'a':
        return row < rows && depth < inner ? this.#read('a', a.data, row * inner + depth) : this.#arithmetic.zero;
      case 'b':
        return depth < inner && column < columns
          ? this.#read('b', b.data, depth * columns + column)
          : this.#arithmetic.zero;
      case 'c': {
        const partial = this.partials[tile.depth / this.#design.spec.size[2]]!;
        return row < rows && column < columns
          ? this.#read('c', partial, row * columns + column)
          : this.#arithmetic.zero;
      }
    }
  }

  /** The value that the edge feeds to an entry PE of a moving line in a cycle; zero between beats. */
  at(line: Line, pe: number, cycle: number): Value {
    const { x, y } = this.#design.pes[pe]!;
    const { spanCycles, originTime } = this.#design.schedule;
    const time = originTime + cycle - (line === 'c' ? this.#design.planeLagCycles : 0);
    for (let n = this.#tilesUntil(cycle) - 1; n >= 0; n--) {
      const tile = this.#plan.tiles[n]!;
      if (tile.startCycle <= cycle - spanCycles) break;
      const point = this.#pointAt(x, y, time - tile.startCycle);
      if (point && this.#inRange(line, point)) return this.element(line, tile, point[0], point[1], point[2]);
    }
    return this.#arithmetic.zero;
  }

  /** The latest load of a stationary line at a PE, in the phase of a cycle and up to it (timed on the a/b plane). */
  lastLoad(line: Line, pe: number, cycle: number): Load | null {
    const { matrix, schedule, kernel, pes, periodCycles } = this.#design;
    const axis = LINE_AXIS[line];
    const { point } = pes[pe]!;
    const first = addScaled(point, (1 - point[axis]) / kernel[axis], kernel);
    const offset = timeOf(matrix, first) - schedule.originTime;
    for (let n = this.#tilesUntil(cycle - offset) - 1; n >= 0; n--) {
      const tile = this.#plan.tiles[n]!;
      const loaded = tile.startCycle + offset;
      if ((cycle - loaded) % periodCycles === 0) {
        return { cycle: loaded, value: this.element(line, tile, first[0], first[1], first[2]) };
      }
    }
    return null;
  }

  #inRange(line: Line, point: Vector3): boolean {
    const { size } = this.#design.spec;
    return ([0, 1, 2] as const).every(
      (axis) => axis === LINE_AXIS[line] || (point[axis] >= 1 && point[axis] <= size[axis]),
    );
  }

  /** Count the tiles that start in or before a cycle. */
  #tilesUntil(cycle: number): number {
    const { tiles } = this.#plan;
    let low = 0;
    let high = tiles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tiles[middle]!.startCycle <= cycle) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #read(line: Line, data: TensorData, at: number): Value {
    return this.#arithmetic.of(this.#stores[line].read(data, at));
  }
}
