import { faultMasks } from '../../fault/resolve.ts';
import type { FaultDrive } from '../../schedule/beats.ts';
import type { TensorData } from '../../tensor/tensor.ts';

const SINGLE = new Float32Array(1);
const WORD = new Int32Array(SINGLE.buffer);

/** The canonical quiet NaN of float32 (IEEE 754-2019, 6.2.1). */
const NAN_BITS = 0x7fc00000;

/** What a fault makes of the 32 bits of a float32. */
export interface WordMask {
  readonly keep: number;
  readonly toggle: number;
}

export function wordMask(drive: FaultDrive): WordMask {
  const { keep, toggle } = faultMasks(drive);
  return { keep: Number(BigInt.asIntN(32, keep)), toggle: Number(BigInt.asIntN(32, toggle)) };
}

/** The bits of a number as float32 holds it; of every NaN the canonical one. */
export function wordOf(value: number): number {
  if (Number.isNaN(value)) return NAN_BITS;
  SINGLE[0] = value;
  return WORD[0]!;
}

/** The number that 32 bits are. */
export function numberOf(word: number): number {
  WORD[0] = word;
  return SINGLE[0]!;
}

/** The bits of float32 elements; shared. */
export function wordsOf({ buffer, byteOffset, length }: TensorData): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
