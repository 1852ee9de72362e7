import type { IToken, TokenType } from 'chevrotain';
import { afterBreaks, blockOf, type Inside, isBreak, startsItem, startsStatement } from './place.ts';
import { closesBlock, lacksBraceBefore, pairBraces, type Source, statementEnd } from './statement-end.ts';
import { nearest } from './suggest.ts';
import * as t from './tokens.ts';

/**
 * Decide where statements begin and end, so that the grammar needs no line breaks and one mistake stays in its
 * statement: every statement starts with its own token type (a misspelt word counts as the nearest one) and closes
 * with End; the head of an array or campaign closes with its brace. A statement that starts with nothing known becomes
 * a single token, and a brace in the middle of a statement becomes Junk.
 */
export function layOut(tokens: readonly IToken[]): IToken[] {
  const source: Source = { tokens, partner: pairBraces(tokens) };
  const out: IToken[] = [];
  let at = 0;
  let inside: Inside = null;
  while (at < tokens.length) {
    const token = tokens[at]!;
    if (isBreak(token)) {
      at += 1;
    } else if (inside !== null && token.tokenType === t.RightBrace && closesBlock(tokens, at, inside)) {
      out.push(token);
      inside = null;
      at += 1;
    } else if (inside !== null && lacksBraceBefore(tokens, at, inside)) {
      inside = null;
    } else {
      const type: TokenType = inside === null ? itemType(tokens, at) : statementType(tokens, at, inside);
      const end = statementEnd(source, at, type, inside);
      out.push(...statementTokens(tokens, at, end, type));
      inside ??= blockOf(type);
      at = type === t.UnknownItem ? misplacedRunEnd(source, at, end) : end;
    }
  }
  return out;
}

/** Lay out the text of a single statement that has no opening word. */
export function layOutStatement(tokens: readonly IToken[]): IToken[] {
  const body = tokens.slice(afterBreaks(tokens, 0));
  const end = body.length === 0 ? 0 : statementEnd({ tokens: body, partner: pairBraces(body) }, 0, t.End, null);
  const rest = body.slice(end).filter((token) => !isBreak(token));
  return [...within(body.slice(0, end)), endToken(body, end), ...rest];
}

function itemType(tokens: readonly IToken[], at: number): TokenType {
  const { tokenType, image } = tokens[at]!;
  if (tokenType !== t.Word || startsStatement(tokens, at, null)) return t.UnknownItem;
  const word = nearest(image, t.ITEM_WORDS);
  return word === null ? t.UnknownItem : t.ITEM_TOKENS[word];
}

/** A statement of another block is not taken for a misspelt one of this. */
function statementType(tokens: readonly IToken[], at: number, inside: t.BlockWord): TokenType {
  const { tokenType, image } = tokens[at]!;
  if (!startsStatement(tokens, at, inside)) {
    const strange = startsStatement(tokens, at, null) || startsItem(tokens, at, inside);
    if (strange || tokenType !== t.Word) return t.UnknownStatement;
  }
  return inside === 'array'
    ? typeOf(nearest(image, t.STATEMENT_WORDS), t.STATEMENT_TOKENS)
    : typeOf(nearest(image, t.CAMPAIGN_WORDS), t.CAMPAIGN_TOKENS);
}

function typeOf<W extends string>(word: W | null, types: Readonly<Record<W, TokenType>>): TokenType {
  return word === null ? t.UnknownStatement : types[word];
}

function statementTokens(tokens: readonly IToken[], start: number, end: number, type: TokenType): IToken[] {
  const opening = retyped(tokens[start]!, type);
  if (type === t.UnknownItem) return [opening];
  if (type === t.UnknownStatement) return [opening, endToken(tokens, end)];
  const last = tokens[end - 1]!;
  const closing = blockOf(type) !== null && last.tokenType === t.LeftBrace ? last : null;
  return [
    opening,
    ...within(tokens.slice(start + 1, closing === null ? end : end - 1)),
    closing ?? endToken(tokens, end),
  ];
}

/** A run of statements outside of any array or campaign is one mistake. */
function misplacedRunEnd(source: Source, start: number, end: number): number {
  const { tokens } = source;
  const ofCampaign = t.WORDS_OF.campaign.includes(tokens[start]!.image);
  const misplaced = (at: number) =>
    tokens[at]!.tokenType === t.RightBrace ||
    startsStatement(tokens, at, null) ||
    (ofCampaign && startsStatement(tokens, at, 'campaign'));
  let at = end;
  while (at < tokens.length && misplaced(start)) {
    if (isBreak(tokens[at]!)) at += 1;
    else if (misplaced(at)) at = statementEnd(source, at, t.UnknownItem, null);
    else break;
  }
  return at;
}

/** The end of a statement lies right behind its last token, whatever comment or blank follows. */
function endToken(tokens: readonly IToken[], end: number): IToken {
  const last = tokens[end - 1];
  const startOffset = last === undefined ? 0 : last.startOffset + last.image.length;
  return { ...retyped(tokens[end] ?? { image: '' }, t.End), startOffset };
}

/** What stands inside a statement: no breaks, and braces only as mistakes. */
function within(tokens: readonly IToken[]): IToken[] {
  return tokens
    .filter((token) => !isBreak(token))
    .map((token) =>
      token.tokenType === t.LeftBrace || token.tokenType === t.RightBrace ? retyped(token, t.Junk) : token,
    );
}

function retyped(token: Pick<IToken, 'image'> & Partial<IToken>, type: TokenType): IToken {
  return { startOffset: 0, ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx! };
}
