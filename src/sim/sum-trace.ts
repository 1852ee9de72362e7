import type { Design } from '../design/design.ts';
import { type PeLookup, peLookupOf } from '../design/network.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import { placeOf, timeOf } from '../projection/geometry.ts';
import type { Tile } from '../schedule/plan.ts';
import type { EdgeFeed } from './edge-feed.ts';
import { type IdleSteps, NOTHING_CHANGES } from './idle-steps.ts';
import { applyFaults, type NodeFaults } from './node-faults.ts';
import type { OperandTrace } from './operand-trace.ts';

/** Walks sums along their paths, adding what each PE adds. */
export class SumTrace {
  readonly #design: Design;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #feed: EdgeFeed;
  readonly #operands: OperandTrace;
  readonly #faults: NodeFaults;
  readonly #idle: IdleSteps;
  readonly #peAt: PeLookup;

  constructor(
    design: Design,
    arithmetic: Arithmetic<Value>,
    feed: EdgeFeed,
    operands: OperandTrace,
    faults: NodeFaults,
    idle: IdleSteps,
  ) {
    this.#design = design;
    this.#arithmetic = arithmetic;
    this.#feed = feed;
    this.#operands = operands;
    this.#faults = faults;
    this.#idle = idle;
    this.#peAt = peLookupOf(design);
  }

  /** The result (i, j) of a tile: its sum, from where it enters to where it leaves. */
  resultOf(tile: Tile, i: number, j: number): Value {
    const { spec, lines, matrix, schedule, planeLagCycles } = this.#design;
    const n3 = spec.size[2];
    const { network, delayCycles } = lines.c;
    let pe = this.#peOf(i, j, 1);
    let k = 1;
    let end = n3;
    if (network) {
      k = 1 - network.entryHops[pe]!;
      end = n3 + network.exitHops[this.#peOf(i, j, n3)]!;
      pe = network.entries[network.entryLane[pe]!]!;
    }
    let cycle = tile.startCycle + timeOf(matrix, [i, j, k]) - schedule.originTime + planeLagCycles;
    let sum = this.#feed.element('c', tile, i, j, k);
    for (; k <= end; k++, cycle += delayCycles) {
      const inBox = k >= 1 && k <= n3;
      sum = applyFaults(this.#faults, 'c_in', pe, cycle, sum);
      const product = inBox ? this.#product(tile, i, j, k, pe, cycle) : this.#idleProduct(pe, cycle, sum);
      sum = this.#arithmetic.accumulate(sum, product);
      sum = this.#stored(pe, cycle, sum);
      if (network) pe = network.downstream[pe]!;
    }
    return sum;
  }

  /** What a moving sum is at a PE in a cycle: on entering the adder, or as register c takes it before its faults. */
  passing(node: 'c' | 'c_in', pe: number, cycle: number): Value {
    const network = this.#design.lines.c.network!;
    let hops = network.entryHops[pe]!;
    let at = network.entries[network.entryLane[pe]!]!;
    let time = cycle - network.delayCycles * hops;
    let sum = time < 0 ? this.#arithmetic.zero : this.#feed.at('c', at, time);
    for (; ; hops--, at = network.downstream[at]!, time += network.delayCycles) {
      if (hops === 0 && node === 'c_in') return sum;
      if (time >= 0) {
        sum = applyFaults(this.#faults, 'c_in', at, time, sum);
        sum = this.#arithmetic.accumulate(sum, this.productAt(at, time));
      }
      if (hops === 0) return sum;
      sum = this.#stored(at, time, sum);
    }
  }

  /** The product that the adder of a PE takes in a cycle, whatever tiles its operands belong to. */
  productAt(pe: number, cycle: number): Value {
    const product = this.#operands.productAt(pe, cycle - this.#design.planeLagCycles);
    return this.#registered(pe, cycle, product);
  }

  /** The product where a sum only passes through: a zero that changes nothing, unless a fault or the values say so. */
  #idleProduct(pe: number, cycle: number, sum: Value): Value {
    return this.#idle.changes(sum) || this.#operands.isExposed(pe) || this.#showsSign(pe)
      ? this.productAt(pe, cycle)
      : this.#registered(pe, cycle, this.#arithmetic.zero);
  }

  /** Whether a fault makes a number of a PE's idle product, of which the sign of zero is then a part. */
  #showsSign(pe: number): boolean {
    return this.#idle !== NOTHING_CHANGES && (this.#faults.get('p')?.has(pe) ?? false);
  }

  /** What register c gives of a sum that entered the adder in a cycle; before cycle 0 that was zero. */
  #stored(pe: number, cycle: number, sum: Value): Value {
    const stored = cycle + this.#design.pipeline.adderLatency;
    return stored < 0 ? sum : applyFaults(this.#faults, 'c', pe, stored, sum);
  }

  #product(tile: Tile, i: number, j: number, k: number, pe: number, cycle: number): Value {
    const product = this.#operands.productOf(tile, i, j, k, pe, cycle - this.#design.planeLagCycles);
    return this.#registered(pe, cycle, product);
  }

  /** Send a product through the product register, if there is one. */
  #registered(pe: number, cycle: number, product: Value): Value {
    if (this.#design.spec.multiplierStages === 0) return product;
    return cycle < 1 ? this.#arithmetic.zero : applyFaults(this.#faults, 'p', pe, cycle - 1, product);
  }

  #peOf(i: number, j: number, k: number): number {
    return this.#peAt(...placeOf(this.#design.matrix, [i, j, k]));
  }
}
