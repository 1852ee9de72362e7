import type { PeBox, PopulationBits } from '../campaign/campaign-spec.ts';
import { hex } from './wording.ts';

/** Name the first choice of bits that two entries share, such as `bit 5`; null when they share none. */
export function firstCommonBit(a: PopulationBits, b: PopulationBits): string | null {
  const [one, other] = [asRange(a), asRange(b)];
  if (one.form === 'mask' || other.form === 'mask') {
    return one.form === 'mask' && other.form === 'mask' && one.mask === other.mask ? `mask ${hex(one.mask)}` : null;
  }
  const from = Math.max(one.from, other.from);
  return from <= Math.min(one.to, other.to) ? `bit ${from}` : null;
}

/** Name the first PE that two boxes share, such as `(1, 1)`; null when they share none. */
export function firstCommonPe(a: PeBox, b: PeBox): string | null {
  const [x, y] = [Math.max(a.from[0], b.from[0]), Math.max(a.from[1], b.from[1])];
  return x <= Math.min(a.to[0], b.to[0]) && y <= Math.min(a.to[1], b.to[1]) ? `(${x}, ${y})` : null;
}

/** A mask of one bit is that bit. */
function asRange(bits: PopulationBits): PopulationBits {
  if (bits.form === 'range' || (bits.mask & (bits.mask - 1n)) !== 0n) return bits;
  const bit = bits.mask.toString(2).length - 1;
  return { form: 'range', from: bit, to: bit };
}
