import { EspalierError } from '../errors.ts';

/** The widths that a stream may have, and the greatest that is chosen without being asked for. */
export const NARROWEST_STREAM_BITS = 32;
export const WIDEST_STREAM_BITS = 4096;
const WIDEST_BY_DEFAULT = 2048;

/** How many beats each matrix of a tile takes. */
export interface TileBeats {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What the width of a stream depends on. */
interface StreamedTile {
  /** Bits of one element and number of elements of each matrix of a tile; R is as large as C. */
  readonly elementBits: Readonly<Record<'a' | 'b' | 'c', number>>;
  readonly elements: Readonly<Record<'a' | 'b' | 'c', number>>;
  /** Cycles from tile to tile on average. */
  readonly cyclesPerTile: number;
}

/**
 * Refuse a stream width that no top module has.
 * @throws {EspalierError} unless it is a power of two from 32 to 4096 that holds at least one element
 */
export function assertStreamBits(streamBits: number, widestElementBits: number): void {
  const isPower = Number.isInteger(streamBits) && streamBits > 0 && Number.isInteger(Math.log2(streamBits));
  const least = Math.max(NARROWEST_STREAM_BITS, widestElementBits);
  if (isPower && streamBits >= least && streamBits <= WIDEST_STREAM_BITS) return;
  throw new EspalierError(
    `the streams of a top module are a power of two of ${least} to ${WIDEST_STREAM_BITS} bits wide, received ${streamBits}`,
  );
}

/** Count the beats of a tile's matrices on a stream. */
export function tileBeats({ elementBits, elements }: StreamedTile, streamBits: number): TileBeats {
  const beats = (line: 'a' | 'b' | 'c') => Math.ceil((elements[line] * elementBits[line]) / streamBits);
  return { a: beats('a'), b: beats('b'), c: beats('c') };
}

/**
 * Choose the narrowest stream that brings a tile with its C, and takes its R away, in the time that the array has for a
 * tile; where none does, the narrowest of those that come closest.
 */
export function defaultStreamBits(tile: StreamedTile): number {
  const least = Math.max(NARROWEST_STREAM_BITS, ...Object.values(tile.elementBits));
  let best = { streamBits: least, clocks: Number.POSITIVE_INFINITY };
  for (let streamBits = least; streamBits <= WIDEST_BY_DEFAULT; streamBits *= 2) {
    const { a, b, c } = tileBeats(tile, streamBits);
    const clocks = Math.max(tile.cyclesPerTile, 1 + a + b + c);
    if (clocks < best.clocks) best = { streamBits, clocks };
  }
  return best.streamBits;
}
