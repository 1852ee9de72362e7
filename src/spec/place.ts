import type { IToken, TokenType } from 'chevrotain';
import * as t from './tokens.ts';

// What a token opens at its place: the same word may be an item, a statement or a name.

/** The item whose braces a place lies in; null outside of all. */
export type Inside = t.BlockWord | null;

/** The item whose braces open behind a head of this type. */
export function blockOf(type: TokenType): Inside {
  return t.BLOCK_WORDS.find((word) => t.ITEM_TOKENS[word] === type) ?? null;
}

/** Tell whether an item starts at a place; in a campaign `array` may also be the statement that names one. */
export function startsItem(tokens: readonly IToken[], at: number, inside: Inside): boolean {
  const { image } = tokens[at]!;
  if (!(t.ITEM_WORDS as readonly string[]).includes(image)) return false;
  return image !== 'array' || (inside === null ? !precedesCampaign(tokens, at) : isArrayHead(tokens, at, inside));
}

/** Tell whether a statement starts at a place, outside of all braces one of any item. */
export function startsStatement(tokens: readonly IToken[], at: number, inside: Inside): boolean {
  const { image } = tokens[at]!;
  const blocks = inside === null ? t.BLOCK_WORDS : [inside];
  return blocks.some((block) => t.WORDS_OF[block].includes(image)) && !startsItem(tokens, at, inside);
}

export function opensStatement(tokens: readonly IToken[], at: number, inside: Inside): boolean {
  return startsItem(tokens, at, inside) || startsStatement(tokens, at, inside);
}

/** Tell whether a statement of the block follows, on this line or a later one. */
export function precedesStatement(tokens: readonly IToken[], from: number, inside: Inside): boolean {
  const next = afterBreaks(tokens, from);
  return next < tokens.length && startsStatement(tokens, next, inside);
}

export function afterBreaks(tokens: readonly IToken[], from: number): number {
  let at = from;
  while (at < tokens.length && isBreak(tokens[at]!)) at += 1;
  return at;
}

export function isBreak(token: IToken): boolean {
  return token.tokenType === t.LineBreak || token.tokenType === t.Semicolon;
}

/** The head of an array ends with a brace, on its line or as the first of a later one. */
function isArrayHead(tokens: readonly IToken[], at: number, inside: t.BlockWord): boolean {
  if (inside === 'array') return true;
  let end = at;
  while (end < tokens.length && !isBreak(tokens[end]!) && !isBrace(tokens[end]!)) end += 1;
  return tokens[afterBreaks(tokens, end)]?.tokenType === t.LeftBrace;
}

function isBrace({ tokenType }: IToken): boolean {
  return tokenType === t.LeftBrace || tokenType === t.RightBrace;
}

/** Tell whether `array NAME` stands before a statement that only campaigns have: then the head of a campaign is missing. */
function precedesCampaign(tokens: readonly IToken[], at: number): boolean {
  const end = tokens[at + 2];
  if (end === undefined || !isBreak(end)) return false;
  const next = tokens[afterBreaks(tokens, at + 2)]?.image ?? '';
  return next !== 'array' && t.WORDS_OF.campaign.includes(next);
}
