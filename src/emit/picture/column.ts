import { type Group, px } from './shapes.ts';

/** A block of the picture beside the array; its groups begin at (0, 0). */
export interface Block {
  readonly height: number;
  readonly groups: readonly Group[];
}

/** The width of a block and the distance to the next one, in pixels. */
export const BLOCK_WIDTH = 264;
const GAP = 28;

/** A block at its place. */
export interface PlacedBlock {
  readonly transform: string;
  readonly groups: readonly Group[];
}

/**
 * Put blocks below each other, every series in columns of its own, and begin a further column where one would become
 * taller than `height`.
 */
export function stackBlocks(
  series: readonly (readonly Block[])[],
  height: number,
): { readonly width: number; readonly height: number; readonly placed: readonly PlacedBlock[] } {
  let [x, tallest] = [-GAP, 0];
  const placed: PlacedBlock[] = [];
  for (const blocks of series.filter(({ length }) => length > 0)) {
    let y = Number.POSITIVE_INFINITY;
    for (const { height: own, groups } of blocks) {
      if (y + own > height) {
        x += BLOCK_WIDTH + GAP;
        y = 0;
      }
      placed.push({ transform: `translate(${px(x - BLOCK_WIDTH)} ${px(y)})`, groups });
      y += own + GAP;
      tallest = Math.max(tallest, y - GAP);
    }
  }
  return { width: x, height: tallest, placed };
}
