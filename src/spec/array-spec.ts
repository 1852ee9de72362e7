import type { Dtype } from '../dtype/dtype.ts';
import type { FaultSpec } from '../fault/fault.ts';
import type { Matrix3, PresetName } from '../projection/space-time.ts';

/** The longest side of an array: rows, columns and inner dimension each lie in 1 … MAX_SIDE. */
export const MAX_SIDE = 1024;

/** The most fault slots an array can have. */
export const MAX_FAULT_SLOTS = 64;

/** One array as the user wrote it down, all defaults filled in. */
export interface ArraySpec {
  readonly name: string;
  /** N1 × N2 × N3: rows of A, columns of B, inner dimension of one pass. */
  readonly size: readonly [n1: number, n2: number, n3: number];
  readonly projection: { readonly preset: PresetName | null; readonly matrix: Matrix3 };
  readonly types: { readonly a: Dtype; readonly b: Dtype; readonly c: Dtype };
  readonly faultSlots: number;
  /** Whether a register sits between the multiplier and the adder. */
  readonly productRegister: boolean;
}

/** The content of one spec file. */
export interface SpecFile {
  readonly arrays: readonly ArraySpec[];
  readonly faults: readonly FaultSpec[];
}
