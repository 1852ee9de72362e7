import type { Lowering } from './lowering.ts';

/** `count` matrix products M×K · K×N. */
export interface ProductShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly count: number;
}

/** The products that a layer hands to the array, as far as shapes tell. */
export interface LayerProducts {
  /** The lowering that is really used; null for a layer that has no choice of one. */
  readonly lowering: Lowering | null;
  /** One entry per shape. */
  readonly shapes: readonly ProductShape[];
}

/** Join products of one shape into one entry each, in the order of their first. */
export function joinShapes(products: readonly ProductShape[]): ProductShape[] {
  const joined = new Map<string, ProductShape>();
  for (const product of products) {
    const { m, k, n, count } = product;
    const key = `${m} ${k} ${n}`;
    joined.set(key, { m, k, n, count: count + (joined.get(key)?.count ?? 0) });
  }
  return [...joined.values()];
}
