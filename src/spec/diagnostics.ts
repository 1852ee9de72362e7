import { EOF, type IRecognitionException, type IToken } from 'chevrotain';
import type { Diagnostic } from '../errors.ts';
import type { NumberSyntax } from './syntax.ts';
import { End, Text } from './tokens.ts';
import { type IntegerRule, rangeProblem, shorten } from './wording.ts';

/** Record a mistake at a token, with the error behind it where there is one. */
export type Report = (token: IToken, message: string, cause?: unknown) => void;

/** A mistake before its place is turned into line and column. */
export interface Mistake {
  readonly offset: number;
  readonly message: string;
  readonly cause?: unknown;
}

const LONGEST_EXCERPT = 120;

/** Take a number within its limits. */
export function within({ token, text, value }: NumberSyntax, rule: IntegerRule, report: Report): number | null {
  const problem = rangeProblem(rule, value, text);
  if (problem === null) return Number(value);
  report(token, problem);
  return null;
}

/** Word a syntax error: what was expected and what was found; `end` is the offset behind the last token. */
export function syntaxMistake({ token, message }: IRecognitionException, end: number): Mistake {
  const offset = token.tokenType === EOF ? end : token.startOffset;
  return { offset, message: `expected ${message}, found ${describe(token)}` };
}

/** Name a token in a message; what cannot be seen is named by its code point. */
export function describe(token: IToken): string {
  if (token.tokenType === EOF || token.image === '') return 'the end of the text';
  if (token.tokenType === End && /^[\r\n]/.test(token.image)) return 'the end of the line';
  if (token.tokenType === Text) return shorten(token.image);
  if (token.image === '"') return 'a double quote without its partner';
  const code = token.image.codePointAt(0)!;
  if (/^[^\p{L}\p{N}\p{P}\p{S}]$/u.test(token.image)) {
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return `"${shorten(token.image)}"`;
}

/**
 * Give every mistake its line, column and excerpt, sorted by place. Columns count characters; a tab is one, and the
 * caret line repeats it so that the caret stands right.
 */
export function locate(mistakes: readonly Mistake[], text: string, file: string): Diagnostic[] {
  const starts = [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (end) => end.index + end[0].length)];
  let line = 0;
  return [...mistakes]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      while (line + 1 < starts.length && starts[line + 1]! <= offset) line += 1;
      const source = [...text.slice(starts[line], starts[line + 1]).replace(/[\r\n]+$/, '')];
      const before = [...text.slice(starts[line], offset)].length;
      return { file, line: line + 1, column: before + 1, message, excerpt: excerpt(source, before) };
    });
}

function excerpt(line: readonly string[], caret: number): string {
  const from = line.length <= LONGEST_EXCERPT ? 0 : Math.max(0, caret - LONGEST_EXCERPT / 2);
  const shown = line.slice(from, from + LONGEST_EXCERPT).map((char) => (/[^\P{C}\t]/u.test(char) ? '\ufffd' : char));
  const blanks = shown.slice(0, caret - from).map((char) => (char === '\t' ? '\t' : ' '));
  return `${shown.join('')}\n${blanks.join('')}^`;
}
