import type { IToken, TokenType } from 'chevrotain';
import { nearest } from './suggest.ts';
import * as t from './tokens.ts';

/** The tokens of a text; `partner` gives the closing brace of an opening one. */
interface Source {
  readonly tokens: readonly IToken[];
  readonly partner: ReadonlyMap<number, number>;
}

/**
 * Decide where statements begin and end, so that the grammar needs no line breaks and one mistake stays in its
 * statement: every statement starts with its own token type (a misspelt word counts as the nearest one) and closes
 * with End; the head of an array closes with its brace. A statement that starts with nothing known becomes a single
 * token, and a brace in the middle of a statement becomes Junk.
 */
export function layOut(tokens: readonly IToken[]): IToken[] {
  const source: Source = { tokens, partner: pairBraces(tokens) };
  const out: IToken[] = [];
  let at = 0;
  let inArray = false;
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (isBreak(token)) {
      at += 1;
    } else if (inArray && token.tokenType === t.RightBrace && closesArray(tokens, at)) {
      out.push(token);
      inArray = false;
      at += 1;
    } else if (inArray && lacksBraceBefore(tokens, at)) {
      inArray = false;
    } else {
      const type: TokenType = inArray ? statementType(token) : itemType(token);
      const end = statementEnd(source, at, type, inArray);
      out.push(...statementTokens(tokens, at, end, type));
      inArray ||= type === t.ITEM_TOKENS.array;
      at = type === t.UnknownItem ? misplacedRunEnd(source, at, end) : end;
    }
  }
  return out;
}

/** Lay out the text of a single statement that has no opening word. */
export function layOutStatement(tokens: readonly IToken[]): IToken[] {
  const first = tokens.findIndex((token) => !isBreak(token));
  const body = first < 0 ? [] : tokens.slice(first);
  const end = body.length === 0 ? 0 : statementEnd({ tokens: body, partner: pairBraces(body) }, 0, t.End, false);
  const rest = body.slice(end).filter((token) => !isBreak(token));
  return [...inside(body.slice(0, end)), endToken(body, end), ...rest];
}

function itemType(token: IToken): TokenType {
  if (token.tokenType !== t.Word || isStatementWord(token)) return t.UnknownItem;
  const word = nearest(token.image, t.ITEM_WORDS);
  return word === null ? t.UnknownItem : t.ITEM_TOKENS[word];
}

function statementType(token: IToken): TokenType {
  if (token.tokenType !== t.Word || isItemWord(token)) return t.UnknownStatement;
  const word = nearest(token.image, t.STATEMENT_WORDS);
  return word === null ? t.UnknownStatement : t.STATEMENT_TOKENS[word];
}

function statementTokens(tokens: readonly IToken[], start: number, end: number, type: TokenType): IToken[] {
  const opening = retyped(tokens[start]!, type);
  if (type === t.UnknownItem) return [opening];
  if (type === t.UnknownStatement) return [opening, endToken(tokens, end)];
  const last = tokens[end - 1]!;
  const closing = type === t.ITEM_TOKENS.array && last.tokenType === t.LeftBrace ? last : null;
  return [
    opening,
    ...inside(tokens.slice(start + 1, closing === null ? end : end - 1)),
    closing ?? endToken(tokens, end),
  ];
}

/** Find the index of the first token behind a statement; brackets and the brace of a head may be on later lines. */
function statementEnd({ tokens, partner }: Source, start: number, type: TokenType, inArray: boolean): number {
  let brackets = 0;
  for (let at = start; at < tokens.length; at += 1) {
    switch (tokens[at]!.tokenType) {
      case t.LeftBrace: {
        if (type === t.ITEM_TOKENS.array) return at + 1;
        const close = partner.get(at);
        if (close !== undefined && (!inArray || nextBrace(tokens, close + 1) === t.RightBrace)) at = close;
        break;
      }
      case t.RightBrace:
        if (at > start && (inArray || type === t.ITEM_TOKENS.array) && closesStatement(tokens, at)) return at;
        break;
      case t.LeftSquare:
      case t.LeftParen:
        brackets += 1;
        break;
      case t.RightSquare:
      case t.RightParen:
        brackets = Math.max(0, brackets - 1);
        break;
      case t.Semicolon:
        return at;
      case t.LineBreak: {
        const next = afterBreaks(tokens, at);
        const { tokenType } = tokens[next] ?? {};
        if (tokenType === undefined || tokenType === t.RightBrace || opensStatement(tokens[next]!)) return at;
        if (brackets === 0 && tokenType !== t.LeftBrace) return at;
        at = next - 1;
        break;
      }
    }
  }
  return tokens.length;
}

