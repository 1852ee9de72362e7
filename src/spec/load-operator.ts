import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import type { Operator, OperatorKind } from '../dtype/operator.ts';
import { OperatorError } from '../errors.ts';
import { describeOperator, FUNCTION_NAMES, moduleProblems, operatorNameProblem } from './operator-rules.ts';
import { readText } from './read-text.ts';
import { list } from './suggest.ts';
import { show } from './wording.ts';

/** The endings that the program of an operator may have, in the order in which they are tried. */
const PROGRAM_ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/** One reason why an operator cannot be used, and the error behind it where there is one. */
export interface OperatorProblem {
  readonly message: string;
  readonly cause?: unknown;
}

/**
 * Load an operator of the user's own: PATH.v and PATH.ts, .mts, .js or .mjs, for a path without ending that starts from
 * `folder` (the current one when left out). Loading runs the program; what Node has loaded once it does not load again.
 *
 * @throws {OperatorError} with every reason why it cannot be used.
 */
export function loadOperator(kind: OperatorKind, path: string, folder = '.'): Operator {
  const { operator, problems } = findOperator(kind, path, folder);
  if (operator !== null) return operator;
  const [first] = problems.filter(({ cause }) => cause !== undefined);
  throw new OperatorError(problems.map(({ message }) => message).join('; '), first && { cause: first.cause });
}

/** Load an operator; null beside everything that is wrong with it. */
export function findOperator(
  kind: OperatorKind,
  given: string,
  folder: string,
): { readonly operator: Operator | null; readonly problems: readonly OperatorProblem[] } {
  const name = basename(given);
  const nameProblem = endingProblem(kind, given) ?? operatorNameProblem(kind, name);
  if (nameProblem !== null) return { operator: null, problems: [{ message: nameProblem }] };
  const path = resolve(folder, given);
  const problems: OperatorProblem[] = [];
  const verilog = readVerilog(kind, given, path, problems);
  if (verilog !== null) {
    problems.push(...moduleProblems({ kind, name, path, verilog }).map((message) => ({ message })));
  }
  const program = readProgram(kind, given, path, problems);
  if (verilog === null || program === null || problems.length > 0) return { operator: null, problems };
  return { operator: { kind, name, path, verilog, ...program }, problems };
}

function endingProblem(kind: OperatorKind, given: string): string | null {
  if (!['.v', ...PROGRAM_ENDINGS].includes(extname(given))) return null;
  return `the path of the ${kind} stands for all its files and has no ending, received ${show(given)}`;
}

function readVerilog(kind: OperatorKind, given: string, path: string, problems: OperatorProblem[]): string | null {
  if (existsSync(`${path}.v`)) {
    return attempt(() => readText(`${path}.v`, `the Verilog file ${path}.v`), problems);
  }
  problems.push({ message: `${describeOperator(kind, given)} has no Verilog file, tried ${path}.v` });
  return null;
}

function readProgram(
  kind: OperatorKind,
  given: string,
  path: string,
  problems: OperatorProblem[],
): Pick<Operator, 'program' | 'compute'> | null {
  const tried = PROGRAM_ENDINGS.map((ending) => path + ending);
  const file = tried.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    problems.push({ message: `${describeOperator(kind, given)} has no program, tried ${list(tried, 'and')}` });
    return null;
  }
  const program = attempt(() => readText(file, `the program ${file}`), problems);
  const compute = program === null ? null : attempt(() => loadFunction(kind, file), problems);
  return program === null || compute === null ? null : { program, compute };
}

function loadFunction(kind: OperatorKind, file: string): Operator['compute'] {
  let exported: unknown;
  try {
    exported = loadModule(file);
  } catch (cause) {
    const [reason] = String(cause instanceof Error ? cause.message : cause).split('\n');
    throw new OperatorError(`the program ${file} of the ${kind} cannot be loaded: ${reason}`, { cause });
  }
  const name = FUNCTION_NAMES[kind];
  const members = exported as Record<string, unknown> | null | undefined;
  const compute = members?.[name] ?? members?.['default'] ?? exported;
  if (typeof compute === 'function') return compute as Operator['compute'];
  const names = members !== null && typeof members === 'object' ? Object.keys(members) : [];
  const found = names.length === 0 ? 'nothing' : list(names, 'and');
  throw new OperatorError(`the program ${file} must export the function ${name} of the ${kind}, found ${found}`);
}

/** Load a module without waiting; Node strips the types of TypeScript. */
const requireModule = createRequire(import.meta.url);

function loadModule(file: string): unknown {
  try {
    return requireModule(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING') throw error;
    return loadCopy(file);
  }
}

/** Node strips no types below node_modules, where the examples lie once Espalier is installed; elsewhere it does. */
function loadCopy(file: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-operator-'));
  try {
    const copy = join(folder, basename(file));
    copyFileSync(file, copy);
    return requireModule(copy);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Take what a step gives; null and its problem when it fails. */
function attempt<T>(step: () => T, problems: OperatorProblem[]): T | null {
  try {
    return step();
  } catch (error) {
    const { message, cause } = error as Error;
    problems.push({ message, cause });
    return null;
  }
}
