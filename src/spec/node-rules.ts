import type { FaultNode } from '../fault/fault.ts';
import { nodeProblem } from '../fault/fault-rules.ts';
import { LINE_AXIS, LINES, type Matrix3 } from '../projection/space-time.ts';
import { shorten, show } from './wording.ts';

// The rules of the nodes of an array at which faults can act, and their sentences.

/** What the nodes of an array depend on. */
export interface NodeSurroundings {
  readonly matrix: Matrix3;
  readonly multiplierStages: number;
}

/** Say why an array lacks a node that others have; null where it has it. */
export function absentNodeReason(node: FaultNode, { matrix, multiplierStages }: NodeSurroundings): string | null {
  const stationary = LINES.find((line) => matrix[0][LINE_AXIS[line]] === 0 && matrix[1][LINE_AXIS[line]] === 0) ?? null;
  if (node === 'p') return multiplierStages > 0 ? null : 'it has no product register';
  if (node === 'a_out' || node === 'b_out') {
    return stationary === node[0] ? `line ${stationary} is stationary and forwards nothing` : null;
  }
  if (node !== 'first' && node !== 'last' && node !== 's') return null;
  if (stationary === null) {
    return `no line is stationary, so there ${node === 's' ? 'is no shadow chain' : 'are no control tokens'}`;
  }
  return node === 'last' && stationary !== 'c' ? `line ${stationary} is loaded by the token first alone` : null;
}

/** Say that an array cannot offer a node to faults because it lacks it; null where it has it. */
export function absentNodeProblem(arrayName: string, node: FaultNode, surroundings: NodeSurroundings): string | null {
  const reason = absentNodeReason(node, surroundings);
  return reason === null ? null : `array ${arrayName} has no node ${node}: ${reason}`;
}

/** List what is wrong with fault nodes that a program gives. */
export function faultNodesProblems(nodes: unknown): string[] {
  if (nodes === null || nodes === undefined) return [];
  if (!Array.isArray(nodes) || nodes.length === 0) {
    return [`the fault nodes of an array are null or a list of at least one node, received ${show(nodes)}`];
  }
  const twice = nodes.find((node, at) => nodes.indexOf(node) !== at);
  return [
    ...nodes.map(nodeProblem).filter((problem) => problem !== null),
    ...(twice === undefined ? [] : [`the fault nodes name ${shorten(String(twice))} twice, each may stand once`]),
  ];
}
