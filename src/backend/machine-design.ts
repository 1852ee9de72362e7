import type { Design } from '../design/design.ts';

/** What the harness and its adapter need to know of a design. */
export type MachineDesign = Pick<
  Design,
  'name' | 'hash' | 'inputs' | 'output' | 'returnPort' | 'registers' | 'faultPort'
> & {
  readonly pes: readonly { readonly index: number; readonly x: number; readonly y: number }[];
  readonly spec: { readonly faultSlots: number };
};

/**
 * The two ways in which the same grid is written: `structural` has a module instance per PE, `rolled` keeps each
 * register of all PEs in one array.
 */
export const ARCHITECTURES = ['structural', 'rolled'] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

/** A Verilog file as text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Bytes of one lane of the output port. */
export function laneBytes(design: MachineDesign): number {
  return design.output.laneBits / 8;
}
