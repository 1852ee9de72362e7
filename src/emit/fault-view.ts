import type { Design } from '../design/design.ts';
import type { FaultNode } from '../fault/fault.ts';
import { literal } from './verilog.ts';

/**
 * The node whose faults act on what its register holds, in the cycle after, and not on what it takes: the same, and a
 * DSP can have the register inside.
 */
const LATE: FaultNode = 'c';

/** A place in the PE where faults act. */
export interface FaultNodeView {
  readonly node: FaultNode;
  readonly widthBits: number;
  readonly late: boolean;
  /** Its lines in `fault_node`, one for each slot, such as `[1:0]`. */
  readonly lines: string;
  /** Its code in the fault port, as a literal. */
  readonly code: string;
  /** The PE's port that shows what the node takes without faults. */
  readonly shown: string;
}

/** How the faults of a design are wired: from the fault port to the PEs, and back what these show of their nodes. */
export interface FaultView {
  readonly nodes: readonly FaultNodeView[];
  readonly nodeCount: number;
  readonly lastNodeLine: number;
  /** Whether there are nodes at which faults act in their own cycle, and such at which they act in the next. */
  readonly hasNow: boolean;
  readonly hasLate: boolean;
  /** Codes and bits of the nodes for the decoder. */
  readonly codes: string;
  readonly widths: string;
  /** Which slots address the late node. */
  readonly lateLines: string;
}

/** Lay out the faults of a design; null where it has no slots. */
export function faultView({ spec, faultSites, faultPort }: Design): FaultView | null {
  const slots = spec.faultSlots;
  if (slots === 0) return null;
  const nodes: FaultNodeView[] = [];
  const { nodeBits, dataBits } = faultPort;
  faultSites.forEach(({ node, code, widthBits }, index) => {
    const late = node === LATE;
    const lines = `[${(index + 1) * slots - 1}:${index * slots}]`;
    nodes.push({ node, widthBits, late, lines, code: literal(nodeBits, code), shown: `fault_${node}` });
  });
  const widths = faultSites.map(({ widthBits }) => literal(dataBits, (1n << BigInt(widthBits)) - 1n));
  const late = nodes.find((node) => node.late);
  return {
    nodes,
    nodeCount: nodes.length,
    lastNodeLine: nodes.length * slots - 1,
    hasNow: nodes.some((node) => !node.late),
    hasLate: late !== undefined,
    codes: `{${nodes
      .map(({ code }) => code)
      .toReversed()
      .join(', ')}}`,
    widths: `{${widths.toReversed().join(', ')}}`,
    lateLines: late ? `fault_node${late.lines}` : `${slots}'d0`,
  };
}

/** Name the wire that holds what a node takes before faults act on it. */
export function cleanName(name: string): string {
  return `${name}_clean`;
}
