import { type Dtype, defaultAccumulator, isDtype } from '../dtype/dtype.ts';
import { LINES, type Line } from '../projection/space-time.ts';
import { unknownDtype } from './array-rules.ts';
import type { ArraySpec } from './array-spec.ts';
import type { Report } from './diagnostics.ts';
import { list, unknownWord } from './suggest.ts';
import type { LineTypeSyntax, Statement } from './syntax.ts';
import { typeProblem } from './type-rules.ts';
import { shorten } from './wording.ts';

type TypesSyntax = Statement<'types'>;

/** Check the dtypes of an array as written, one by one and together; null when there is a mistake. */
export function checkTypes(
  statement: TypesSyntax | undefined,
  report: Report,
): Pick<ArraySpec, 'types' | 'wrap'> | null {
  if (statement === undefined) return null;
  const { keyword, lines } = statement;
  const written = new Map<Line, LineTypeSyntax>();
  for (const entry of lines) {
    const { line, dtype } = entry;
    const name = LINES.find((known) => known === line.image);
    if (name !== undefined && written.has(name)) {
      report(line, `the types name line ${name} twice, each line has one dtype`);
      continue;
    }
    if (name === undefined) report(line, unknownWord('line', shorten(line.image), LINES));
    else written.set(name, entry);
    if (!isDtype(dtype.image)) report(dtype, unknownDtype(dtype.image));
  }
  const missing = (['a', 'b'] as const).filter((line) => !written.has(line));
  if (missing.length > 0 && written.size === lines.length) {
    report(keyword, `the types lack line ${list(missing, 'and')}, only c may be left out`);
  }
  if (!checkWrapPlaces(lines, report)) return null;
  return checkTogether(statement, written, report);
}

/** Refuse wrap behind a factor. */
function checkWrapPlaces(lines: readonly LineTypeSyntax[], report: Report): boolean {
  const misplaced = lines.filter(({ line, wrap }) => wrap !== null && /^[ab]$/.test(line.image));
  for (const { line, wrap } of misplaced) {
    report(wrap!, `only the accumulator, line c, may wrap, received wrap behind line ${line.image}`);
  }
  return misplaced.length === 0;
}

function checkTogether(
  { keyword }: TypesSyntax,
  written: ReadonlyMap<Line, LineTypeSyntax>,
  report: Report,
): Pick<ArraySpec, 'types' | 'wrap'> | null {
  const [a, b] = [dtypeOf(written.get('a')), dtypeOf(written.get('b'))];
  const ofC = written.get('c');
  const c = ofC === undefined && a !== null && b !== null ? defaultAccumulator(a, b) : dtypeOf(ofC);
  if (a === null || b === null || c === null) return null;
  const wrap = ofC !== undefined && ofC.wrap !== null;
  const problem = typeProblem({ a, b, c }, wrap);
  if (problem === null) return { types: { a, b, c }, wrap };
  const { part, message } = problem;
  if (part === 'wrap') report(ofC!.wrap!, message);
  else if (written.has(part)) report(written.get(part)!.dtype, message);
  else report(keyword, `${message}, the dtype of a line c that is left out`);
  return null;
}

function dtypeOf(entry: LineTypeSyntax | undefined): Dtype | null {
  const name = entry?.dtype.image ?? '';
  return isDtype(name) ? name : null;
}
