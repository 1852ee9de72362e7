import type { IToken } from 'chevrotain';
import type { BlockSyntax, NumberSyntax, PeSyntax, TextSyntax } from './syntax.ts';
import type { CampaignWord } from './tokens.ts';

/** A campaign as it was written: every part keeps the token that a message about it points to. */
export type CampaignSyntax = BlockSyntax<CampaignStatementSyntax>;

/** A statement of a campaign with its parts. */
export type CampaignStatement<W extends CampaignWord> = {
  readonly word: W;
  readonly keyword: IToken;
} & CampaignParts[W];

export type CampaignStatementSyntax =
  | { readonly [W in CampaignWord]: CampaignStatement<W> }[CampaignWord]
  | { readonly word: 'unknown'; readonly keyword: IToken }
  /** A statement with a syntax error, which has been reported already. */
  | { readonly word: 'broken'; readonly keyword: IToken; readonly meant: CampaignWord };

/** Find the first statement of a campaign that begins with a word. */
export type Finder = <W extends CampaignWord>(word: W) => CampaignStatement<W> | undefined;

/** What stands behind each word. */
export interface CampaignParts {
  readonly array: { readonly reference: NameSyntax };
  readonly model: { readonly path: TextSyntax };
  readonly data: DataSyntax;
  readonly labels: { readonly path: TextSyntax };
  /** A number or a word in place of it. */
  readonly images: {
    readonly count: NumberSyntax | null;
    readonly choice: IToken | null;
    readonly order: IToken | null;
  };
  readonly layers: { readonly names: readonly NameSyntax[] };
  readonly lowering: { readonly choice: IToken };
  /** A word, or numbers in place of it. */
  readonly channels: { readonly choice: IToken | null; readonly numbers: readonly NumberSyntax[] };
  readonly kinds: { readonly kinds: readonly KindSyntax[] };
  readonly nodes: { readonly words: readonly IToken[] };
  readonly bits: { readonly entries: readonly BitsEntrySyntax[] };
  readonly pes: { readonly entries: readonly PesEntrySyntax[] };
  readonly window: { readonly choice: IToken };
  readonly sample: SampleSyntax;
  readonly strata: { readonly words: readonly IToken[] };
  readonly confidence: { readonly level: PercentSyntax };
  readonly outcomes: { readonly outcome: IToken; readonly levels: readonly PercentSyntax[] };
  readonly seed: { readonly seed: NumberSyntax };
}

/** A name as a plain word or in double quotes. */
export interface NameSyntax extends TextSyntax {
  readonly quoted: boolean;
}

export interface DataSyntax {
  /** The word before the name of an input, which should be `input`. */
  readonly of: { readonly word: IToken; readonly input: NameSyntax } | null;
  readonly path: TextSyntax;
  /** The word before the text, which should be `preprocess`. */
  readonly steps: { readonly word: IToken; readonly text: TextSyntax } | null;
}

export interface KindSyntax {
  readonly kind: IToken;
  readonly to: { readonly token: IToken; readonly value: NumberSyntax } | null;
}

export type BitsEntrySyntax =
  | { readonly form: 'range'; readonly from: NumberSyntax; readonly to: NumberSyntax | null }
  | { readonly form: 'mask'; readonly mask: NumberSyntax }
  | WordSyntax;

export type PesEntrySyntax =
  | { readonly form: 'box'; readonly from: PeSyntax; readonly to: PeSyntax | null }
  | WordSyntax;

/** A word in place of something else, such as `all`. */
export interface WordSyntax {
  readonly form: 'word';
  readonly word: IToken;
}

export interface SampleSyntax {
  readonly amount:
    | { readonly form: 'count'; readonly count: NumberSyntax }
    | { readonly form: 'margin' | 'until'; readonly margin: PercentSyntax }
    | (WordSyntax & { readonly share: PercentSyntax | null });
  /** What follows, in any order; only `p` has a percentage. */
  readonly options: readonly { readonly word: IToken; readonly share: PercentSyntax | null }[];
}

export interface PercentSyntax {
  /** The sign or, without one, the number. */
  readonly token: IToken;
  /** As written, without blanks before the percent sign. */
  readonly text: string;
  /** The share, such as 0.025 for 2.5 %. */
  readonly value: number;
}
