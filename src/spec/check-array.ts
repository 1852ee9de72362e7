import { basename } from 'node:path';
import { MAX_ENTRY, type Matrix3, PRESETS, projectionProblems } from '../projection/space-time.ts';
import { FAULT_SLOTS, isPreset, nameProblems, sideRule, unknownPreset } from './array-rules.ts';
import { type ArraySpec, MULTIPLIER_STYLES, type MultiplierStyle } from './array-spec.ts';
import { checkFaultNodes } from './check-fault-nodes.ts';
import { checkChoice } from './check-once.ts';
import { checkOperators, checkStages } from './check-operators.ts';
import { checkStatements, type StatementRules } from './check-statements.ts';
import { checkTypes } from './check-types.ts';
import { completeSpec } from './complete-spec.ts';
import { type Report, within } from './diagnostics.ts';
import { multiplierStyleProblem } from './stage-rules.ts';
import type { ArraySyntax, ProjectionSyntax, Statement } from './syntax.ts';
import type { StatementWord } from './tokens.ts';
import type { IntegerRule } from './wording.ts';

const ENTRY: IntegerRule = { thing: 'an entry of a projection matrix', least: -MAX_ENTRY, most: MAX_ENTRY };

const RULES: StatementRules = {
  block: 'array',
  required: ['size', 'projection', 'types'] satisfies StatementWord[],
  former: {
    product_register: 'the product register is the last stage of the multiplier: write "multiplier_stages 1"',
  },
};

/**
 * Check an array as written and fill in its defaults; null when it has a mistake, all of which are reported. The paths
 * of its operators start from `folder`.
 */
export function checkArray(array: ArraySyntax, folder: string, report: Report): ArraySpec | null {
  const name = array.name?.image ?? null;
  if (name !== null) for (const problem of nameProblems(name)) report(array.name!, problem);
  checkStatements(array, RULES, report);
  const size = sizeOf(find(array, 'size'), report);
  const projection = projectionOf(find(array, 'projection'), report);
  const typing = checkTypes(find(array, 'types'), report);
  const types = typing?.types ?? null;
  const faultSlots = faultSlotsOf(find(array, 'fault_slots'), report);
  const statements = {
    multiplierStages: find(array, 'multiplier_stages'),
    adderStages: find(array, 'adder_stages'),
    multiplier: find(array, 'multiplier'),
    adder: find(array, 'adder'),
  };
  const stages = checkStages(statements, types, projection, report);
  const multiplierStyle = multiplierStyleOf(find(array, 'multiplier_style'), statements.multiplier, types, report);
  const nodesDependOn = {
    name,
    matrix: projection?.matrix ?? null,
    multiplierStages: stages && (stages.multiplierStages ?? 0),
  };
  const faultNodes = checkFaultNodes(find(array, 'fault_nodes'), nodesDependOn, report);
  const operators = checkOperators(statements, folder, name, types, report);
  if (name === null || size === null || projection === null || typing === null || operators === null) return null;
  if (faultSlots === null || stages === null) return null;
  const faults = { faultSlots, faultNodes };
  return completeSpec({ name, size, projection, ...typing, ...faults, ...stages, multiplierStyle, operators });
}

function find<W extends StatementWord>(array: ArraySyntax, word: W): Statement<W> | undefined {
  return array.statements.find((statement): statement is Statement<W> => statement.word === word);
}

function sizeOf(statement: Statement<'size'> | undefined, report: Report): ArraySpec['size'] | null {
  if (statement === undefined) return null;
  const [n1, n2, n3] = statement.sides.map((side, index) => within(side, sideRule(index), report));
  return n1 == null || n2 == null || n3 == null ? null : [n1, n2, n3];
}

function faultSlotsOf(statement: Statement<'fault_slots'> | undefined, report: Report): number | null {
  return statement === undefined ? 0 : within(statement.slots, FAULT_SLOTS, report);
}

function multiplierStyleOf(
  statement: Statement<'multiplier_style'> | undefined,
  own: Statement<'multiplier'> | undefined,
  types: ArraySpec['types'] | null,
  report: Report,
): MultiplierStyle {
  if (statement === undefined) return 'inferred';
  const style = checkChoice('multiplier style', statement.style, MULTIPLIER_STYLES, report);
  const problem = types && multiplierStyleProblem(style, types, own === undefined ? null : basename(own.path.text));
  if (problem !== null) report(statement.style, problem);
  return style;
}

function projectionOf(statement: Statement<'projection'> | undefined, report: Report): ArraySpec['projection'] | null {
  if (statement === undefined) return null;
  const { projection } = statement;
  if (projection.form === 'preset') {
    const preset = projection.token.image;
    if (isPreset(preset)) return { preset, matrix: PRESETS[preset] };
    report(projection.token, unknownPreset(preset));
    return null;
  }
  const matrix = matrixOf(projection, report);
  if (matrix === null) return null;
  const problems = projectionProblems(matrix);
  for (const problem of problems) report(projection.token, problem);
  return problems.length > 0 ? null : { preset: null, matrix };
}

function matrixOf(projection: Extract<ProjectionSyntax, { form: 'matrix' }>, report: Report): Matrix3 | null {
  const rows = projection.rows.map((row) => row.map((entry) => within(entry, ENTRY, report)));
  return rows.flat().includes(null) ? null : (rows as unknown as Matrix3);
}
