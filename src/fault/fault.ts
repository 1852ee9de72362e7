/** What a fault does to the masked bits of its node. */
export const FAULT_KINDS = ['stuck_at_0', 'stuck_at_1', 'flip', 'set'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * Where in a PE a fault can sit: the registers a, b, c and p (product), the wires a_out and b_out (what is forwarded;
 * the PE's own product is untouched), the wire c_in (what enters the adder), the control tokens first and last, and the
 * register s of the shadow chain.
 */
export const FAULT_NODES = ['a', 'b', 'c', 'p', 'a_out', 'b_out', 'c_in', 'first', 'last', 's'] as const;

export type FaultNode = (typeof FAULT_NODES)[number];

/**
 * The clock cycles in which a fault acts: `from` to `to`, both included; `to` may be Infinity. Cycle 0 is the first
 * beat of the job, or of the given tile (counted from 0 in the order in which the array runs them).
 */
export interface CycleWindow {
  readonly from: number;
  readonly to: number;
  readonly tile: number | null;
}

export const ALWAYS: CycleWindow = Object.freeze({ from: 0, to: Number.POSITIVE_INFINITY, tile: null });

/** A fault as one writes it: bit positions may still count from the most significant end. */
export interface FaultSpec {
  /** The name in the spec file; null for a fault given as bare text. */
  readonly name: string | null;
  readonly kind: FaultKind;
  readonly node: FaultNode;
  readonly pe: { readonly x: number; readonly y: number };
  readonly bits: BitSelection;
  /** For `set`: the value that the masked bits take, in the same bit order as the mask; null otherwise. */
  readonly value: bigint | null;
  readonly window: CycleWindow;
}

/** One bit by its index or any number of bits as a mask; `msb: 'first'` counts from the most significant bit. */
export type BitSelection =
  | { readonly form: 'index'; readonly index: number; readonly msb: 'first' | 'last' }
  | { readonly form: 'mask'; readonly mask: bigint; readonly msb: 'first' | 'last' };

/** A fault that a given design really has: PE by index, bits counted from the least significant. */
export interface Fault {
  readonly spec: FaultSpec;
  readonly kind: FaultKind;
  readonly node: FaultNode;
  readonly peIndex: number;
  readonly mask: bigint;
  /** The masked bits' value for `set`, already limited to the mask; 0 otherwise. */
  readonly value: bigint;
  readonly window: CycleWindow;
}

/** What a run tells about one of its faults. */
export interface FaultReport {
  readonly fault: Fault;
  /** In how many cycles the fault changed at least one bit of its node. */
  readonly firedCycles: number;
}
