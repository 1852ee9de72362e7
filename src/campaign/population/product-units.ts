import type { Design } from '../../design/design.ts';
import type { FaultNode } from '../../fault/fault.ts';
import { measureJob, tileStarts } from '../../schedule/plan.ts';
import type { CampaignProduct } from './campaign-layer.ts';
import { type LiveCycles, LiveCycleTable } from './live-cycles.ts';
import { sharedNodes } from './shared-cycles.ts';
import { hasChannel, type TileClass, tileClasses } from './tile-classes.ts';

/** A cycle of a product: of the tile it belongs to, or of the product where `tile` is null. */
export interface ProductCycle {
  readonly tile: number | null;
  readonly cycle: number;
  /** The same cycle, counted from the first beat of the product. */
  readonly productCycle: number;
}

/** Counts and finds the live cycles of products, all told from T, size and shape. */
export class ProductUnits {
  readonly #design: Design;
  readonly #table: LiveCycleTable;
  readonly #shared: ReadonlySet<FaultNode>;
  readonly #cycles = new Map<string, number>();
  readonly #starts = new Map<string, Float64Array>();

  constructor(design: Design) {
    this.#design = design;
    this.#shared = sharedNodes(design);
    this.#table = new LiveCycleTable(design, this.#shared);
  }

  get peCount(): number {
    return this.#design.pes.length;
  }

  /** Count the cycles of a product, from the first beat to the sample of the last result. */
  cyclesOf(product: CampaignProduct): number {
    const { m, k, n } = product;
    const key = `${m} ${k} ${n}`;
    const cycles = this.#cycles.get(key) ?? measureJob(this.#design, m, k, n).cycles;
    this.#cycles.set(key, cycles);
    return cycles;
  }

  /** Count the live cycles of a node, for each PE. */
  countsOf(product: CampaignProduct, channel: number | null, node: FaultNode): Float64Array {
    return Float64Array.from(this.#design.pes, ({ index }) => this.liveAt(product, channel, node, index));
  }

  /** Count the live cycles of a node of one PE. */
  liveAt(product: CampaignProduct, channel: number | null, node: FaultNode, pe: number): number {
    let live = 0;
    for (const [{ count }, cycles] of this.#classes(product, channel, node)) live += count * cycles[pe]!.length;
    return live > 0 && this.#shared.has(node) ? this.cyclesOf(product) : live;
  }

  /** Find live cycle number `n` of a node of a PE. */
  cycleAt(product: CampaignProduct, channel: number | null, node: FaultNode, pe: number, n: number): ProductCycle {
    if (this.#shared.has(node)) return { tile: null, cycle: n, productCycle: n };
    let left = n;
    for (const [{ count, tileAt }, cycles] of this.#classes(product, channel, node)) {
      const ofPe = cycles[pe]!;
      if (left < count * ofPe.length) {
        const tile = tileAt(Math.floor(left / ofPe.length));
        const cycle = ofPe[left % ofPe.length]!;
        return { tile, cycle, productCycle: this.#startOf(product, tile) + cycle };
      }
      left -= count * ofPe.length;
    }
    throw new RangeError(`no live cycle ${n} of node ${node}`);
  }

  /** Name what the counts of a product depend on. */
  keyOf(product: CampaignProduct, channel: number | null): string {
    const { m, k, n, channelAxis, firstChannel } = product;
    if (channel === null) return `${m} ${k} ${n}`;
    if (!hasChannel(product, channel)) return `${m} ${k} ${n} none`;
    const side = this.#design.spec.size[channelAxis === 'rows' ? 0 : 1];
    return `${m} ${k} ${n} ${channelAxis} ${(channel - firstChannel) % side}`;
  }

  /** The cycle of a product in which a tile starts. */
  #startOf({ m, k, n }: CampaignProduct, tile: number): number {
    const key = `${m} ${k} ${n}`;
    const starts = this.#starts.get(key) ?? tileStarts(this.#design, m, k, n);
    this.#starts.set(key, starts);
    return starts[tile]!;
  }

  *#classes(product: CampaignProduct, channel: number | null, node: FaultNode): Generator<[TileClass, LiveCycles]> {
    for (const ofClass of tileClasses(this.#design.spec.size, product, channel)) {
      yield [ofClass, this.#table.of(node, ofClass.scope)];
    }
  }
}
