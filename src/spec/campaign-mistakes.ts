import type { IToken } from 'chevrotain';
import type { CampaignSpec } from '../campaign/campaign-spec.ts';
import { EspalierError, SpecError } from '../errors.ts';
import type { CampaignStatementSyntax, CampaignSyntax } from './campaign-syntax.ts';
import { locate } from './diagnostics.ts';
import type { CampaignWord } from './tokens.ts';

/** What is wrong between a campaign and its model, data or array. */
export interface CampaignMistake {
  /** The statement that says so; one that was left out stands for its default. */
  readonly word: CampaignWord;
  /** Which of the statement's parts, counted from 0, or of `data` which statement; null for the whole. */
  readonly entry?: number | null;
  readonly message: string;
  readonly cause?: EspalierError;
}

interface Source {
  readonly syntax: CampaignSyntax;
  readonly text: string;
  readonly file: string;
}

const sources = new WeakMap<CampaignSpec, Source>();

/** Keep the text that a campaign was read from, so that later mistakes can point into it. */
export function rememberSource(spec: CampaignSpec, source: Source): void {
  sources.set(spec, source);
}

/** Make one error of all that is wrong with a campaign, with places where it was read from a text. */
export function campaignError(spec: CampaignSpec, mistakes: readonly CampaignMistake[]): EspalierError {
  const cause = mistakes.find((mistake) => mistake.cause !== undefined)?.cause;
  const source = sources.get(spec);
  if (source === undefined) {
    if (mistakes.length === 1 && cause !== undefined) return cause;
    const messages = mistakes.map(({ message }) => message);
    return new EspalierError(`campaign ${spec.name}: ${messages.join('; ')}`, { cause });
  }
  const placed = mistakes.map((mistake) => ({
    offset: tokenOf(source.syntax, mistake).startOffset,
    message: mistake.message,
  }));
  return new SpecError(locate(placed, source.text, source.file), { cause });
}

function tokenOf(syntax: CampaignSyntax, { word, entry = null }: CampaignMistake): IToken {
  const statements = syntax.statements.filter((statement) => statement.word === word);
  const statement = statements[word === 'data' ? (entry ?? 0) : 0];
  if (statement === undefined) return syntax.name ?? syntax.keyword;
  return (entry === null ? undefined : partOf(statement, entry)) ?? statement.keyword;
}

function partOf(statement: CampaignStatementSyntax, entry: number): IToken | undefined {
  switch (statement.word) {
    case 'data':
      return statement.path.token;
    case 'layers':
      return statement.names[entry]?.token;
    case 'channels':
      return statement.numbers[entry]?.token;
    case 'kinds':
      return statement.kinds[entry]?.kind;
    case 'nodes':
      return statement.words[entry];
    case 'bits': {
      const part = statement.entries[entry];
      if (part?.form === 'range') return part.from.token;
      return part?.form === 'mask' ? part.mask.token : part?.word;
    }
    case 'pes': {
      const part = statement.entries[entry];
      return part?.form === 'box' ? part.from.token : part?.word;
    }
    default:
      return undefined;
  }
}
