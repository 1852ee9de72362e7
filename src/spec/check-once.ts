import type { IToken } from 'chevrotain';
import type { Report } from './diagnostics.ts';
import { unknownWord } from './suggest.ts';
import { shorten } from './wording.ts';

/** An entry of a list, as messages name it; entries of one name are the same. */
export interface Entry {
  readonly token: IToken;
  readonly name: string;
}

/** Refuse an entry that stands in a list twice; `list` names the list, such as `the nodes`. */
export function checkOnce(list: string, entries: readonly Entry[], report: Report): void {
  const seen = new Set<string>();
  for (const { token, name } of entries) {
    if (seen.has(name)) report(token, `${list} name ${shorten(name)} twice, each may stand once`);
    seen.add(name);
  }
}

/** Check every word of a list and that each stands once. */
export function checkWords<W extends string>(
  list: string,
  words: readonly IToken[],
  problemOf: (word: string) => string | null,
  report: Report,
): W[] {
  for (const token of words) {
    const problem = problemOf(token.image);
    if (problem !== null) report(token, problem);
  }
  checkOnce(
    list,
    words.map((token) => ({ token, name: token.image })),
    report,
  );
  return words.map(({ image }) => image as W);
}

/** Take one of several known words; the first of them in place of any other, which is reported. */
export function checkChoice<W extends string>(thing: string, token: IToken, known: readonly W[], report: Report): W {
  const word = known.find((candidate) => candidate === token.image);
  if (word === undefined) report(token, unknownWord(thing, shorten(token.image), known));
  return word ?? known[0]!;
}
