import type { JobPlan } from '../../schedule/plan.ts';

/** Where the tiles of a job begin, along each dimension. */
export interface TileBlocks {
  readonly rowStarts: readonly number[];
  readonly columnStarts: readonly number[];
  readonly depths: readonly number[];
}

const blocks = new WeakMap<JobPlan, TileBlocks>();

/** List where tiles begin; worked out once per plan. */
export function blocksOf(plan: JobPlan): TileBlocks {
  const known = blocks.get(plan) ?? {
    rowStarts: [...new Set(plan.tiles.map(({ row }) => row))],
    columnStarts: [...new Set(plan.tiles.map(({ column }) => column))],
    depths: [...new Set(plan.tiles.map(({ depth }) => depth))],
  };
  blocks.set(plan, known);
  return known;
}
