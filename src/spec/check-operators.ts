import { basename } from 'node:path';
import { OPERATOR_KINDS, type Operator, type OperatorKind } from '../dtype/operator.ts';
import type { ArrayInput, ArraySpec } from './array-spec.ts';
import { type Report, within } from './diagnostics.ts';
import { findOperator } from './load-operator.ts';
import { clashProblems, widthProblems } from './operator-rules.ts';
import { ADDER_STAGES, adderStagesProblem, MULTIPLIER_STAGES } from './stage-rules.ts';
import type { Statement } from './syntax.ts';

/** The statements of an array about its multiplier and adder, as far as it has them. */
interface OperatorStatements {
  readonly multiplierStages: Statement<'multiplier_stages'> | undefined;
  readonly adderStages: Statement<'adder_stages'> | undefined;
  readonly multiplier: Statement<'multiplier'> | undefined;
  readonly adder: Statement<'adder'> | undefined;
}

/**
 * Check the stages of multiplier and adder beside as much of what they depend on as is right; null when there is a
 * mistake. What the array leaves out is left out.
 */
export function checkStages(
  { multiplierStages, adderStages, adder }: OperatorStatements,
  types: ArraySpec['types'] | null,
  projection: ArraySpec['projection'] | null,
  report: Report,
): Pick<ArrayInput, 'multiplierStages' | 'adderStages'> | null {
  const ofMultiplier = multiplierStages && within(multiplierStages.stages, MULTIPLIER_STAGES, report);
  let ofAdder = adderStages && within(adderStages.stages, ADDER_STAGES, report);
  if (adderStages !== undefined && ofAdder != null) {
    const problem = adderStagesProblem({
      adderStages: ofAdder,
      c: types?.c ?? null,
      matrix: projection?.matrix ?? null,
      ownAdder: adder === undefined ? null : basename(adder.path.text),
    });
    if (problem !== null) {
      report(adderStages.stages.token, problem);
      ofAdder = null;
    }
  }
  if (ofMultiplier === null || ofAdder === null) return null;
  return {
    ...(ofMultiplier !== undefined && { multiplierStages: ofMultiplier }),
    ...(ofAdder !== undefined && { adderStages: ofAdder }),
  };
}

/** Load the operators that an array names, by paths that start from `folder`; null when there is a mistake. */
export function checkOperators(
  statements: OperatorStatements,
  folder: string,
  arrayName: string | null,
  types: ArraySpec['types'] | null,
  report: Report,
): ArraySpec['operators'] | null {
  const operators: Record<OperatorKind, Operator | null> = { multiplier: null, adder: null };
  let right = true;
  for (const kind of OPERATOR_KINDS) {
    const path = statements[kind]?.path;
    if (path === undefined) continue;
    const { operator, problems } = findOperator(kind, path.text, folder);
    operators[kind] = operator;
    for (const { message, cause } of problems) report(path.token, message, cause);
    const ofArray =
      operator === null
        ? []
        : [
            ...(arrayName === null ? [] : clashProblems(arrayName, operators, kind)),
            ...(types === null ? [] : widthProblems(operator, types)),
          ];
    for (const message of ofArray) report(path.token, message);
    right &&= problems.length + ofArray.length === 0;
  }
  return right ? operators : null;
}
