import type { IToken, TokenType } from 'chevrotain';
import { afterBreaks, blockOf, type Inside, isBreak, opensStatement, precedesStatement, startsItem } from './place.ts';
import * as t from './tokens.ts';

/** The tokens of a text; `partner` gives the closing brace of an opening one. */
export interface Source {
  readonly tokens: readonly IToken[];
  readonly partner: ReadonlyMap<number, number>;
}

/** Find the index of the first token behind a statement; brackets and the brace of a head may be on later lines. */
export function statementEnd({ tokens, partner }: Source, start: number, type: TokenType, inside: Inside): number {
  const head = blockOf(type);
  const block = inside ?? head;
  let brackets = 0;
  for (let at = start; at < tokens.length; at += 1) {
    switch (tokens[at]!.tokenType) {
      case t.LeftBrace: {
        if (head !== null) return at + 1;
        const close = partner.get(at);
        if (close !== undefined && (inside === null || nextBrace(tokens, close + 1) === t.RightBrace)) at = close;
        break;
      }
      case t.RightBrace:
        if (at > start && block !== null && closesStatement(tokens, at, block)) return at;
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
        if (tokenType === undefined || tokenType === t.RightBrace || opensStatement(tokens, next, inside)) return at;
        if (brackets === 0 && tokenType !== t.LeftBrace) return at;
        at = next - 1;
        break;
      }
    }
  }
  return tokens.length;
}

/** Tell a missing closing brace from a fault that was put inside a block. */
export function lacksBraceBefore(tokens: readonly IToken[], at: number, inside: t.BlockWord): boolean {
  if (!startsItem(tokens, at, inside)) return false;
  return tokens[at]!.image !== 'fault' || nextBrace(tokens, at) !== t.RightBrace;
}

/** Where a statement should begin, a brace closes the block unless more of the block follows it. */
export function closesBlock(tokens: readonly IToken[], at: number, inside: t.BlockWord): boolean {
  const next = tokens[at + 1];
  if (next === undefined || isBreak(next)) return !precedesStatement(tokens, at + 1, inside);
  if (startsItem(tokens, at + 1, inside) || next.tokenType === t.RightBrace) return true;
  return nextBrace(tokens, at + 1) !== t.RightBrace;
}

export function pairBraces(tokens: readonly IToken[]): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { tokenType }] of tokens.entries()) {
    if (tokenType === t.LeftBrace) open.push(at);
    if (tokenType === t.RightBrace && open.length > 0) partner.set(open.pop()!, at);
  }
  return partner;
}

/** Within a statement, a brace closes the block when it ends the line and nothing more of the block follows. */
function closesStatement(tokens: readonly IToken[], at: number, inside: t.BlockWord): boolean {
  const next = tokens[at + 1];
  if (next === undefined || startsItem(tokens, at + 1, inside)) return true;
  return (
    isBreak(next) &&
    !precedesStatement(tokens, at + 1, inside) &&
    tokens[afterBreaks(tokens, at + 1)]?.tokenType !== t.RightBrace
  );
}

function nextBrace(tokens: readonly IToken[], from: number): TokenType | undefined {
  for (let at = from; at < tokens.length; at += 1) {
    const { tokenType } = tokens[at]!;
    if (tokenType === t.LeftBrace || tokenType === t.RightBrace) return tokenType;
  }
  return undefined;
}
