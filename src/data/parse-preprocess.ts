import { DTYPES } from '../dtype/dtype.ts';
import { SpecError } from '../errors.ts';
import { locate, type Mistake } from '../spec/diagnostics.ts';
import { unknownWord } from '../spec/suggest.ts';
import { shorten } from '../spec/wording.ts';
import { CHANNEL_ORDERS, LAYOUTS, type Preprocess } from './preprocess.ts';
import {
  type Clause,
  isNumber,
  readChannels,
  readChoice,
  readCrop,
  readNothing,
  readScale,
  readSize,
  type Word,
} from './preprocess-values.ts';

const NOTHING: Preprocess = {
  ...{ from: null, channels: null, size: null, crop: null, scale: null },
  ...{ mean: null, std: null, layout: null, dtype: null },
};

/** The step that a word decides, and how its values are read. */
interface Meaning {
  readonly step: keyof Preprocess;
  readonly read: (clause: Clause) => unknown;
}

const WORDS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['size', { step: 'size', read: readSize }],
  ['crop', { step: 'crop', read: readCrop }],
  ...CHANNEL_ORDERS.map((order): [string, Meaning] => [order, { step: 'channels', read: readNothing }]),
  ...LAYOUTS.map((layout): [string, Meaning] => [layout, { step: 'layout', read: readNothing }]),
  ['from', { step: 'from', read: (clause) => readChoice(clause, 'layout', LAYOUTS) }],
  ['scale', { step: 'scale', read: readScale }],
  ['mean', { step: 'mean', read: (clause) => readChannels(clause, 'any') }],
  ['std', { step: 'std', read: (clause) => readChannels(clause, 'positive') }],
  ['dtype', { step: 'dtype', read: (clause) => readChoice(clause, 'dtype', DTYPES) }],
]);

/**
 * Read what is to be done to each item: clauses with commas between them, in any order, such as
 * `size 28x28, gray, nchw, scale 1/255, mean 0.1307, std 0.3081`. `docs/data.md` lists the clauses.
 * @param place stands where a message would name the file
 * @throws {SpecError} with every mistake of the text, sorted by place.
 */
export function parsePreprocess(text: string, place = 'preprocess'): Preprocess {
  const mistakes: Mistake[] = [];
  const report: Clause['report'] = ({ offset }, message) => mistakes.push({ offset, message });
  const steps: { -readonly [S in keyof Preprocess]: unknown } = { ...NOTHING };
  const given = new Map<keyof Preprocess, Word>();
  for (const [word, ...values] of clauses(text)) {
    const known = WORDS.get(word!.text);
    if (known === undefined) {
      report(word!, complaint(word!));
      continue;
    }
    const earlier = given.get(known.step);
    if (earlier) report(word!, `"${word!.text}" must not stand beside "${earlier.text}"${twice(word!, earlier)}`);
    given.set(known.step, word!);
    const value = known.read({ word: word!, values, report });
    if (value !== undefined) steps[known.step] = value;
  }
  const checked = steps as Preprocess;
  if (checked.channels === 'gray') {
    for (const step of ['mean', 'std'] as const) {
      if (checked[step]?.length === 3) report(given.get(step)!, `gray has one channel, received 3 numbers of ${step}`);
    }
  }
  if (mistakes.length > 0) throw new SpecError(locate(mistakes, text, place));
  return checked;
}

/** Cut a text into clauses of at least one word; where nothing stands between commas, the word is empty. */
function clauses(text: string): Word[][] {
  let offset = 0;
  return text.split(',').map((clause) => {
    const start = offset;
    offset += clause.length + 1;
    const words = Array.from(clause.matchAll(/\S+/g), (found) => ({ text: found[0], offset: start + found.index }));
    return words.length > 0 ? words : [{ text: '', offset: Math.min(start, text.length) }];
  });
}

function complaint({ text }: Word): string {
  if (text === '') return 'expected a clause such as "scale 1/255", found nothing';
  if (isNumber(text))
    return `expected a word, found the number ${shorten(text)}; between numbers stands a blank, no comma`;
  return unknownWord('word', shorten(text), [...WORDS.keys()]);
}

function twice(word: Word, earlier: Word): string {
  return word.text === earlier.text ? ', each may stand once' : ', of which one can hold';
}
