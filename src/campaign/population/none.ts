import type { Design } from '../../design/design.ts';
import { dtypeInfo } from '../../dtype/dtype.ts';
import { FAULT_KINDS, FAULT_NODES, type FaultNode } from '../../fault/fault.ts';
import type { Vector3 } from '../../projection/space-time.ts';
import { passagesAt, tokenPath } from '../../sim/control-reach.ts';
import { reachedPes, sumPoints } from '../../sim/reach.ts';
import type { TileScope } from './tile-classes.ts';

/** For every PE the cycles of a tile, in ascending order, in which a node of it holds what can change an output. */
export type LiveCycles = readonly (readonly number[])[];

/** Works out the live cycles of each node once per scope. */
export class LiveCycleTable {
  readonly #design: Design;
  readonly #points: readonly ReturnType<typeof sumPoints>[];
  readonly #shared: ReadonlySet<FaultNode>;
  readonly #zeroIsHarmless: boolean;
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
    const known = this.#known.get(key) ?? this.#workOut(node, scope);
    this.#known.set(key, known);
    return known;
  }

  #workOut(node: FaultNode, scope: TileScope): LiveCycles {
    const { spanCycles } = this.#design.schedule;
    return this.#design.pes.map(({ index }) => {
      const cycles = [...new Set(this.#cyclesAt(node, index, scope))];
      return cycles.filter((cycle) => cycle >= 0 && cycle < spanCycles).sort((p, q) => p - q);
    });
  }

  *#cyclesAt(node: FaultNode, pe: number, scope: TileScope): Generator<number> {
    if (node === 's') {
      yield* this.#chainCycles(pe, scope);
      return;
    }
    if (node === 'last') {
      for (const { pe: reached, delay } of tokenPath(this.#design, pe)) {
        for (const cycle of this.#chainCycles(reached, scope)) yield cycle - this.#design.planeLagCycles - delay;
      }
      return;
    }
    for (const { pe: reached, delay, persists } of this.#reached(node, pe)) {
      const points = this.#points[reached]!;
      const last = points.findLastIndex(({ point }) => this.#counts(node, point, scope));
      for (let n = 0; n <= last; n++) {
        const { point, cycle } = points[n]!;
        if (persists || this.#counts(node, point, scope)) yield cycle - delay;
      }
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

  /** The PEs that a fault gets to. A wrong `first` leaves a wrong value behind until the next load. */
  #reached(node: FaultNode, pe: number): Iterable<{ pe: number; delay: number; persists: boolean }> {
    if (node === 'first') return Array.from(tokenPath(this.#design, pe), (at) => ({ ...at, persists: true }));
    return reachedPes(this.#design, {
      peIndex: pe,
      nodeCode: FAULT_NODES.indexOf(node),
      kindCode: FAULT_KINDS.indexOf('flip'),
      mask: 1n,
      value: 0n,
      firstCycle: 0,
      lastCycle: Number.POSITIVE_INFINITY,
    });
  }

  /** Whether a fault that shows in the step (i, j, k) can change an output. */
  #counts(node: FaultNode, [i, j, k]: Vector3, { rows, columns, inner }: TileScope): boolean {
    if (!isWithin(i, rows) || !isWithin(j, columns)) return false;
    return !/^[ab]/.test(node) || (k >= 1 && k <= inner) || this.#shared.has(node) || !this.#zeroIsHarmless;
  }
}

/**
 * Tell whether a changed operand does nothing where the other is a padding zero. In floating point the product could become
 * NaN or another zero, and operators of one's own may do anything.
 */
export function zeroFactorIsHarmless({ spec: { types, operators } }: Design): boolean {
  return !operators.multiplier && !operators.adder && dtypeInfo(types.a).kind === 'integer';
}

function isWithin(value: number, [from, to]: readonly [number, number]): boolean {
  return value >= from && value <= to;
}
