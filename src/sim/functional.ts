import type { Design, Network } from '../design/design.ts';
import { type PeLookup, peLookup } from '../design/network.ts';
import { type Arithmetic, integerArithmetic, type Value } from '../dtype/arithmetic.ts';
import { FAULT_NODES, type FaultNode } from '../fault/fault.ts';
import { addScaled, intersect, inverseOf, placeOf, stepsWithin, timeOf } from '../projection/geometry.ts';
import { LINE_AXIS, type Line, type Vector3 } from '../projection/space-time.ts';
import type { FaultDrive } from '../schedule/beats.ts';
import type { JobPlan, Tile } from '../schedule/plan.ts';
import type { JobOperands } from '../schedule/segments.ts';
import type { TensorData } from '../tensor/tensor.ts';
import { formatsOf } from './formats.ts';
import { groupFaults, type NodeFaults } from './node-faults.ts';
import { multiplyAdd } from './reference.ts';
import { Turns } from './turns.ts';

/** The result of a functional run: R (row-major, the array's dtype c) and how often each fault fired. */
export interface FunctionalRun {
  readonly result: TensorData;
  readonly firedCycles: readonly number[];
}

/** Tell whether the closed form covers a fault; one in a control token changes what a whole row of PEs does. */
export function coversFault({ nodeCode }: FaultDrive): boolean {
  const node = FAULT_NODES[nodeCode]!;
  return node !== 'first' && node !== 'last';
}

/**
 * Run a planned job by the closed form: the fault-free product by the plain loop, and then, one by one, the outputs
 * that a fault can reach, each by a walk along its sum's path in which every operand is traced back to the edge.
 */
export async function runFunctional(
  design: Design,
  plan: JobPlan,
  operands: JobOperands,
  drives: readonly FaultDrive[],
  control: FunctionalControl = {},
): Promise<FunctionalRun> {
  const turns = new Turns(control.signal);
  const slices = sliceJob(design, plan, operands);
  const walker = drives.length === 0 ? null : new Walker(design, plan, operands, drives);
  const reach = await findReach(design, plan, drives, turns);
  let result = operands.c.data;
  for (const slice of slices) {
    walker?.partials.push(result);
    result = slice.compute(result);
    for (const tile of slice.tiles) {
      walker?.recompute(tile, reach.get(tile.index), result);
      if (!turns.due) continue;
      control.onProgress?.(tile.index, plan.tiles.length);
      await turns.take();
    }
  }
  walker?.partials.push(result);
  return { result, firedCycles: (await walker?.countFired(turns)) ?? [] };
}

/** How many cycles of counting pass between two looks at the clock. */
const CYCLES_PER_LOOK = 4096;

export interface FunctionalControl {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with finished and total tiles. */
  readonly onProgress?: ((doneTiles: number, totalTiles: number) => void) | undefined;
}

interface Slice {
  readonly tiles: readonly Tile[];
  compute(c: TensorData): TensorData;
}

/** Group the tiles of a job by their slice of the inner dimension. */
function sliceJob(design: Design, plan: JobPlan, { a, b }: JobOperands): Slice[] {
  const depth = design.spec.size[2];
  const perSlice = plan.tiles.length / Math.ceil(plan.inner / depth);
  return Array.from({ length: plan.tiles.length / perSlice }, (_, n) => ({
    tiles: plan.tiles.slice(n * perSlice, (n + 1) * perSlice),
    compute: (c: TensorData) =>
      multiplyAdd(a, b, c, design.spec.types.c, { start: n * depth, end: Math.min(plan.inner, (n + 1) * depth) }),
  }));
}

/** For each tile the outputs (i − 1)·N2 + (j − 1) that a fault may change. */
type Reach = ReadonlyMap<number, ReadonlySet<number>>;

