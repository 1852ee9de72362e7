import { dirname } from 'node:path';
import type { CstNode, IToken } from 'chevrotain';
import { SpecError } from '../errors.ts';
import type { FaultSpec } from '../fault/fault.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import { checkArray } from './check-array.ts';
import { checkFault } from './check-fault.ts';
import { describe, locate, type Mistake, type Report, syntaxMistake } from './diagnostics.ts';
import { parser } from './grammar.ts';
import { layOut, layOutStatement } from './layout.ts';
import { unknownWord } from './suggest.ts';
import type { FileSyntax } from './syntax.ts';
import { End, ITEM_WORDS, type ItemWord, STATEMENT_WORDS, tokenize } from './tokens.ts';
import { readFaultTree, readFileTree } from './visitor.ts';
import { shorten } from './wording.ts';

/**
 * Read the text of a spec file; `file` is the name that messages show. A byte order mark and any kind of line break
 * are accepted. Own operators are loaded: their paths start from `folder`, the one of `file` when left out.
 *
 * @throws {SpecError} with every mistake of the text, sorted by place.
 */
export function parseSpec(text: string, file: string, folder = dirname(file)): SpecFile {
  const source = text.replace(/^\ufeff/, '');
  const mistakes: Mistake[] = [];
  const tree = runParser(layOut(tokenize(source)), () => parser.specFile(), mistakes);
  const spec = checkFile(readFileTree(tree), folder, reportTo(mistakes));
  if (mistakes.length > 0) throw new SpecError(locate(mistakes, source, file), causeOf(mistakes));
  return spec;
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

function checkFile({ arrays, faults, unknown }: FileSyntax, folder: string, report: Report): SpecFile {
  for (const token of unknown) report(token, unknownItem(token));
  checkItems('array', arrays, report);
  checkItems('fault', faults, report);
  return {
    arrays: arrays
      .map((array) => checkArray(array, folder, report))
      .filter((array): array is ArraySpec => array !== null),
    faults: faults
      .map(({ name, body }) => body && checkFault(body, name?.image ?? null, report))
      .filter((fault): fault is FaultSpec => fault !== null),
  };
}

function unknownItem(token: IToken): string {
  if ((STATEMENT_WORDS as readonly string[]).includes(token.image)) {
    return `the statement "${token.image}" belongs inside the braces of an array, found outside`;
  }
  return `expected "array" or "fault", found ${describe(token)}`;
}

function checkItems(
  word: ItemWord,
  items: readonly { readonly keyword: IToken; readonly name: IToken | null }[],
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { keyword, name } of items) {
    if (keyword.image !== word) report(keyword, unknownWord('word', shorten(keyword.image), ITEM_WORDS));
    if (name === null) continue;
    if (seen.has(name.image)) report(name, `the ${word} name "${shorten(name.image)}" is taken, each may stand once`);
    seen.add(name.image);
  }
}
