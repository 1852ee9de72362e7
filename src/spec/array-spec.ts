import type { CampaignSpec } from '../campaign/campaign-spec.ts';
import type { Dtype } from '../dtype/dtype.ts';
import type { Operator } from '../dtype/operator.ts';
import type { FaultNode, FaultSpec } from '../fault/fault.ts';
import type { Matrix3, PresetName } from '../projection/space-time.ts';

/** The longest side of an array: rows, columns and inner dimension each lie in 1 … MAX_SIDE. */
export const MAX_SIDE = 1024;

/** The most fault slots an array can have. */
export const MAX_FAULT_SLOTS = 64;

/** The most registers that a multiplier or an adder can have. */
export const MAX_STAGES = 32;

/**
 * How integers are multiplied: by Verilog's own operator, for which a synthesis tool infers a DSP where it has one, or in
 * rows of radix-4 Booth digits in plain logic, which registers can pipeline.
 */
export const MULTIPLIER_STYLES = ['inferred', 'booth'] as const;

export type MultiplierStyle = (typeof MULTIPLIER_STYLES)[number];

/** One array as the user wrote it down, all defaults filled in. */
export interface ArraySpec {
  readonly name: string;
  /** N1 × N2 × N3: rows of A, columns of B, inner dimension of one pass. */
  readonly size: readonly [n1: number, n2: number, n3: number];
  readonly projection: { readonly preset: PresetName | null; readonly matrix: Matrix3 };
  readonly types: { readonly a: Dtype; readonly b: Dtype; readonly c: Dtype };
  /** Whether an integer accumulator may be too narrow for a product, so that even a single one may wrap. */
  readonly wrap: boolean;
  readonly faultSlots: number;
  /** The nodes that can be faulty, in the order of FAULT_NODES; null for all that the array has. */
  readonly faultNodes: readonly FaultNode[] | null;
  /** Registers of the multiplier, 0 to MAX_STAGES; the last is the product register p. */
  readonly multiplierStages: number;
  readonly multiplierStyle: MultiplierStyle;
  /** Registers of the adder, 1 to δ_c; the last is c. More than one in floating point only. */
  readonly adderStages: number;
  /** Own multiplier and adder in place of the exact ones. */
  readonly operators: { readonly multiplier: Operator | null; readonly adder: Operator | null };
}

/** What a spec may leave out. */
type Optional =
  | 'wrap'
  | 'faultSlots'
  | 'faultNodes'
  | 'multiplierStages'
  | 'multiplierStyle'
  | 'adderStages'
  | 'operators';

/** An array as a program may give it: what has a default may be left out. */
export type ArrayInput = Omit<ArraySpec, Optional> & Partial<Pick<ArraySpec, Optional>>;

/** The content of one spec file. */
export interface SpecFile {
  readonly arrays: readonly ArraySpec[];
  readonly faults: readonly FaultSpec[];
  readonly campaigns: readonly CampaignSpec[];
}
