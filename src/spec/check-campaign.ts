import type { CampaignSpec } from '../campaign/campaign-spec.ts';
import { DEFAULT_LOWERING, LOWERINGS } from '../onnx/lowering/lowering.ts';
import { MAX_NAME_LENGTH } from './array-rules.ts';
import type { CampaignStatement, CampaignSyntax, Finder } from './campaign-syntax.ts';
import { type ArrayScope, checkArrayReference } from './check-array-reference.ts';
import { checkData, checkImages, checkPath } from './check-campaign-data.ts';
import { checkChoice } from './check-once.ts';
import { checkPopulation } from './check-population.ts';
import { checkConfidence, checkOutcomes, checkSampling } from './check-sampling.ts';
import { checkStatements, type StatementRules } from './check-statements.ts';
import { checkChannels, checkLayers } from './check-targets.ts';
import { type Report, within } from './diagnostics.ts';
import type { CampaignWord } from './tokens.ts';
import type { IntegerRule } from './wording.ts';

const RULES: StatementRules = {
  block: 'campaign',
  required: ['array', 'model', 'data', 'sample'] satisfies CampaignWord[],
  repeated: ['data'] satisfies CampaignWord[],
};

const SEED: IntegerRule = { thing: 'the seed of a campaign', least: 0, most: Number.MAX_SAFE_INTEGER };

/**
 * Check a campaign as written and fill in its defaults; null when it has a mistake, all of which are reported. What
 * depends on the model, its data or the design of the array is not checked. Once there is a mistake, the parts hold
 * anything in its place.
 */
export function checkCampaign(campaign: CampaignSyntax, scope: ArrayScope, report: Report): CampaignSpec | null {
  let right = campaign.whole;
  const noting: Report = (...mistake) => {
    right = false;
    report(...mistake);
  };
  const find = finder(campaign);
  checkName(campaign, noting);
  checkStatements(campaign, RULES, noting);
  const reference = find('array')?.reference;
  const array = reference === undefined ? null : checkArrayReference(reference, scope, noting);
  const model = checkPath('model', find('model')?.path, noting);
  const known = campaign.statements.every(({ word, keyword }) => keyword.image === word);
  const sampling = checkSampling(find('sample'), find('strata'), campaign.whole && known, noting);
  const rest = {
    data: checkData(
      campaign.statements.filter((statement) => statement.word === 'data'),
      noting,
    ),
    labels: checkPath('labels', find('labels')?.path, noting),
    images: checkImages(find('images'), noting),
    layers: checkLayers(find('layers'), noting),
    lowering: loweringOf(find('lowering'), noting),
    channels: checkChannels(find('channels'), noting),
    population: checkPopulation(find, noting),
    confidence: checkConfidence(find('confidence'), noting),
    confidenceChanges: checkOutcomes(find('outcomes'), noting),
    seed: seedOf(find('seed'), noting),
  };
  if (!right || campaign.name === null || array === null || model === null || sampling === null) return null;
  return { name: campaign.name.image, array, model, ...rest, ...sampling };
}

function finder({ statements }: CampaignSyntax): Finder {
  return <W extends CampaignWord>(word: W) =>
    statements.find((statement) => statement.word === word) as CampaignStatement<W> | undefined;
}

function checkName({ name }: CampaignSyntax, report: Report): void {
  if (name === null || name.image.length <= MAX_NAME_LENGTH) return;
  report(name, `a campaign name has at most ${MAX_NAME_LENGTH} characters, received ${name.image.length}`);
}

function loweringOf(statement: CampaignStatement<'lowering'> | undefined, report: Report): CampaignSpec['lowering'] {
  return statement === undefined ? DEFAULT_LOWERING : checkChoice('lowering', statement.choice, LOWERINGS, report);
}

function seedOf(statement: CampaignStatement<'seed'> | undefined, report: Report): number {
  return statement === undefined ? 1 : (within(statement.seed, SEED, report) ?? 1);
}
