import { type CampaignSpec, type SamplingSpec, STRATA, type StratumKey } from '../campaign/campaign-spec.ts';
import type { CampaignStatement, SampleSyntax } from './campaign-syntax.ts';
import { checkChoice, checkOnce, checkWords } from './check-once.ts';
import { type Report, within } from './diagnostics.ts';
import { formatPercent, type PercentRule, shareWithin } from './percent.ts';
import { unknownWord } from './suggest.ts';
import { type IntegerRule, shorten } from './wording.ts';

const COUNT: IntegerRule = { thing: 'the number of faults of a sample', least: 1, most: Number.MAX_SAFE_INTEGER };
const MARGIN: PercentRule = {
  thing: 'the margin of a sample',
  limits: 'above 0 % and below 50 %',
  holds: (share) => share > 0 && share < 0.5,
};
const P: PercentRule = {
  thing: 'the share p that a sample expects',
  limits: 'above 0 % and below 100 %',
  holds: (share) => share > 0 && share < 1,
};
const CONFIDENCE: PercentRule = {
  thing: 'the confidence of intervals',
  limits: 'at least 50 % and below 100 %',
  holds: (share) => share >= 0.5 && share < 1,
};
const CHANGE: PercentRule = {
  thing: 'a change of confidence',
  limits: 'above 0 % and at most 100 %',
  holds: (share) => share > 0 && share <= 1,
};

/**
 * Check how faults are drawn; null without a sample. In a campaign that is not `whole`, strata may be missing because
 * their statement could not be read.
 */
export function checkSampling(
  sample: CampaignStatement<'sample'> | undefined,
  strata: CampaignStatement<'strata'> | undefined,
  whole: boolean,
  report: Report,
): Pick<CampaignSpec, 'sampling' | 'strata'> | null {
  const keys: StratumKey[] = strata === undefined ? [] : checkWords('the strata', strata.words, stratumProblem, report);
  if (sample === undefined) return null;
  const sampling = samplingOf(sample, report);
  const each = sample.options.find(({ word }) => word.image === 'each');
  if (each !== undefined && 'each' in sampling && strata === undefined && whole) {
    report(each.word, '"each" draws in every stratum, which needs the statement strata, found none');
  }
  return { sampling, strata: keys };
}

/** Check the confidence of all intervals. */
export function checkConfidence(statement: CampaignStatement<'confidence'> | undefined, report: Report): number {
  return statement === undefined ? 0.95 : shareWithin(statement.level, CONFIDENCE, report);
}

/** Check the changes of confidence that count as silent data corruption. */
export function checkOutcomes(statement: CampaignStatement<'outcomes'> | undefined, report: Report): number[] {
  if (statement === undefined) return [0.1, 0.2];
  const { outcome, levels } = statement;
  checkChoice('outcome', outcome, ['confidence_change'], report);
  checkOnce(
    'the outcomes',
    levels.map(({ token, value }) => ({ token, name: formatPercent(value) })),
    report,
  );
  return levels.map((level) => shareWithin(level, CHANGE, report));
}

function stratumProblem(word: string): string | null {
  return (STRATA as readonly string[]).includes(word) ? null : unknownWord('stratum', shorten(word), STRATA);
}

function samplingOf(sample: SampleSyntax, report: Report): SamplingSpec {
  const { amount } = sample;
  const { each, p } = optionsOf(sample, report);
  if (amount.form === 'count') return { method: 'count', count: within(amount.count, COUNT, report) ?? 1, each };
  if (amount.form === 'word') {
    if (amount.word.image !== 'exhaustive') {
      report(amount.word, unknownWord('sample', shorten(amount.word.image), ['exhaustive', 'margin', 'until']));
    } else if (amount.share !== null) {
      report(amount.share.token, `"exhaustive" takes every fault and no percentage, received ${amount.share.text} %`);
    }
    return { method: 'exhaustive' };
  }
  const margin = shareWithin(amount.margin, MARGIN, report);
  return amount.form === 'margin' ? { method: 'margin', margin, p, each } : { method: 'sequential', margin };
}

/** Read what follows the size of a sample, and refuse what does not go with it. */
function optionsOf({ amount, options }: SampleSyntax, report: Report): { each: boolean; p: number } {
  const allowed = { count: ['each'], margin: ['p', 'each'], until: [], word: [] }[amount.form] as readonly string[];
  const behind = { count: 'a number of faults', margin: 'margin', until: 'until', word: 'exhaustive' }[amount.form];
  const seen = new Set<string>();
  let p = 0.5;
  for (const { word, share } of options) {
    const { image } = word;
    if (share !== null) p = shareWithin(share, P, report);
    // Behind a word that is none, nothing is known to be wrong.
    if (amount.form === 'word' && amount.word.image !== 'exhaustive') continue;
    if (!OPTIONS.includes(image)) report(word, unknownWord('option of a sample', shorten(image), OPTIONS));
    else if (!allowed.includes(image))
      report(word, `"${image}" goes with ${GOES_WITH[image]}, received it behind ${behind}`);
    else if (seen.has(image)) report(word, `the sample has "${image}" twice, each may stand once`);
    seen.add(image);
  }
  return { each: seen.has('each'), p };
}

const OPTIONS: readonly string[] = ['p', 'each'];
const GOES_WITH: Readonly<Record<string, string>> = { p: 'a margin', each: 'a number of faults or a margin' };
