import type { IToken } from 'chevrotain';
import type { CampaignSyntax } from './campaign-syntax.ts';
import type { StatementWord } from './tokens.ts';

/** A spec file as it was written: every part keeps the token that a message about it points to. */
export interface FileSyntax {
  readonly arrays: readonly ArraySyntax[];
  readonly faults: readonly FaultItemSyntax[];
  readonly campaigns: readonly CampaignSyntax[];
  /** The first tokens of what is no item. */
  readonly unknown: readonly IToken[];
}

export type ArraySyntax = BlockSyntax<StatementSyntax>;

/** An item with statements in braces. */
export interface BlockSyntax<S> {
  readonly keyword: IToken;
  /** Null when the head is broken before its name. */
  readonly name: IToken | null;
  readonly statements: readonly S[];
  /** Whether the head, every statement and the closing brace could be read. */
  readonly whole: boolean;
}

export type StatementSyntax =
  | { readonly word: 'size'; readonly keyword: IToken; readonly sides: readonly NumberSyntax[] }
  | { readonly word: 'projection'; readonly keyword: IToken; readonly projection: ProjectionSyntax }
  | { readonly word: 'types'; readonly keyword: IToken; readonly lines: readonly LineTypeSyntax[] }
  | { readonly word: 'fault_slots'; readonly keyword: IToken; readonly slots: NumberSyntax }
  | { readonly word: 'fault_nodes'; readonly keyword: IToken; readonly nodes: readonly IToken[] }
  | { readonly word: 'multiplier_stages'; readonly keyword: IToken; readonly stages: NumberSyntax }
  | { readonly word: 'multiplier_style'; readonly keyword: IToken; readonly style: IToken }
  | { readonly word: 'adder_stages'; readonly keyword: IToken; readonly stages: NumberSyntax }
  | { readonly word: 'multiplier'; readonly keyword: IToken; readonly path: TextSyntax }
  | { readonly word: 'adder'; readonly keyword: IToken; readonly path: TextSyntax }
  | { readonly word: 'unknown'; readonly keyword: IToken }
  /** A statement with a syntax error, which has been reported already. */
  | { readonly word: 'broken'; readonly keyword: IToken; readonly meant: StatementWord };

/** The statements that begin with a word. */
export type Statement<W extends StatementSyntax['word']> = Extract<StatementSyntax, { word: W }>;

export type ProjectionSyntax =
  | { readonly form: 'preset'; readonly token: IToken }
  | { readonly form: 'matrix'; readonly token: IToken; readonly rows: readonly (readonly NumberSyntax[])[] };

export interface LineTypeSyntax {
  readonly line: IToken;
  readonly dtype: IToken;
  readonly wrap: IToken | null;
}

export interface FaultItemSyntax {
  readonly keyword: IToken;
  readonly name: IToken | null;
  /** Null when the fault has a syntax error, which has been reported already. */
  readonly body: FaultSyntax | null;
}

export interface FaultSyntax {
  readonly kind: IToken;
  readonly bits: BitsSyntax;
  readonly to: { readonly token: IToken; readonly value: NumberSyntax } | null;
  readonly node: IToken;
  readonly pe: PeSyntax;
  readonly window: WindowSyntax | null;
  readonly tile: NumberSyntax | null;
}

export interface PeSyntax {
  /** The opening bracket. */
  readonly token: IToken;
  readonly x: NumberSyntax;
  readonly y: NumberSyntax;
}

export interface BitsSyntax {
  readonly form: 'index' | 'mask';
  readonly number: NumberSyntax;
  readonly msb: 'first' | 'last';
}

/** A window by its bounds, as written: `>4` has the lower bound 4, not included. */
export interface WindowSyntax {
  readonly lower: BoundSyntax | null;
  readonly upper: BoundSyntax | null;
}

export interface BoundSyntax {
  /** The comparison sign. */
  readonly sign: IToken;
  readonly included: boolean;
  readonly cycle: NumberSyntax;
}

export interface TextSyntax {
  readonly token: IToken;
  readonly text: string;
}

export interface NumberSyntax {
  /** The sign or, without one, the number. */
  readonly token: IToken;
  readonly text: string;
  readonly value: bigint;
}
