import type { Design, Network } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import type { Tile } from '../schedule/plan.ts';
import type { EdgeFeed } from './edge-feed.ts';
import { type ActiveFault, applyFaults, type NodeFaults } from './node-faults.ts';

/** A faulty node that values of a moving line pass, with its distance from the edge. */
interface Hazard {
  readonly hops: number;
  readonly isWire: boolean;
  readonly faults: readonly ActiveFault[];
}

/**
 * Traces operands through space and time: what register a or b of a PE takes in a cycle is what the edge fed some
 * cycles before, through the faults that it met on its way.
 */
export class OperandTrace {
  readonly #design: Design;
  readonly #arithmetic: Arithmetic<Value>;
  readonly #feed: EdgeFeed;
  readonly #faults: NodeFaults;
  /** For each moving operand, by entry lane: the faulty nodes of that run, upstream first. */
  readonly #hazards: Readonly<Record<'a' | 'b', ReadonlyMap<number, readonly Hazard[]>>>;

  constructor(design: Design, arithmetic: Arithmetic<Value>, feed: EdgeFeed, faults: NodeFaults) {
    this.#design = design;
    this.#arithmetic = arithmetic;
    this.#feed = feed;
    this.#faults = faults;
    this.#hazards = {
      a: findHazards(faults, 'a', design.lines.a.network),
      b: findHazards(faults, 'b', design.lines.b.network),
    };
  }

  /** The product of a PE in a cycle of the a/b plane; `tile` owns the point (i, j, k) there, which lies in the box. */
  productOf(tile: Tile, i: number, j: number, k: number, pe: number, cycle: number): Value {
    return this.#arithmetic.multiply(
      this.#through('a', this.#feed.element('a', tile, i, j, k), pe, cycle),
      this.#through('b', this.#feed.element('b', tile, i, j, k), pe, cycle),
    );
  }

  /** The product of a PE in a cycle of the a/b plane, whatever tiles its operands belong to. */
  productAt(pe: number, cycle: number): Value {
    // Registers behind the multiplier were zero before anything could reach them.
    if (cycle < -1) return this.#arithmetic.zero;
    return this.#arithmetic.multiply(this.register('a', pe, cycle), this.register('b', pe, cycle));
  }

  /** Tell whether a fault can reach register a or b of a PE. */
  isExposed(pe: number): boolean {
    return this.#isExposed('a', pe) || this.#isExposed('b', pe);
  }

  /** What register a or b of a PE takes in a cycle; before cycle 0 it is zero. */
  register(line: 'a' | 'b', pe: number, cycle: number): Value {
    if (cycle < 0) return this.#arithmetic.zero;
    const { network } = this.#design.lines[line];
    if (!network) return this.#held(line, pe, cycle);
    return applyFaults(this.#faults, line, pe, cycle, this.arriving(line, network, pe, cycle));
  }

  /** What a moving line brings to a PE in a cycle, before the faults of the PE's own register. */
  arriving(line: 'a' | 'b', network: Network, pe: number, cycle: number): Value {
    const hops = network.entryHops[pe]!;
    const lane = network.entryLane[pe]!;
    const entered = cycle - network.delayCycles * hops;
    const fed = entered < 0 ? this.#arithmetic.zero : this.#feed.at(line, network.entries[lane]!, entered);
    return this.#past(line, network, lane, hops, entered, fed);
  }

  /** What a fed element has become in the register of a PE. */
  #through(line: 'a' | 'b', element: Value, pe: number, cycle: number): Value {
    const { network } = this.#design.lines[line];
    if (!network) return this.#faults.get(line)?.has(pe) ? this.#held(line, pe, cycle) : element;
    const lane = network.entryLane[pe]!;
    if (!this.#hazards[line].has(lane)) return element;
    const hops = network.entryHops[pe]!;
    const arrived = this.#past(line, network, lane, hops, cycle - network.delayCycles * hops, element);
    return applyFaults(this.#faults, line, pe, cycle, arrived);
  }

  /** Send a value that entered in a cycle past the faulty nodes of the first `hops` PEs of its run. */
  #past(line: 'a' | 'b', network: Network, lane: number, hops: number, entered: number, value: Value): Value {
    let passing = value;
    for (const hazard of this.#hazards[line].get(lane) ?? []) {
      if (hazard.hops >= hops) break;
      // The register takes the value in this cycle, the wire behind it carries it in the next.
      const cycle = entered + network.delayCycles * hazard.hops + (hazard.isWire ? 1 : 0);
      if (cycle < 0) continue;
      for (const { drive, apply } of hazard.faults) {
        if (cycle >= drive.firstCycle && cycle <= drive.lastCycle) passing = apply(passing);
      }
    }
    return passing;
  }

  /** What the register of a stationary operand takes: the last value loaded, changed in every step since. */
  #held(line: 'a' | 'b', pe: number, cycle: number): Value {
    const { delayCycles } = this.#design.lines[line];
    const load = this.#feed.lastLoad(line, pe, cycle);
    let value = load ? load.value : this.#arithmetic.zero;
    if (!this.#faults.get(line)?.has(pe)) return value;
    for (let time = load ? load.cycle : cycle % delayCycles; time <= cycle; time += delayCycles) {
      value = applyFaults(this.#faults, line, pe, time, value);
    }
    return value;
  }

  #isExposed(line: 'a' | 'b', pe: number): boolean {
    const { network } = this.#design.lines[line];
    if (!network) return this.#faults.get(line)?.has(pe) ?? false;
    const hazards = this.#hazards[line].get(network.entryLane[pe]!);
    return hazards !== undefined && hazards[0]!.hops <= network.entryHops[pe]!;
  }
}

function findHazards(faults: NodeFaults, line: 'a' | 'b', network: Network | null): Map<number, Hazard[]> {
  const hazards = new Map<number, Hazard[]>();
  if (!network) return hazards;
  for (const [node, isWire] of [[line, false] as const, [`${line}_out`, true] as const]) {
    for (const [pe, atPe] of faults.get(node) ?? []) {
      const lane = network.entryLane[pe]!;
      hazards.set(lane, [...(hazards.get(lane) ?? []), { hops: network.entryHops[pe]!, isWire, faults: atPe }]);
    }
  }
  for (const ofLane of hazards.values()) {
    ofLane.sort((p, q) => p.hops - q.hops || Number(p.isWire) - Number(q.isWire));
  }
  return hazards;
}
