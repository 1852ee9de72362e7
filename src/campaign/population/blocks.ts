import type { FaultNode } from '../../fault/fault.ts';
import type { CampaignLayer } from './campaign-layer.ts';
import type { Coordinates } from './coordinates.ts';
import type { ProductCycle, ProductUnits } from './product-units.ts';

/** Where and when faults of a population act: in a product and cycle, or in all. */
export interface Moment extends ProductCycle {
  readonly product: number;
}

/** The faults of one layer that show in one channel, or in all. */
export interface Block {
  readonly layer: number;
  readonly channel: number | null;
  /** Moments in which a fault of one site and kind can act, live and dead; 1 for permanent faults. */
  readonly moments: number;
  /** For each node, in the order of the coordinates, the live moments at each PE. */
  readonly live: readonly Float64Array[];
  /** Give live moment `n` of a node at a PE; null for a permanent fault. */
  momentAt(node: FaultNode, pe: number, n: number): Moment | null;
}

/** Count the moments of every layer and channel. */
export function blocksOf(
  { layers, nodes }: Coordinates,
  window: 'permanent' | 'transient',
  units: ProductUnits,
): Block[] {
  const known = new Map<string, readonly Float64Array[]>();
  return layers.flatMap(({ index, layer, channels }) => {
    const cycles = layer.products.reduce((sum, product) => sum + units.cyclesOf(product), 0);
    return channels.map((channel) => {
      const shapes = countShapes(units, layer, channel);
      const key = [...shapes].map(([shape, { count }]) => `${count} x ${shape}`).join('; ');
      const live = known.get(key) ?? nodes.map(({ node }) => liveMoments(units, shapes, channel, node, window));
      known.set(key, live);
      const momentAt = (node: FaultNode, pe: number, n: number) =>
        window === 'permanent' ? null : findMoment(units, layer, channel, node, pe, n);
      return { layer: index, channel, moments: window === 'permanent' ? 1 : cycles, live, momentAt };
    });
  });
}

type Shapes = ReadonlyMap<string, { readonly product: CampaignLayer['products'][number]; readonly count: number }>;

/** Group the products of a layer by what their counts depend on. */
function countShapes(units: ProductUnits, { products }: CampaignLayer, channel: number | null): Shapes {
  const shapes = new Map<string, { product: CampaignLayer['products'][number]; count: number }>();
  for (const product of products) {
    const key = units.keyOf(product, channel);
    shapes.set(key, { product, count: (shapes.get(key)?.count ?? 0) + 1 });
  }
  return shapes;
}

function liveMoments(
  units: ProductUnits,
  shapes: Shapes,
  channel: number | null,
  node: FaultNode,
  window: 'permanent' | 'transient',
): Float64Array {
  const sums = new Float64Array(units.peCount);
  for (const { product, count } of shapes.values()) {
    for (const [pe, live] of units.countsOf(product, channel, node).entries()) sums[pe]! += live * count;
  }
  return window === 'permanent' ? sums.map((live) => Math.min(live, 1)) : sums;
}

function findMoment(
  units: ProductUnits,
  { products }: CampaignLayer,
  channel: number | null,
  node: FaultNode,
  pe: number,
  n: number,
): Moment {
  let left = n;
  for (const [number, product] of products.entries()) {
    const live = units.liveAt(product, channel, node, pe);
    if (left < live) return { product: number, ...units.cycleAt(product, channel, node, pe, left) };
    left -= live;
  }
  throw new RangeError(`no live moment ${n} of node ${node}`);
}
