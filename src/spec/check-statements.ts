import type { IToken } from 'chevrotain';
import { describe, type Report } from './diagnostics.ts';
import { list, unknownWord } from './suggest.ts';
import type { BlockSyntax } from './syntax.ts';
import { BLOCK_WORDS, type BlockWord, ITEM_WORDS, WORDS_OF } from './tokens.ts';
import { shorten } from './wording.ts';

/** The statements that a block must have, those that may stand more than once, and what to write for former ones. */
export interface StatementRules {
  readonly block: BlockWord;
  readonly required: readonly string[];
  readonly repeated?: readonly string[];
  readonly former?: Readonly<Record<string, string>>;
}

interface AnyStatement {
  readonly word: string;
  readonly keyword: IToken;
  readonly meant?: string;
}

/** Check which statements an array or a campaign has: known ones, once each, and all that it needs. */
export function checkStatements(syntax: BlockSyntax<AnyStatement>, rules: StatementRules, report: Report): void {
  const { block, required, repeated = [] } = rules;
  const title = syntax.name === null ? `the ${block}` : `${block} "${shorten(syntax.name.image)}"`;
  const seen = new Set<string>();
  for (const statement of syntax.statements) {
    const { keyword } = statement;
    const word = statement.meant ?? statement.word;
    if (word === 'unknown') {
      report(keyword, unknownStatement(keyword, title, rules));
      continue;
    }
    // A misspelt word may be meant as another than the nearest, so it stands in for a missing one and is none twice.
    if (keyword.image !== word) report(keyword, unknownWord('statement', shorten(keyword.image), WORDS_OF[block]));
    else if (seen.has(word) && !repeated.includes(word)) {
      report(keyword, `${title} has the statement ${word} twice, each may stand once`);
    }
    seen.add(word);
  }
  const missing = required.filter((word) => !seen.has(word));
  if (syntax.whole && missing.length > 0) {
    report(syntax.name!, `${title} lacks ${list(missing, 'and')}, which every ${block} needs`);
  }
}

/** Name the block that a statement belongs to. */
export function blockWithStatement(word: string): string | null {
  const block = BLOCK_WORDS.find((candidate) => WORDS_OF[candidate].includes(word));
  return block === undefined ? null : `${block === 'array' ? 'an' : 'a'} ${block}`;
}

function unknownStatement(keyword: IToken, title: string, { block, former = {} }: StatementRules): string {
  const { image } = keyword;
  const words = WORDS_OF[block];
  if ((ITEM_WORDS as readonly string[]).includes(image)) {
    const article = image === 'array' ? 'an' : 'a';
    return `${article} ${image} stands outside the braces of ${block === 'array' ? 'an array' : 'a campaign'}, found in ${title}`;
  }
  if (Object.hasOwn(former, image)) return `${former[image]}, found "${image}"`;
  const home = blockWithStatement(image);
  if (home !== null) return `the statement "${image}" belongs inside the braces of ${home}, found in ${title}`;
  if (/^[A-Za-z_]/.test(image)) return unknownWord('statement', shorten(image), words);
  return `expected a statement (${list(words)}), found ${describe(keyword)}`;
}
