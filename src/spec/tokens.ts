import { createToken, type ICustomPattern, type IToken, Lexer, type TokenType } from 'chevrotain';

/** Words that open a statement of a spec file. */
export const ITEM_WORDS = ['array', 'fault', 'campaign'] as const;

/** The items that have statements in braces. */
export const BLOCK_WORDS = ['array', 'campaign'] as const;

/** Words that open a statement inside the braces of an array. */
export const STATEMENT_WORDS = [
  'size',
  'projection',
  'types',
  'fault_slots',
  'fault_nodes',
  'multiplier_stages',
  'multiplier_style',
  'adder_stages',
  'multiplier',
  'adder',
] as const;

/** Words that open a statement inside the braces of a campaign; `array` names one there. */
export const CAMPAIGN_WORDS = [
  ...['array', 'model', 'data', 'labels', 'images', 'layers', 'lowering', 'channels', 'kinds', 'nodes'],
  ...['bits', 'pes', 'window', 'sample', 'strata', 'confidence', 'outcomes', 'seed'],
] as const;

export type ItemWord = (typeof ITEM_WORDS)[number];
export type BlockWord = (typeof BLOCK_WORDS)[number];
export type StatementWord = (typeof STATEMENT_WORDS)[number];
export type CampaignWord = (typeof CAMPAIGN_WORDS)[number];

/** The statements of each item that has braces. */
export const WORDS_OF: Readonly<Record<BlockWord, readonly string[]>> = {
  array: STATEMENT_WORDS,
  campaign: CAMPAIGN_WORDS,
};

/** Any name; the words of the language are names too, where a name is wanted. */
export const Word = createToken({ name: 'Word', pattern: /[A-Za-z_]\w*/ });

/** An unsigned decimal, 0x hexadecimal or 0b binary integer; the x of a size may follow without a space. */
export const NumberToken = createToken({
  name: 'Number',
  pattern: /0x[0-9a-fA-F]+(?![\w.])|0b[01]+(?![\w.])|\d+(?![\w.])|\d+(?=x(?![A-Za-z_]))/,
});

/** A decimal number with a point, which only percentages have. */
export const Decimal = createToken({ name: 'Decimal', pattern: /\d+\.\d+(?![\w.])/ });

/** Text in double quotes on one line, written as in JSON. Source: RFC 8259, section 7. */
export const Text = createToken({
  name: 'Text',
  pattern: /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/,
  line_breaks: false,
});

/** The x between the sides of a size; elsewhere x is a name. */
export const Times = createToken({
  name: 'Times',
  pattern: custom(/x(?![A-Za-z_])/y, (previous) => previous?.tokenType === NumberToken),
  line_breaks: false,
});

/** A name with letters beyond ASCII, kept in one piece so that the message can show it. */
export const ForeignWord = createToken({
  name: 'ForeignWord',
  pattern: custom(/\w*(?!\p{ASCII})[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}_]*/uy),
  line_breaks: false,
});

/** A broken number such as 1.5.2 or 12ab, or any one character that starts no other token. */
export const Junk = createToken({ name: 'Junk', pattern: custom(/\d[\w.]*|./suy), line_breaks: false });

export const LineBreak = createToken({ name: 'LineBreak', pattern: /\r\n?|\n/, line_breaks: true });
export const Semicolon = createToken({ name: 'Semicolon', pattern: /;/ });
export const LeftBrace = createToken({ name: 'LeftBrace', pattern: /\{/ });
export const RightBrace = createToken({ name: 'RightBrace', pattern: /\}/ });
export const LeftSquare = createToken({ name: 'LeftSquare', pattern: /\[/ });
export const RightSquare = createToken({ name: 'RightSquare', pattern: /\]/ });
export const LeftParen = createToken({ name: 'LeftParen', pattern: /\(/ });
export const RightParen = createToken({ name: 'RightParen', pattern: /\)/ });
export const Colon = createToken({ name: 'Colon', pattern: /:/ });
export const Comma = createToken({ name: 'Comma', pattern: /,/ });
export const Minus = createToken({ name: 'Minus', pattern: /-/ });
export const Percent = createToken({ name: 'Percent', pattern: /%/ });
export const AtLeast = createToken({ name: 'AtLeast', pattern: />=/ });
export const Above = createToken({ name: 'Above', pattern: />/ });
export const AtMost = createToken({ name: 'AtMost', pattern: /<=/ });
export const Below = createToken({ name: 'Below', pattern: /</ });
export const Exactly = createToken({ name: 'Exactly', pattern: /=/ });

