import { dirname } from 'node:path';
import type { CstNode, IToken } from 'chevrotain';
import { SpecError } from '../errors.ts';
import type { FaultSpec } from '../fault/fault.ts';
import type { SpecFile } from './array-spec.ts';
import { rememberSource } from './campaign-mistakes.ts';
import type { ArrayLoader } from './check-array-reference.ts';
import { checkFault } from './check-fault.ts';
import { checkFile } from './check-file.ts';
import { locate, type Mistake, type Report, syntaxMistake } from './diagnostics.ts';
import { parser } from './grammar.ts';
import { layOut, layOutStatement } from './layout.ts';
import { readText } from './read-text.ts';
import { End, tokenize } from './tokens.ts';
import { readFaultTree, readFileTree } from './visitor.ts';

/**
 * Read the text of a spec file; `file` is the name that messages show. A byte order mark and any kind of line break
 * are accepted. Own operators and the arrays of other files are loaded: their paths start from `folder`, the one of
 * `file` when left out.
 *
 * @throws {SpecError} with every mistake of the text, sorted by place.
 */
export function parseSpec(text: string, file: string, folder = dirname(file)): SpecFile {
  return readFile(text, file, folder, loadArrays);
}

/**
 * Read one fault without its name, such as `stuck_at_1 bit 5 of c at (1, 1)`; `place` stands where a message would
 * name the file.
 *
 * @throws {SpecError} with every mistake of the text, sorted by place.
 */
export function parseFault(text: string, place = 'fault'): FaultSpec {
  const mistakes: Mistake[] = [];
  const tree = runParser(layOutStatement(tokenize(text)), () => parser.faultText(), mistakes);
  const fault = mistakes.length > 0 ? null : checkFault(readFaultTree(tree), null, reportTo(mistakes));
  if (fault === null) throw new SpecError(locate(mistakes, text, place));
  return fault;
}

/** Read the arrays of another file; its campaigns are not looked into, so that files may name each other's arrays. */
function loadArrays(path: string): SpecFile {
  return readFile(readText(path, `the spec file ${path}`), path, dirname(path), null);
}

function readFile(text: string, file: string, folder: string, load: ArrayLoader | null): SpecFile {
  const source = text.replace(/^\ufeff/, '');
  const mistakes: Mistake[] = [];
  const tree = runParser(layOut(tokenize(source)), () => parser.specFile(), mistakes);
  const syntax = readFileTree(tree);
  const spec = checkFile(syntax, { folder, load }, reportTo(mistakes));
  if (mistakes.length > 0) throw new SpecError(locate(mistakes, source, file), causeOf(mistakes));
  for (const [n, campaign] of spec.campaigns.entries()) {
    rememberSource(campaign, { syntax: syntax.campaigns[n]!, text: source, file });
  }
  return spec;
}

function runParser(tokens: IToken[], rule: () => CstNode, mistakes: Mistake[]): CstNode {
  parser.input = tokens;
  const tree = rule();
  const last = tokens.at(-1);
  const end = last === undefined ? 0 : last.startOffset + (last.tokenType === End ? 0 : last.image.length);
  mistakes.push(...parser.errors.map((error) => syntaxMistake(error, end)));
  return tree;
}

function reportTo(mistakes: Mistake[]): Report {
  return ({ startOffset }, message, cause) => mistakes.push({ offset: startOffset, message, cause });
}

/** The first error behind the mistakes, as an error takes it. */
function causeOf(mistakes: readonly Mistake[]): ErrorOptions {
  const caused = mistakes.find(({ cause }) => cause !== undefined);
  return caused === undefined ? {} : { cause: caused.cause };
}
