import type { Design } from '../../design/design.ts';
import { ALWAYS, type CycleWindow, type Fault, type FaultNode } from '../../fault/fault.ts';
import { resolveFault } from '../../fault/resolve.ts';
import type { PopulationKind } from '../campaign-spec.ts';
import type { Block } from './blocks.ts';
import type { Coordinates } from './coordinates.ts';
import type { Part } from './parts.ts';
import type { PopulationFault } from './population.ts';

/** A node of a stratum and what of it is left. */
interface StratumNode {
  /** Its place in the coordinates. */
  readonly at: number;
  readonly node: FaultNode;
  readonly masks: readonly bigint[];
}

/** A part of a population, with its live faults numbered: by block, node, PE, moment, bits and kind, in this order. */
export class Stratum {
  readonly label: string;
  readonly values: Part['values'];
  readonly live: number;
  readonly dead: number;
  readonly #design: Design;
  readonly #blocks: readonly Block[];
  readonly #nodes: readonly StratumNode[];
  readonly #pes: readonly number[];
  readonly #kinds: readonly PopulationKind[];
  /** For each block the live faults of it and those before. */
  readonly #until: Float64Array;

  constructor(design: Design, coordinates: Coordinates, blocks: readonly Block[], part: Part) {
    const { layer, channel, node, mask, kind, pe } = part;
    this.label = part.label;
    this.values = part.values;
    this.#design = design;
    this.#blocks = blocks.filter((block) => fits(layer, block.layer) && fits(channel, block.channel));
    this.#nodes = coordinates.nodes
      .map((own, at) => ({ at, node: own.node, masks: own.masks.filter((bits) => fits(mask, bits)) }))
      .filter((own) => fits(node, own.node));
    this.#pes = pe === undefined ? coordinates.pes : [pe];
    this.#kinds = coordinates.kinds.filter((own) => fits(kind, own.kind));
    let live = 0;
    let size = 0;
    this.#until = Float64Array.from(this.#blocks, (block) => {
      for (const own of this.#nodes) {
        for (const at of this.#pes) live += this.#faultsOf(own) * block.live[own.at]![at]!;
        size += this.#faultsOf(own) * this.#pes.length * block.moments;
      }
      return live;
    });
    this.live = live;
    this.dead = size - live;
  }

  get size(): number {
    return this.live + this.dead;
  }

  /**
   * Give live fault `index`, 0 ≤ index < `live`.
   * @throws {RangeError} for another index.
   */
  faultAt(index: number): PopulationFault {
    if (!(Number.isInteger(index) && index >= 0 && index < this.live)) {
      throw new RangeError(`stratum ${this.label} has ${this.live} live faults, received number ${index}`);
    }
    const at = firstAbove(this.#until, index);
    const block = this.#blocks[at]!;
    let left = index - (at === 0 ? 0 : this.#until[at - 1]!);
    for (const own of this.#nodes) {
      const faults = this.#faultsOf(own);
      for (const pe of this.#pes) {
        const live = faults * block.live[own.at]![pe]!;
        if (left < live) return this.#faultOf(block, own, pe, Math.floor(left / faults), left % faults);
        left -= live;
      }
    }
    throw new RangeError(`stratum ${this.label} counts more live faults than it finds`);
  }

  #faultOf(block: Block, { node, masks }: StratumNode, pe: number, moment: number, number: number): PopulationFault {
    const { layer, channel } = block;
    const mask = masks[Math.floor(number / this.#kinds.length)]!;
    const kind = this.#kinds[number % this.#kinds.length]!;
    const when = block.momentAt(node, pe, moment);
    const window = when === null ? ALWAYS : { from: when.cycle, to: when.cycle, tile: when.tile };
    const fault = this.#resolve(node, pe, mask, kind, window);
    return { layer, channel, product: when?.product ?? null, productCycle: when?.productCycle ?? null, fault };
  }

  #resolve(node: FaultNode, pe: number, mask: bigint, { kind, value }: PopulationKind, window: CycleWindow): Fault {
    const { x, y } = this.#design.pes[pe]!;
    const bit = mask.toString(2).length - 1;
    return resolveFault(this.#design, {
      name: null,
      kind,
      node,
      pe: { x, y },
      bits:
        mask === 1n << BigInt(bit) ? { form: 'index', index: bit, msb: 'last' } : { form: 'mask', mask, msb: 'last' },
      value: kind === 'set' ? (value ?? 0n) & mask : null,
      window,
    });
  }

  /** Faults of a node at one PE and moment. */
  #faultsOf({ masks }: StratumNode): number {
    return masks.length * this.#kinds.length;
  }
}

function fits<T>(narrowed: T | undefined, value: T): boolean {
  return narrowed === undefined || narrowed === value;
}

/** Find the first of some ascending values that is above a number. */
function firstAbove(values: Float64Array, number: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