export const Wrap = word('wrap');
export const Bit = word('bit');
export const Bits = word('bits');
export const Msb = word('msb');
export const First = word('first');
export const Last = word('last');
export const To = word('to');
export const Of = word('of');
export const At = word('at');
export const Cycles = word('cycles');
export const Inf = word('inf');
export const Tile = word('tile');
export const Mask = word('mask');
export const Margin = word('margin');
export const Until = word('until');
export const P = word('p');

/** What only the layout makes: opening words in their place, the end of a statement, and what opens nothing. */
export const ITEM_TOKENS = {
  array: made('Array'),
  fault: made('Fault'),
  campaign: made('Campaign'),
} satisfies Record<ItemWord, TokenType>;
export const STATEMENT_TOKENS = {
  size: made('Size'),
  projection: made('Projection'),
  types: made('Types'),
  fault_slots: made('FaultSlots'),
  fault_nodes: made('FaultNodes'),
  multiplier_stages: made('MultiplierStages'),
  multiplier_style: made('MultiplierStyle'),
  adder_stages: made('AdderStages'),
  multiplier: made('Multiplier'),
  adder: made('Adder'),
} satisfies Record<StatementWord, TokenType>;
export const CAMPAIGN_TOKENS = Object.fromEntries(
  CAMPAIGN_WORDS.map((word) => [word, made(`Campaign_${word}`)]),
) as Record<CampaignWord, TokenType>;
export const UnknownItem = made('UnknownItem');
export const UnknownStatement = made('UnknownStatement');
export const End = made('End');

const Blank = createToken({ name: 'Blank', pattern: /[ \t\f\v]+/, group: Lexer.SKIPPED });
const Comment = createToken({ name: 'Comment', pattern: /#[^\r\n]*/, group: Lexer.SKIPPED });

const WORDS = [Wrap, Bits, Bit, Msb, First, Last, To, Of, At, Cycles, Inf, Tile, Mask, Margin, Until, P];
const MARKS = [
  ...[LineBreak, Semicolon, LeftBrace, RightBrace, LeftSquare, RightSquare, LeftParen, RightParen],
  ...[Colon, Comma, Minus, Percent, AtLeast, Above, AtMost, Below, Exactly],
];
const LEXED = [Blank, Comment, ForeignWord, Times, ...WORDS, Word, NumberToken, Decimal, Text, ...MARKS, Junk];

/** Every token type that the grammar may meet. */
export const VOCABULARY: TokenType[] = [
  ...LEXED,
  ...Object.values(ITEM_TOKENS),
  ...Object.values(STATEMENT_TOKENS),
  ...Object.values(CAMPAIGN_TOKENS),
  ...[UnknownItem, UnknownStatement, End],
];

const lexer = new Lexer(LEXED, { positionTracking: 'onlyOffset' });

/** Cut a text into tokens. It never fails: what fits no rule of the language is Junk, which no statement accepts. */
export function tokenize(text: string): IToken[] {
  return lexer.tokenize(text).tokens;
}

function word(image: string): TokenType {
  const name = image[0]!.toUpperCase() + image.slice(1);
  return createToken({ name, pattern: new RegExp(image), longer_alt: Word, categories: Word });
}

function made(name: string): TokenType {
  return createToken({ name, pattern: Lexer.NA });
}

function custom(sticky: RegExp, allowed: (previous: IToken | undefined) => boolean = () => true): ICustomPattern {
  return {
    exec(text, offset, tokens) {
      if (!allowed(tokens.at(-1))) return null;
      sticky.lastIndex = offset;
      return sticky.exec(text) as [string] | null;
    },
  };
}