/** A run of array statements outside of any array is one mistake. */
function misplacedRunEnd(source: Source, start: number, end: number): number {
  const { tokens } = source;
  const misplaced = (token: IToken) => token.tokenType === t.RightBrace || isStatementWord(token);
  let at = end;
  while (at < tokens.length && misplaced(tokens[start]!)) {
    if (isBreak(tokens[at]!)) at += 1;
    else if (misplaced(tokens[at]!)) at = statementEnd(source, at, t.UnknownItem, false);
    else break;
  }
  return at;
}

/** Tell a missing closing brace from a fault that was put inside an array. */
function lacksBraceBefore(tokens: readonly IToken[], at: number): boolean {
  const token = tokens[at]!;
  return isItemWord(token) && (token.image === 'array' || nextBrace(tokens, at) !== t.RightBrace);
}

function nextBrace(tokens: readonly IToken[], from: number): TokenType | undefined {
  for (let at = from; at < tokens.length; at += 1) {
    const { tokenType } = tokens[at]!;
    if (tokenType === t.LeftBrace || tokenType === t.RightBrace) return tokenType;
  }
  return undefined;
}

/** Where a statement should begin, a brace closes the array unless more of the array follows it. */
function closesArray(tokens: readonly IToken[], at: number): boolean {
  const next = tokens[at + 1];
  if (next === undefined || isBreak(next)) return !precedesStatement(tokens, at + 1);
  return isItemWord(next) || next.tokenType === t.RightBrace || nextBrace(tokens, at + 1) !== t.RightBrace;
}

/** Within a statement, a brace closes the array when it ends the line and nothing more of the array follows. */
function closesStatement(tokens: readonly IToken[], at: number): boolean {
  const next = tokens[at + 1];
  if (next === undefined || isItemWord(next)) return true;
  return (
    isBreak(next) &&
    !precedesStatement(tokens, at + 1) &&
    tokens[afterBreaks(tokens, at + 1)]?.tokenType !== t.RightBrace
  );
}

function precedesStatement(tokens: readonly IToken[], from: number): boolean {
  const next = tokens[afterBreaks(tokens, from)];
  return next !== undefined && isStatementWord(next);
}

function afterBreaks(tokens: readonly IToken[], from: number): number {
  let at = from;
  while (at < tokens.length && isBreak(tokens[at]!)) at += 1;
  return at;
}

function pairBraces(tokens: readonly IToken[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { tokenType }] of tokens.entries()) {
    if (tokenType === t.LeftBrace) open.push(at);
    if (tokenType === t.RightBrace && open.length > 0) partner.set(open.pop()!, at);
  }
  return partner;
}

/** The end of a statement lies right behind its last token, whatever comment or blank follows. */
function endToken(tokens: readonly IToken[], end: number): IToken {
  const last = tokens[end - 1];
  const startOffset = last === undefined ? 0 : last.startOffset + last.image.length;
  return { ...retyped(tokens[end] ?? { image: '' }, t.End), startOffset };
}

function inside(tokens: readonly IToken[]): IToken[] {
  return tokens
    .filter((token) => !isBreak(token))
    .map((token) =>
      token.tokenType === t.LeftBrace || token.tokenType === t.RightBrace ? retyped(token, t.Junk) : token,
    );
}

function retyped(token: Pick<IToken, 'image'> & Partial<IToken>, type: TokenType): IToken {
  return { startOffset: 0, ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
}

function isBreak(token: IToken): boolean {
  return token.tokenType === t.LineBreak || token.tokenType === t.Semicolon;
}

function isItemWord({ image }: IToken): boolean {
  return (t.ITEM_WORDS as readonly string[]).includes(image);
}

function isStatementWord({ image }: IToken): boolean {
  return (t.STATEMENT_WORDS as readonly string[]).includes(image);
}

function opensStatement(token: IToken): boolean {
  return isItemWord(token) || isStatementWord(token);
}
