import type { RegisterField } from './register-map.ts';

/** The most significant byte of a header. */
export const HEADER_MAGIC = 0xe5;

/** Bytes of a header, which is the beginning of its beat. */
export const HEADER_BYTES = 4;

/** Bits of the gap in a tile's header. */
export const GAP_BITS = 20;

/** The low 32 bits of the first beat of a tile's packet; bits of no field are zero. */
export const HEADER_FIELDS = [
  { name: 'MAGIC', bit: 24, widthBits: 8, does: `0x${HEADER_MAGIC.toString(16)}` },
  { name: 'ZERO', bit: 22, widthBits: 2, does: '0, else the packet is dropped' },
  { name: 'LAST', bit: 21, widthBits: 1, does: 'this is the last tile of its job' },
  { name: 'WITH_C', bit: 20, widthBits: 1, does: 'C follows; without it C is zero' },
  {
    name: 'GAP',
    bit: 0,
    widthBits: GAP_BITS,
    does: 'cycles from the start of this tile to that of the next; 0 for the default schedule',
  },
] as const satisfies readonly RegisterField[];

/** What a tile's header says, but for whether C follows. */
export interface TileSchedule {
  /** Whether the tile is the last one of its job. */
  readonly last: boolean;
  /** Cycles from this tile's start to that of the next one; 0 for the default schedule. */
  readonly gapCycles: number;
}

/**
 * The header of a tile, as an unsigned 32-bit number.
 * @throws {RangeError} unless the gap is a whole number of so many bits
 */
export function tileHeader({ last, gapCycles }: TileSchedule, withC: boolean): number {
  if (!Number.isInteger(gapCycles) || gapCycles < 0 || gapCycles >= 2 ** GAP_BITS)
    throw new RangeError(`a gap of ${gapCycles} cycles fits no header`);
  const values = { MAGIC: HEADER_MAGIC, ZERO: 0, LAST: Number(last), WITH_C: Number(withC), GAP: gapCycles };
  return HEADER_FIELDS.reduce((header, { name, bit }) => header + values[name] * 2 ** bit, 0);
}
