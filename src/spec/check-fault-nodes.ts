import type { FaultNode } from '../fault/fault.ts';
import { nodeProblem } from '../fault/fault-rules.ts';
import type { Matrix3 } from '../projection/space-time.ts';
import { checkWords } from './check-once.ts';
import type { Report } from './diagnostics.ts';
import { absentNodeProblem } from './node-rules.ts';
import type { Statement } from './syntax.ts';

/** What the check depends on; null for what is not known, which then refuses nothing. */
interface Surroundings {
  readonly name: string | null;
  readonly matrix: Matrix3 | null;
  readonly multiplierStages: number | null;
}

/** Check the nodes that an array offers to faults: known, each once, and there in the array. */
export function checkFaultNodes(
  statement: Statement<'fault_nodes'> | undefined,
  { name, matrix, multiplierStages }: Surroundings,
  report: Report,
): readonly FaultNode[] | null {
  if (statement === undefined) return null;
  const nodes = checkWords<FaultNode>('the fault nodes', statement.nodes, nodeProblem, report);
  if (name === null || matrix === null || multiplierStages === null) return nodes;
  for (const token of statement.nodes) {
    if (nodeProblem(token.image) !== null) continue;
    const problem = absentNodeProblem(name, token.image as FaultNode, { matrix, multiplierStages });
    if (problem !== null) report(token, problem);
  }
  return nodes;
}
