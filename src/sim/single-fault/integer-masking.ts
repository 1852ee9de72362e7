import type { NumberFormat } from '../../dtype/arithmetic.ts';
import { faultMasks } from '../../fault/resolve.ts';
import type { FaultDrive } from '../../schedule/beats.ts';

/** What a fault makes of an integer of at most 32 bits: ((v AND keep) XOR toggle), read in the node's format. */
export interface IntegerMask {
  readonly keep: number;
  readonly toggle: number;
  /** Bits to shift left and back for the format's width. */
  readonly shift: number;
  readonly signed: boolean;
}

export function integerMask(drive: FaultDrive, { widthBits, signed }: NumberFormat): IntegerMask {
  const { keep, toggle } = faultMasks(drive);
  return {
    keep: Number(BigInt.asIntN(32, keep)),
    toggle: Number(BigInt.asIntN(32, toggle)),
    shift: 32 - widthBits,
    signed,
  };
}

export function applyMask({ keep, toggle, shift, signed }: IntegerMask, value: number): number {
  const bits = ((value & keep) ^ toggle) << shift;
  return signed ? bits >> shift : bits >>> shift;
}

/** Reduce a number modulo 2^32 into a format of at most 32 bits. */
export function wrapInto({ shift, signed }: IntegerMask, value: number): number {
  return signed ? (value << shift) >> shift : (value << shift) >>> shift;
}
