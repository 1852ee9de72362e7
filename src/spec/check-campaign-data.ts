import type { CampaignData, CampaignSpec } from '../campaign/campaign-spec.ts';
import { parsePreprocess } from '../data/parse-preprocess.ts';
import { SpecError } from '../errors.ts';
import type { CampaignStatement, DataSyntax } from './campaign-syntax.ts';
import { checkChoice, checkOnce } from './check-once.ts';
import { type Report, within } from './diagnostics.ts';
import { nearest, unknownWord } from './suggest.ts';
import type { TextSyntax } from './syntax.ts';
import { type IntegerRule, shorten } from './wording.ts';

const IMAGES: IntegerRule = { thing: 'the number of images', least: 1, most: Number.MAX_SAFE_INTEGER };

/** Take the path of a file; null when the statement is left out. */
export function checkPath(thing: string, path: TextSyntax | undefined, report: Report): string | null {
  if (path === undefined) return null;
  if (path.text === '') report(path.token, `the ${thing} must be the path of a file, received an empty text`);
  return path.text;
}

/** Check where the data of each input come from; several inputs have names. */
export function checkData(statements: readonly CampaignStatement<'data'>[], report: Report): CampaignData[] {
  const named = statements.flatMap(({ of }) => (of === null ? [] : [of]));
  for (const { word, input } of named) {
    checkChoice('word', word, ['input'], report);
    if (input.text === '') report(input.token, 'an input of the model has a name, received an empty text');
  }
  checkOnce(
    'the data',
    named.map(({ input: { token, text } }) => ({ token, name: `input "${text}"` })),
    report,
  );
  for (const { keyword, of, steps } of statements.length > 1 ? statements : []) {
    if (of !== null || !meansSteps(steps)) continue;
    report(keyword, 'several data statements each name their input, as in data input "x" "x.npy", found none');
  }
  return statements.map(({ of, path, steps }) => {
    checkPath('data', path, report);
    if (steps !== null) checkSteps(steps, report);
    return { input: of?.input.text ?? null, path: path.text, preprocess: steps?.text.text ?? null };
  });
}

/** Check how many images there are and in which order they come. */
export function checkImages(
  statement: CampaignStatement<'images'> | undefined,
  report: Report,
): CampaignSpec['images'] {
  if (statement === undefined) return { count: null, order: 'file' };
  const { count, choice, order } = statement;
  if (choice !== null && choice.image !== 'all') {
    report(choice, unknownWord('number of images', shorten(choice.image), ['all']));
  }
  return {
    count: count === null ? null : within(count, IMAGES, report),
    order: order === null ? 'file' : checkChoice('order of images', order, ['random'], report),
  };
}

/** Tell whether what follows a path, if anything, is meant as steps: only then the rest of the statement is. */
function meansSteps(steps: DataSyntax['steps']): boolean {
  return steps === null || nearest(steps.word.image, ['preprocess']) !== null;
}

/** Point at each mistake inside the text of the steps, where its characters stand for themselves. */
function checkSteps(steps: NonNullable<DataSyntax['steps']>, report: Report): void {
  checkChoice('word', steps.word, ['preprocess'], report);
  if (!meansSteps(steps)) return;
  const { token, text } = steps.text;
  try {
    parsePreprocess(text);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const plain = token.image === `"${text}"`;
    for (const { column, message } of error.diagnostics) {
      const before = plain ? [...text].slice(0, column - 1).join('').length + 1 : 0;
      report({ ...token, startOffset: token.startOffset + before }, message);
    }
  }
}
