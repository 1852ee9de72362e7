import { list, unknownWord } from '../spec/suggest.ts';
import { rangeProblem, shorten, show } from '../spec/wording.ts';
import type { ImageSize, Preprocess } from './preprocess.ts';

/** A word of the text and where it stands. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** A clause, the words behind its first one as values. Each reader gives undefined after a complaint. */
export interface Clause {
  readonly word: Word;
  readonly values: readonly Word[];
  readonly report: (at: Word, message: string) => void;
}

const LARGEST_SIDE = 65_535;

/** Near these a float32 loses digits. */
const [SMALLEST, LARGEST] = [1e-37, 1e37];

/** Read a clause of one word, which is its own value. */
export function readNothing({ word, values, report }: Clause): string | undefined {
  if (values.length === 0) return word.text;
  report(values[0]!, `"${word.text}" takes no value, received ${show(values[0]!.text)}`);
  return undefined;
}

/** Read one of several known words. */
export function readChoice(clause: Clause, thing: string, known: readonly string[]): string | undefined {
  const value = onlyValue(clause, `a ${thing} (${list(known)})`);
  if (value === undefined || known.includes(value.text)) return value?.text;
  clause.report(value, unknownWord(thing, shorten(value.text), known));
  return undefined;
}

/** Read both sides, or the shorter one alone. */
export function readSize(clause: Clause): Preprocess['size'] | undefined {
  const [value] = clause.values;
  if (clause.values.length !== 1 || !/^\d+$/.test(value!.text)) return readSides(clause, '28x28 or one number');
  const shorter = readSide(value!, value!.text, clause);
  return shorter === undefined ? undefined : { shorter };
}

export function readCrop(clause: Clause): ImageSize | undefined {
  return readSides(clause, '224x224');
}

/** Read a factor, or 1/255, which stands for a division: a product with the number nearest to 1/255 rounds otherwise. */
export function readScale(clause: Clause): Preprocess['scale'] | undefined {
  const wanted = 'a number or 1/NUMBER';
  const value = onlyValue(clause, wanted);
  if (value === undefined) return undefined;
  const divides = value.text.startsWith('1/');
  const factor = readNumber(value, divides ? value.text.slice(2) : value.text, { clause, least: SMALLEST, wanted });
  if (factor === undefined) return undefined;
  return divides ? { divide: factor } : { multiply: factor };
}

/** Read one number for all channels, or three. */
export function readChannels(clause: Clause, range: 'any' | 'positive'): readonly number[] | undefined {
  const { word, values, report } = clause;
  if (values.length !== 1 && values.length !== 3) {
    const received = values.length === 0 ? 'none' : String(values.length);
    report(values[0] ?? word, `"${word.text}" needs one number, or one for each of 3 channels, received ${received}`);
    return undefined;
  }
  const rule = { clause, least: range === 'any' ? -LARGEST : SMALLEST, wanted: 'numbers such as 0.5' };
  const numbers = values.map((value) => readNumber(value, value.text, rule));
  return numbers.every((read) => read !== undefined) ? numbers : undefined;
}

/** Tell whether a word is a decimal number, with an exponent or without. */
export function isNumber(text: string): boolean {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
}

function onlyValue({ word, values, report }: Clause, wanted: string): Word | undefined {
  if (values.length === 1) return values[0];
  const received = values.length === 0 ? 'nothing' : `${values.length} values`;
  report(values[1] ?? word, `"${word.text}" needs ${wanted}, received ${received}`);
  return undefined;
}

/** The sides may stand apart as in the spec language: 28 x 28. */
function readSides(clause: Clause, form: string): ImageSize | undefined {
  const { word, values, report } = clause;
  const text = values.map((value) => value.text).join('');
  const sides = /^(\d+)x(\d+)$/.exec(text);
  if (sides === null) {
    report(values[0] ?? word, `"${word.text}" needs WxH such as ${form}, received ${text ? show(text) : 'nothing'}`);
    return undefined;
  }
  const [width, height] = [readSide(values[0]!, sides[1]!, clause), readSide(values[0]!, sides[2]!, clause)];
  return width === undefined || height === undefined ? undefined : { width, height };
}

function readSide(at: Word, text: string, { word, report }: Clause): number | undefined {
  const problem = rangeProblem({ thing: `a side of "${word.text}"`, least: 1, most: LARGEST_SIDE }, Number(text), text);
  if (problem === null) return Number(text);
  report(at, problem);
  return undefined;
}

function readNumber(
  at: Word,
  text: string,
  { clause, least, wanted }: { readonly clause: Clause; readonly least: number; readonly wanted: string },
): number | undefined {
  const { word, report } = clause;
  const problem = isNumber(text)
    ? rangeProblem({ thing: `a number of "${word.text}"`, least, most: LARGEST }, Number(text), text)
    : `"${word.text}" needs ${wanted}, received ${show(at.text)}`;
  if (problem === null) return Number(text);
  report(at, problem);
  return undefined;
}
