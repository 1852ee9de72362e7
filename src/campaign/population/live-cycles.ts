import type { Design, Network } from '../../design/design.ts';
import { dtypeInfo } from '../../dtype/dtype.ts';
import { FAULT_KINDS, FAULT_NODES, type FaultNode } from '../../fault/fault.ts';
import { passagesAt, tokenPath } from '../../sim/control-reach.ts';
import { reachedPes, sumPoints } from '../../sim/reach.ts';
import type { TileScope } from './tile-classes.ts';

/** For every PE the cycles of a tile, in ascending order, in which a node of it holds what can change an output. */
export type LiveCycles = readonly Int32Array[];

/** Works out the live cycles of each node once per scope. */
export class LiveCycleTable {
  readonly #design: Design;
  readonly #shared: ReadonlySet<FaultNode>;
  readonly #zeroIsHarmless: boolean;
  readonly #points: readonly ReturnType<typeof sumPoints>[];
  readonly #known = new Map<string, LiveCycles>();

  /** @param shared nodes of which any cycle may matter to several tiles: of a tile, all steps count */
  constructor(design: Design, shared: ReadonlySet<FaultNode>) {
    this.#design = design;
    this.#shared = shared;
    this.#zeroIsHarmless = zeroFactorIsHarmless(design);
    this.#points = design.pes.map(({ index }) => sumPoints(design, index));
  }

  /** Any other cycle is dead: a fault in it changes no output of the scope, whatever the operands are. */
  of(node: FaultNode, scope: TileScope): LiveCycles {
    const key = `${node} ${scope.rows} ${scope.columns} ${scope.inner}`;
    const known = this.#known.get(key) ?? this.#workOut(node, scope).map((cycles) => this.#withinTile(node, cycles));
    this.#known.set(key, known);
    return known;
  }

  #workOut(node: FaultNode, scope: TileScope): Int32Array[] {
    const { pes, lines, tokens } = this.#design;
    switch (node) {
      case 's':
        return pes.map(({ index }) => distinct(this.#chainCycles(index, scope)));
      case 'last':
        return pes.map(({ index }) => distinct(this.#lastCycles(index, scope)));
      case 'first':
        // A wrong token leaves a wrong value behind until the next load.
        return alongPath(lines[tokens!.carrier].network!, (pe) => this.#ownCycles(node, pe, scope, true));
      case 'a':
      case 'b': {
        const { network } = lines[node];
        if (network) return alongPath(network, (pe) => this.#ownCycles(node, pe, scope, false));
        return this.#atOwnPe(node, scope);
      }
      case 'a_out':
      case 'b_out': {
        const line = node === 'a_out' ? 'a' : 'b';
        const { downstream, delayCycles } = lines[line].network!;
        const taken = this.of(line, scope);
        // The wire carries in the next cycle what the register takes.
        return pes.map(({ index }) => shift(taken[downstream[index]!] ?? NO_CYCLES, 1 - delayCycles));
      }
      default:
        return this.#atOwnPe(node, scope);
    }
  }

  /** Live cycles of a node that gets to no other PE but within sums. */
  #atOwnPe(node: FaultNode, scope: TileScope): Int32Array[] {
    return this.#design.pes.map(({ index }) => {
      const [at] = reachedPes(this.#design, {
        peIndex: index,
        nodeCode: FAULT_NODES.indexOf(node),
        kindCode: FAULT_KINDS.indexOf('flip'),
        mask: 1n,
        value: 0n,
        firstCycle: 0,
        lastCycle: Number.POSITIVE_INFINITY,
      });
      return shift(this.#ownCycles(node, index, scope, at!.persists), -at!.delay);
    });
  }

  /** The cycles, on the a/b plane, of the steps at a PE that count; with those before them, of a value that stays. */
  #ownCycles(node: FaultNode, pe: number, { rows, columns, inner }: TileScope, persists: boolean): Int32Array {
    const points = this.#points[pe]!;
    const idleCounts = !/^[ab]/.test(node) || this.#shared.has(node) || !this.#zeroIsHarmless;
    const counting = points.filter(
      ({ point: [i, j, k] }) => isWithin(i, rows) && isWithin(j, columns) && (idleCounts || (k >= 1 && k <= inner)),
    );
    const taken = persists ? points.slice(0, points.indexOf(counting.at(-1)!) + 1) : counting;
    return Int32Array.from(taken, ({ cycle }) => cycle);
  }

  /** The cycles in which a PE takes a token that gets to a passage of the scope, on this PE or another. */
  *#lastCycles(pe: number, scope: TileScope): Generator<number> {
    for (const { pe: reached, delay } of tokenPath(this.#design, pe)) {
      for (const cycle of this.#chainCycles(reached, scope)) yield cycle - this.#design.planeLagCycles - delay;
    }
  }

  /** The cycles in which the chain register of a PE takes a load or a result of the scope. */
  *#chainCycles(pe: number, { rows, columns }: TileScope): Generator<number> {
    const width = this.#design.spec.size[1];
    for (const { cycle, step } of passagesAt(this.#design, pe)) {
      const [i, j] = [Math.floor(step.output / width) + 1, (step.output % width) + 1];
      if (isWithin(i, rows) && isWithin(j, columns)) yield cycle;
    }
  }

  /** What gets to another tile may have set out before its own began. */
  #withinTile(node: FaultNode, cycles: Int32Array): Int32Array {
    const { spanCycles } = this.#design.schedule;
    return this.#shared.has(node) ? cycles : cycles.filter((cycle) => cycle >= 0 && cycle < spanCycles);
  }
}

/**
 * Tell whether a changed operand does nothing where the other is a padding zero. In floating point the product could become
 * NaN or another zero, and operators of one's own may do anything.
 */
export function zeroFactorIsHarmless({ spec: { types, operators } }: Design): boolean {
  return !operators.multiplier && !operators.adder && dtypeInfo(types.a).kind === 'integer';
}

const NO_CYCLES = new Int32Array();

/** Live cycles of what a network hands on: those of each PE itself and, some cycles before, those of the PEs behind it. */
function alongPath(
  { downstream, exitHops, delayCycles }: Network,
  ownCycles: (pe: number) => Int32Array,
): Int32Array[] {
  const cycles: Int32Array[] = Array.from(downstream, () => NO_CYCLES);
  const lastFirst = [...downstream.keys()].sort((p, q) => exitHops[p]! - exitHops[q]!);
  for (const pe of lastFirst) {
    const behind = cycles[downstream[pe]!] ?? NO_CYCLES;
    cycles[pe] = merge(ownCycles(pe), shift(behind, -delayCycles));
  }
  return cycles;
}

/** Join two ascending lists, each value once. */
function merge(one: Int32Array, other: Int32Array): Int32Array {
  const merged = new Int32Array(one.length + other.length);
  let length = 0;
  for (let p = 0, q = 0; p < one.length || q < other.length; ) {
    const next = Math.min(one[p] ?? Number.POSITIVE_INFINITY, other[q] ?? Number.POSITIVE_INFINITY);
    if (one[p] === next) p++;
    if (other[q] === next) q++;
    merged[length++] = next;
  }
  return merged.slice(0, length);
}

function shift(cycles: Int32Array, by: number): Int32Array {
  return cycles.map((cycle) => cycle + by);
}

function distinct(cycles: Iterable<number>): Int32Array {
  return Int32Array.from(new Set(cycles)).sort();
}

function isWithin(value: number, [from, to]: readonly [number, number]): boolean {
  return value >= from && value <= to;
}
