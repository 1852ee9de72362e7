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
  /** Its bits in what the PE shows of its nodes. */
  readonly from: number;
}

/** How the faults of a design are wired: from the fault port to the PEs, and back what these show of their nodes. */
export interface FaultView {
  readonly nodes: readonly FaultNodeView[];
  readonly nodeCount: number;
  readonly lastNodeLine: number;
  /** Bits of the nodes that a PE shows in the cycle in which faults act on them, and in the cycle after. */
  readonly seenBits: number;
  readonly lateBits: number;
  /** Codes and bits of the nodes for the decoder. */
  readonly codes: string;
  readonly widths: string;
  /** What a slot's node takes, at the width of the port: expressions with the variable `slot`, to be or-ed. */
  readonly seenWords: readonly string[];
  /** The same of the late node, null where the PE has none; and which slots address it. */
  readonly lateWord: string | null;
  readonly lateLines: string;
}

/** Lay out the faults of a design; null where it has no slots. */
export function faultView({ spec, faultSites, faultPort }: Design): FaultView | null {
  const slots = spec.faultSlots;
  if (slots === 0) return null;
  const nodes: FaultNodeView[] = [];
  const bits = { seen: 0, late: 0 };
  faultSites.forEach(({ node, widthBits }, index) => {
    const late = node === LATE;
    const plane = late ? 'late' : 'seen';
    const lines = `[${(index + 1) * slots - 1}:${index * slots}]`;
    nodes.push({ node, widthBits, late, lines, from: bits[plane] });
    bits[plane] += widthBits;
  });
  const { nodeBits, dataBits } = faultPort;
  const codes = faultSites.map(({ code }) => literal(nodeBits, code));
  const widths = faultSites.map(({ widthBits }) => literal(dataBits, (1n << BigInt(widthBits)) - 1n));
  const word = (vector: string, vectorBits: number, { from, widthBits }: FaultNodeView) => {
    const pad = dataBits - widthBits;
    const at = from === 0 ? '' : ` + ${from}`;
    const own = `${vector}[slot*${vectorBits}${at} +: ${widthBits}]`;
    return pad === 0 ? own : `{${pad}'d0, ${own}}`;
  };
  const line = ({ node }: FaultNodeView) =>
    `fault_node[${nodes.findIndex((other) => other.node === node) * slots} + slot]`;
  const late = nodes.find((node) => node.late);
  return {
    nodes,
    nodeCount: nodes.length,
    lastNodeLine: nodes.length * slots - 1,
    seenBits: bits.seen,
    lateBits: bits.late,
    codes: `{${codes.toReversed().join(', ')}}`,
    widths: `{${widths.toReversed().join(', ')}}`,
    seenWords: nodes
      .filter((node) => !node.late)
      .map((node) => `{${dataBits}{${line(node)}}} & ${word('fault_seen_picked', bits.seen, node)}`),
    lateWord: late ? word('fault_late_picked', bits.late, late) : null,
    lateLines: late ? `fault_node${late.lines}` : `${slots}'d0`,
  };
}

/** Name the wire that holds what a node takes before faults act on it. */
export function cleanName(name: string): string {
  return `${name}_clean`;
}