/** List the outputs whose sum, or an operand of one of whose products, passes a faulty node within its window. */
async function findReach(design: Design, plan: JobPlan, drives: readonly FaultDrive[], turns: Turns): Promise<Reach> {
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

interface ReachedPe {
  readonly pe: number;
  /** Cycles from the fault's action to the moment in which the PE's point, timed on the a/b plane, is worked on. */
  readonly delay: number;
  /** Whether a stationary operand carries the damage on after the window. */
  readonly persists: boolean;
}

function reachedPes(design: Design, drive: FaultDrive): ReachedPe[] {
  const node = FAULT_NODES[drive.nodeCode]!;
  const lag = design.planeLagCycles;
  if (node === 'c' || node === 'c_in') return [{ pe: drive.peIndex, delay: -lag, persists: false }];
  if (node === 'p') return [{ pe: drive.peIndex, delay: -1, persists: false }];
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
function sumPoints(design: Design, pe: number): { point: Vector3; cycle: number }[] {
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

const lookups = new WeakMap<Design, PeLookup>();

/** Make the lookup from positions to PEs once per design. */
function lookupOf(design: Design): PeLookup {
  const known = lookups.get(design) ?? peLookup(design.pes);
  lookups.set(design, known);
  return known;
}

/** Traces values through space and time: what a node holds in a cycle follows from where its value came from. */
class Walker {
  /** The sums that enter each slice, and in the end the result. */
  readonly partials: TensorData[] = [];
  readonly #design: Design;
  readonly #plan: JobPlan;
  readonly #operands: JobOperands;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #pointAt: (x: number, y: number, t: number) => Vector3 | null;
  readonly #faults: NodeFaults;
  readonly #tainted: Record<'a' | 'b', Uint8Array>;
  readonly #fired: number[];
  readonly #peAt: (i: number, j: number, k: number) => number;

  constructor(design: Design, plan: JobPlan, operands: JobOperands, drives: readonly FaultDrive[]) {
    this.#design = design;
    this.#plan = plan;
    this.#operands = operands;
    this.#arithmetic = integerArithmetic(formatsOf(design)) as Arithmetic<Value>;
    this.#pointAt = inverseOf(design.matrix);
    this.#fired = drives.map(() => 0);
    this.#faults = groupFaults(design, this.#arithmetic, drives);
    this.#tainted = { a: this.#taint('a'), b: this.#taint('b') };
    const peAt = lookupOf(design);
    this.#peAt = (i, j, k) => peAt(...placeOf(design.matrix, [i, j, k]));
  }

  /** Work out the given outputs of a tile again, now with the faults, and put them into the slice's result. */
  recompute(tile: Tile, outputs: ReadonlySet<number> | undefined, result: TensorData): void {
    const columns = this.#design.spec.size[1];
    for (const output of outputs ?? []) {
      const i = Math.floor(output / columns) + 1;
      const j = (output % columns) + 1;
      const row = tile.row + i - 1;
      const column = tile.column + j - 1;
      if (row >= this.#plan.rows || column >= this.#plan.columns) continue;
      result[row * this.#plan.columns + column] = this.#sum(tile, i, j) as never;
    }
  }

  /** Count for each fault the cycles of the job in which it changed its node. */
  async countFired(turns: Turns): Promise<number[]> {
    for (const [node, byPe] of this.#faults) {
      for (const [pe, faults] of byPe) {
        const first = Math.min(...faults.map(({ drive }) => drive.firstCycle));
        const last = Math.min(this.#plan.cycles - 1, Math.max(...faults.map(({ drive }) => drive.lastCycle)));
        const inputs = this.#nodeInputs(node, pe);
        for (let cycle = 0; cycle <= last; cycle++) {
          if (cycle % CYCLES_PER_LOOK === 0 && turns.due) await turns.take();
          const input = inputs(cycle, cycle >= first);
          if (cycle < first) continue;
          let value = input;
          for (const { drive, number, apply } of faults) {
            if (cycle < drive.firstCycle || cycle > drive.lastCycle) continue;
            const after = apply(value);
            if (after !== value) this.#fired[number]!++;
            value = after;
          }
        }
      }
    }
    return this.#fired;
  }

  /** Walk a sum of a tile from where it enters to where it leaves. */
  #sum(tile: Tile, i: number, j: number): Value {
    const { spec, lines, matrix, schedule, planeLagCycles } = this.#design;
    const n3 = spec.size[2];
    const network = lines.c.network;
    let pe = this.#peAt(i, j, 1);
    let k = 1;
    let end = n3;
    if (network) {
      k = 1 - network.entryHops[pe]!;
      end = n3 + network.exitHops[this.#peAt(i, j, n3)]!;
      pe = network.entries[network.entryLane[pe]!]!;
    }
    let cycle = tile.startCycle + timeOf(matrix, [i, j, k]) - schedule.originTime + planeLagCycles;
    let value = this.#fed('c', tile, i, j, k);
    for (; k <= end; k++, cycle += lines.c.delayCycles) {
      const inside = k >= 1 && k <= n3;
      value = this.#applyAt('c_in', pe, cycle, value);
      value = this.#arithmetic.accumulate(value, this.#product(pe, cycle, inside ? tile : null, i, j, k));
      value = this.#applyAt('c', pe, cycle, value);
      if (network) pe = network.downstream[pe]!;
    }
    return value;
  }

  /** The product that the adder of a PE takes in a cycle; `tile` names the owner of the point when it lies in the box. */
  #product(pe: number, cycle: number, tile: Tile | null, i: number, j: number, k: number): Value {
    const lag = this.#design.planeLagCycles;
    const start = cycle - lag;
    const productCycle = cycle - 1;
    let product = this.#arithmetic.zero;
    if (this.#tainted.a[pe] || this.#tainted.b[pe] || tile === null) {
      // Outside the box one of the operands is zero, unless a fault has changed it on its way here.
      if (tile !== null || this.#tainted.a[pe] || this.#tainted.b[pe]) {
        product = this.#arithmetic.multiply(this.#operand('a', pe, start), this.#operand('b', pe, start));
      }
    } else {
      product = this.#arithmetic.multiply(this.#fed('a', tile, i, j, k), this.#fed('b', tile, i, j, k));
    }
    if (lag === 1) return product;
    return productCycle < 0 ? this.#arithmetic.zero : this.#applyAt('p', pe, productCycle, product);
  }

  /** What register a or b of a PE takes in a cycle. */
  #operand(line: 'a' | 'b', pe: number, cycle: number): Value {
    if (cycle < 0) return this.#arithmetic.zero;
    const { network, delayCycles } = this.#design.lines[line];
    if (!network) return this.#heldOperand(line, pe, cycle);
    if (!this.#tainted[line][pe]) {
      const entry = network.entries[network.entryLane[pe]!]!;
      return this.#fedAt(line, entry, cycle - delayCycles * network.entryHops[pe]!);
    }
    return this.#applyAt(line, pe, cycle, this.#arriving(line, network, pe, cycle));
  }

  /** What a moving line brings to a PE in a cycle, before the faults of the PE's register. */
  #arriving(line: 'a' | 'b', network: Network, pe: number, cycle: number): Value {
    const { delayCycles } = network;
    const out = `${line}_out` as const;
    let hops = network.entryHops[pe]!;
    let at = network.entries[network.entryLane[pe]!]!;
    let time = cycle - delayCycles * hops;
    let value = this.#fedAt(line, at, time);
    for (; hops > 0; hops--, at = network.downstream[at]!, time += delayCycles) {
      if (time >= 0) value = this.#applyAt(line, at, time, value);
      if (time >= -1) value = this.#applyAt(out, at, time + 1, value);
    }
    return value;
  }

  /** What the register of a stationary operand holds: the last value loaded, changed in every step since. */
  #heldOperand(line: 'a' | 'b', pe: number, cycle: number): Value {
    const { delayCycles } = this.#design.lines[line];
    const load = this.#lastLoad(line, pe, cycle);
    let value = load ? load.value : this.#arithmetic.zero;
    if (!this.#faults.get(line)?.has(pe)) return value;
    for (let time = load ? load.cycle : cycle % delayCycles; time <= cycle; time += delayCycles) {
      value = this.#applyAt(line, pe, time, value);
    }
    return value;
  }

  /** Find the latest load of a stationary line at a PE, in the same phase, up to a cycle (timed on the a/b plane). */
  #lastLoad(line: Line, pe: number, cycle: number): { cycle: number; value: Value } | null {
    const { matrix, schedule, kernel, pes, periodCycles } = this.#design;
    const axis = LINE_AXIS[line];
    const { point } = pes[pe]!;
    const first = addScaled(point, (1 - point[axis]) / kernel[axis], kernel);
    const offset = timeOf(matrix, first) - schedule.originTime;
    for (let n = this.#tilesUntil(cycle - offset) - 1; n >= 0; n--) {
      const tile = this.#plan.tiles[n]!;
      const loaded = tile.startCycle + offset;
      if ((cycle - loaded) % periodCycles === 0) {
        return { cycle: loaded, value: this.#fed(line, tile, first[0], first[1], first[2]) };
      }
    }
    return null;
  }

  /** The value that the edge feeds to an entry PE of a line in a cycle; zero between beats. */
  #fedAt(line: Line, pe: number, cycle: number): Value {
    if (cycle < 0) return this.#arithmetic.zero;
    const { x, y } = this.#design.pes[pe]!;
    const { spanCycles, originTime } = this.#design.schedule;
    const time = originTime + cycle - (line === 'c' ? this.#design.planeLagCycles : 0);
    for (let n = this.#tilesUntil(cycle) - 1; n >= 0; n--) {
      const tile = this.#plan.tiles[n]!;
      if (tile.startCycle <= cycle - spanCycles) break;
      const point = this.#pointAt(x, y, time - tile.startCycle);
      if (point && this.#ownsElement(line, point)) return this.#fed(line, tile, point[0], point[1], point[2]);
    }
    return this.#arithmetic.zero;
  }

  #ownsElement(line: Line, point: Vector3): boolean {
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

  /** The element of an operand that a point of a tile uses; zero in the padding. */
  #fed(line: Line, tile: Tile, i: number, j: number, k: number): Value {
    const { rows, inner, columns } = this.#plan;
    const row = tile.row + i - 1;
    const column = tile.column + j - 1;
    const depth = tile.depth + k - 1;
    const { a, b } = this.#operands;
    if (line === 'a')
      return row < rows && depth < inner ? this.#element(a.data, row * inner + depth) : this.#arithmetic.zero;
    if (line === 'b') {
      return depth < inner && column < columns
        ? this.#element(b.data, depth * columns + column)
        : this.#arithmetic.zero;
    }
    const partial = this.partials[tile.depth / this.#design.spec.size[2]]!;
    return row < rows && column < columns ? this.#element(partial, row * columns + column) : this.#arithmetic.zero;
  }

  #element(data: TensorData, at: number): Value {
    return this.#arithmetic.of(data[at]!);
  }

  #applyAt(node: FaultNode, pe: number, cycle: number, value: Value): Value {
    const faults = this.#faults.get(node)?.get(pe);
    if (!faults) return value;
    let faulty = value;
    for (const { drive, apply } of faults) {
      if (cycle >= drive.firstCycle && cycle <= drive.lastCycle) faulty = apply(faulty);
    }
    return faulty;
  }

  /** Mark the PEs that a line reaches through a faulty node. */
  #taint(line: 'a' | 'b'): Uint8Array {
    const tainted = new Uint8Array(this.#design.pes.length);
    const { network } = this.#design.lines[line];
    for (const node of [line, `${line}_out`] as const) {
      for (const pe of this.#faults.get(node)?.keys() ?? []) {
        for (let at = pe; at !== -1; at = network ? network.downstream[at]! : -1) tainted[at] = 1;
      }
    }
    return tainted;
  }

  /**
   * Make the function that tells what enters a node in a cycle, before the node's own faults. It is called for every
   * cycle in ascending order; the value counts only where `needed`.
   */
  #nodeInputs(node: FaultNode, pe: number): (cycle: number, needed: boolean) => Value {
    const { zero, multiply } = this.#arithmetic;
    switch (node) {
      case 'a':
      case 'b': {
        const { network } = this.#design.lines[node];
        if (!network) return this.#heldInputs(node, pe);
        return (cycle, needed) => (needed ? this.#arriving(node, network, pe, cycle) : zero);
      }
      case 'a_out':
        return (cycle, needed) => (needed ? this.#operand('a', pe, cycle - 1) : zero);
      case 'b_out':
        return (cycle, needed) => (needed ? this.#operand('b', pe, cycle - 1) : zero);
      case 'p':
        return (cycle, needed) =>
          needed ? multiply(this.#operand('a', pe, cycle - 1), this.#operand('b', pe, cycle - 1)) : zero;
      default:
        return this.#design.lines.c.network
          ? (cycle, needed) => (needed ? this.#passingSum(node, pe, cycle) : zero)
          : this.#heldSums(node, pe);
    }
  }

  /** A stationary operand's register, cycle by cycle. */
  #heldInputs(line: 'a' | 'b', pe: number): (cycle: number) => Value {
    const { delayCycles } = this.#design.lines[line];
    const held: Value[] = new Array(delayCycles).fill(this.#arithmetic.zero);
    return (cycle) => {
      const load = this.#lastLoad(line, pe, cycle);
      const phase = cycle % delayCycles;
      const input = load?.cycle === cycle ? load.value : held[phase]!;
      held[phase] = this.#applyAt(line, pe, cycle, input);
      return input;
    };
  }

  /** A stationary sum's register or adder input, cycle by cycle. */
  #heldSums(node: FaultNode, pe: number): (cycle: number) => Value {
    const { delayCycles } = this.#design.lines.c;
    const lag = this.#design.planeLagCycles;
    const held: Value[] = new Array(delayCycles).fill(this.#arithmetic.zero);
    return (cycle) => {
      const load = this.#lastLoad('c', pe, cycle - lag);
      const phase = cycle % delayCycles;
      const entering = load?.cycle === cycle - lag ? load.value : held[phase]!;
      const adding = this.#applyAt('c_in', pe, cycle, entering);
      const sum = this.#arithmetic.accumulate(adding, this.#anyProduct(pe, cycle));
      held[phase] = this.#applyAt('c', pe, cycle, sum);
      return node === 'c_in' ? entering : sum;
    };
  }

  /** What a moving sum is at a PE in a cycle, on entering the adder or on leaving it. */
  #passingSum(node: FaultNode, pe: number, cycle: number): Value {
    const network = this.#design.lines.c.network!;
    let hops = network.entryHops[pe]!;
    let at = network.entries[network.entryLane[pe]!]!;
    let time = cycle - network.delayCycles * hops;
    let value = this.#fedAt('c', at, time);
    for (; ; hops--, at = network.downstream[at]!, time += network.delayCycles) {
      if (hops === 0 && node === 'c_in') return value;
      if (time >= 0) {
        value = this.#applyAt('c_in', at, time, value);
        value = this.#arithmetic.accumulate(value, this.#anyProduct(at, time));
      }
      if (hops === 0) return value;
      if (time >= 0) value = this.#applyAt('c', at, time, value);
    }
  }

  /** The product that the adder of a PE takes in a cycle, whatever tile its operands belong to. */
  #anyProduct(pe: number, cycle: number): Value {
    const start = cycle - this.#design.planeLagCycles;
    const product = this.#arithmetic.multiply(this.#operand('a', pe, start), this.#operand('b', pe, start));
    if (this.#design.planeLagCycles === 1) return product;
    return cycle < 1 ? this.#arithmetic.zero : this.#applyAt('p', pe, cycle - 1, product);
  }
}
