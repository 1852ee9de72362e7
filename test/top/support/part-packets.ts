import { encodeTile } from '../../../src/top/packets.ts';
import { topDesign } from '../../../src/top/top-design.ts';
import type { StreamBeats } from '../../../src/top/transport.ts';
import { designOf } from '../../design/support/arrays.ts';
import { drawTile } from './tiles.ts';

// A of 3 × 5 bytes ends in the middle of a beat, and so does B; C is two beats and a half.
export const top = topDesign(designOf({ size: [3, 5, 5], faultSlots: 0 }), 128);
export const KEEP = 2;
export const BYTES = 16;

/** Copies of a tile's beats to be broken. */
export function tile(n: number, withC = true) {
  const { matrices } = drawTile(top, 11, n);
  const c = withC ? (matrices.c ?? new Int32Array(15)) : undefined;
  const { data, keep, last } = encodeTile(top, { ...matrices, c }, { last: true, gapCycles: 0 });
  return { data: data.slice(), keep: keep.slice(), last: last.slice() };
}

/** The first beats. */
export function slice({ data, keep, last }: StreamBeats, to: number): StreamBeats {
  return { data: data.slice(0, to * BYTES), keep: keep.slice(0, to * KEEP), last: last.slice(0, to) };
}

/** The beats from one on. */
export function tailOf({ data, keep, last }: StreamBeats, from: number): StreamBeats {
  return { data: data.slice(from * BYTES), keep: keep.slice(from * KEEP), last: last.slice(from) };
}
