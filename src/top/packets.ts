import { GAP_BITS } from './top-design.ts';

/** The most significant byte of a header. */
export const HEADER_MAGIC = 0xe5;

const WITH_C = 2 ** 20;
const LAST = 2 ** 21;

/** What a tile's header says. */
export interface TileHeader {
  /** Whether C follows A and B; it is zero otherwise. */
  readonly withC: boolean;
  /** Whether the tile is the last one of its job. */
  readonly last: boolean;
  /** Cycles from this tile's start to that of the next one; 0 for the default schedule. */
  readonly gapCycles: number;
}

/** Encode a header as the 32 bits that begin a packet. */
export function encodeHeader({ withC, last, gapCycles }: TileHeader): number {
  if (gapCycles < 0 || gapCycles >= 2 ** GAP_BITS) throw new RangeError(`a gap of ${gapCycles} cycles fits no header`);
  return HEADER_MAGIC * 2 ** 24 + (last ? LAST : 0) + (withC ? WITH_C : 0) + gapCycles;
}
