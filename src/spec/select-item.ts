import type { CampaignSpec } from '../campaign/campaign-spec.ts';
import { EspalierError } from '../errors.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import { list, unknownWord } from './suggest.ts';
import type { BlockWord } from './tokens.ts';

/**
 * Pick an array by its name, or the only one of a file when `name` is null.
 *
 * @throws {EspalierError} naming the arrays that there are.
 */
export function selectArray({ arrays }: Pick<SpecFile, 'arrays'>, name: string | null, file: string): ArraySpec {
  return select('array', arrays, name, file);
}

/**
 * Pick a campaign by its name, or the only one of a file when `name` is null.
 *
 * @throws {EspalierError} naming the campaigns that there are.
 */
export function selectCampaign(
  { campaigns }: Pick<SpecFile, 'campaigns'>,
  name: string | null,
  file: string,
): CampaignSpec {
  return select('campaign', campaigns, name, file);
}

const ARTICLES = { array: 'an', campaign: 'a' } as const satisfies Record<BlockWord, string>;

function select<T extends { readonly name: string }>(
  word: BlockWord,
  items: readonly T[],
  name: string | null,
  file: string,
): T {
  const names = items.map((item) => item.name);
  if (names.length === 0) {
    throw new EspalierError(`the spec file ${file} must define ${ARTICLES[word]} ${word}, found none`);
  }
  if (name === null) {
    if (names.length === 1) return items[0]!;
    const choices = list(names.map((choice) => `${file}:${choice}`));
    throw new EspalierError(`the spec file ${file} defines ${names.length} ${word}s, name one of them: ${choices}`);
  }
  const item = items.find((candidate) => candidate.name === name);
  if (item === undefined) throw new EspalierError(unknownWord(word, name, names, ` in ${file}`));
  return item;
}
