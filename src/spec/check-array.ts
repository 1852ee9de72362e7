import { type Dtype, defaultAccumulator, dtypeInfo, isDtype } from '../dtype/dtype.ts';
import { LINES, type Line, MAX_ENTRY, type Matrix3, PRESETS, projectionProblems } from '../projection/space-time.ts';
import { FAULT_SLOTS, isPreset, nameProblems, sideRule, unknownDtype, unknownPreset } from './array-rules.ts';
import type { ArraySpec } from './array-spec.ts';
import { completeSpec } from './complete-spec.ts';
import { describe, type Report } from './diagnostics.ts';
import { list, unknownWord } from './suggest.ts';
import type { ArraySyntax, LineTypeSyntax, NumberSyntax, ProjectionSyntax, StatementSyntax } from './syntax.ts';
import { ITEM_WORDS, STATEMENT_WORDS, type StatementWord } from './tokens.ts';
import { isNarrow } from './type-rules.ts';
import { type IntegerRule, rangeProblem, shorten } from './wording.ts';

const ENTRY: IntegerRule = { thing: 'an entry of a projection matrix', least: -MAX_ENTRY, most: MAX_ENTRY };

const REQUIRED = ['size', 'projection', 'types'] as const satisfies readonly StatementWord[];

type Statement<W extends StatementSyntax['word']> = Extract<StatementSyntax, { word: W }>;

/** Check an array as written and fill in its defaults; null when it has a mistake, all of which are reported. */
export function checkArray(array: ArraySyntax, report: Report): ArraySpec | null {
  if (array.name !== null) for (const problem of nameProblems(array.name.image)) report(array.name, problem);
  checkStatementWords(array, report);
  const size = sizeOf(find(array, 'size'), report);
  const projection = projectionOf(find(array, 'projection'), report);
  const types = typesOf(find(array, 'types'), report);
  const faultSlots = faultSlotsOf(find(array, 'fault_slots'), report);
  const multiplierStages = find(array, 'product_register') === undefined ? 0 : 1;
  if (array.name === null || size === null || projection === null || types === null || faultSlots === null) return null;
  const wrap = dtypeInfo(types.c).kind === 'integer' && isNarrow(types);
  return completeSpec({ name: array.name.image, size, projection, types, wrap, faultSlots, multiplierStages });
}

function checkStatementWords(array: ArraySyntax, report: Report): void {
  const title = array.name === null ? 'the array' : `array "${shorten(array.name.image)}"`;
  const seen = new Set<string>();
  for (const statement of array.statements) {
    const { keyword } = statement;
    const word = statement.word === 'broken' ? statement.meant : statement.word;
    if (word === 'unknown') {
      const message = (ITEM_WORDS as readonly string[]).includes(keyword.image)
        ? `a ${keyword.image} stands outside the braces of an array, found in ${title}`
        : /^[A-Za-z_]/.test(keyword.image)
          ? unknownWord('statement', shorten(keyword.image), STATEMENT_WORDS)
          : `expected a statement (${list(STATEMENT_WORDS)}), found ${describe(keyword)}`;
      report(keyword, message);
      continue;
    }
    if (keyword.image !== word) report(keyword, unknownWord('statement', shorten(keyword.image), STATEMENT_WORDS));
    if (seen.has(word)) report(keyword, `${title} has the statement ${word} twice, each may stand once`);
    seen.add(word);
  }
  const missing = REQUIRED.filter((word) => !seen.has(word));
  if (array.whole && missing.length > 0) {
    report(array.name!, `${title} lacks ${list(missing, 'and')}, which every array needs`);
  }
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

function typesOf(statement: Statement<'types'> | undefined, report: Report): ArraySpec['types'] | null {
  if (statement === undefined) return null;
  const types = new Map<Line, Dtype | null>();
  for (const { line, dtype } of statement.lines) {
    const name = LINES.find((known) => known === line.image);
    if (name === undefined) report(line, unknownWord('line', shorten(line.image), LINES));
    else if (types.has(name)) report(line, `the types name line ${name} twice, each line has one dtype`);
    else types.set(name, dtypeOf({ dtype }, report));
    if (name === undefined) dtypeOf({ dtype }, report);
  }
  const { keyword, lines } = statement;
  const missing = (['a', 'b'] as const).filter((line) => !types.has(line));
  if (missing.length > 0 && types.size === lines.length) {
    report(keyword, `the types lack line ${list(missing, 'and')}, only c may be left out`);
  }
  const [a, b, c] = LINES.map((line) => types.get(line));
  return a && b && c !== null ? { a, b, c: c ?? defaultAccumulator(a, b) } : null;
}

function dtypeOf({ dtype }: Pick<LineTypeSyntax, 'dtype'>, report: Report): Dtype | null {
  if (isDtype(dtype.image)) return dtype.image;
  report(dtype, unknownDtype(dtype.image));
  return null;
}

/** Take a number within its limits. */
export function within({ token, text, value }: NumberSyntax, rule: IntegerRule, report: Report): number | null {
  const problem = rangeProblem(rule, value, text);
  if (problem === null) return Number(value);
  report(token, problem);
  return null;
}
