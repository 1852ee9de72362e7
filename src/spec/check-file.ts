import type { IToken } from 'chevrotain';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import { checkArray } from './check-array.ts';
import type { ArrayLoader } from './check-array-reference.ts';
import { checkCampaign } from './check-campaign.ts';
import { checkFault } from './check-fault.ts';
import { blockWithStatement } from './check-statements.ts';
import { describe, type Report } from './diagnostics.ts';
import { list, unknownWord } from './suggest.ts';
import type { FileSyntax } from './syntax.ts';
import { ITEM_WORDS, type ItemWord } from './tokens.ts';
import { shorten } from './wording.ts';

/** Where paths start from, and how arrays of other files are loaded; without that, campaigns are not looked into. */
interface Surroundings {
  readonly folder: string;
  readonly load: ArrayLoader | null;
}

/** Check a file as written; what has a mistake is left out, and all mistakes are reported. */
export function checkFile(file: FileSyntax, { folder, load }: Surroundings, report: Report): SpecFile {
  for (const token of file.unknown) report(token, unknownItem(token));
  checkItems('array', file.arrays, report);
  checkItems('fault', file.faults, report);
  checkItems('campaign', file.campaigns, report);
  // What is no item may be meant as an array, under any name.
  const arrays = new Map<string | null, ArraySpec | null>(file.unknown.map(() => [null, null]));
  for (const array of file.arrays) arrays.set(array.name?.image ?? null, checkArray(array, folder, report));
  const faults = file.faults.map(({ name, body }) => body && checkFault(body, name?.image ?? null, report));
  const campaigns =
    load === null ? [] : file.campaigns.map((campaign) => checkCampaign(campaign, { folder, arrays, load }, report));
  return { arrays: present([...arrays.values()]), faults: present(faults), campaigns: present(campaigns) };
}

function present<T>(items: readonly (T | null)[]): T[] {
  return items.filter((item) => item !== null);
}

function unknownItem(token: IToken): string {
  const block = token.image === 'array' ? 'a campaign' : blockWithStatement(token.image);
  if (block !== null) return `the statement "${token.image}" belongs inside the braces of ${block}, found outside`;
  return `expected ${list(ITEM_WORDS.map((word) => `"${word}"`))}, found ${describe(token)}`;
}

function checkItems(
  word: ItemWord,
  items: readonly { readonly keyword: IToken; readonly name: IToken | null }[],
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { keyword, name } of items) {
    if (keyword.image !== word) report(keyword, unknownWord('word', shorten(keyword.image), ITEM_WORDS));
    if (name === null) continue;
    if (seen.has(name.image)) report(name, `the ${word} name "${shorten(name.image)}" is taken, each may stand once`);
    seen.add(name.image);
  }
}
