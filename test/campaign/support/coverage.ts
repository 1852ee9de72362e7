import type { Campaign } from '../../../src/campaign/campaign.ts';
import { classOf, OUTCOME_CLASSES, type OutcomeClass } from '../../../src/campaign/outcome.ts';
import { planSample, type SamplePlan } from '../../../src/campaign/sampling/plan-sample.ts';
import {
  INTERVAL_METHODS,
  type IntervalMethod,
  proportionInterval,
} from '../../../src/campaign/statistics/proportion.ts';
import { randomStream } from '../../../src/check/random.ts';
import { formatFault } from '../../../src/spec/format.ts';
import { openDigits } from './digits-campaign.ts';

/** What every fault of a population does to every image: for each fault, by its text, the classes of its outcomes. */
export interface Census {
  readonly campaign: Campaign;
  readonly classes: ReadonlyMap<string, readonly OutcomeClass[]>;
}

/** Run all stuck-at faults of a small array in one convolution. */
export async function takeCensus(images: number): Promise<Census> {
  const statements = { images: String(images), layers: '"conv2"', sample: 'exhaustive' };
  const campaign = await openDigits(statements);
  const classes = new Map<string, readonly OutcomeClass[]>();
  for await (const { n, images: outcomes } of campaign.outcomes()) {
    classes.set(formatFault(campaign.fault(n).fault.spec), outcomes.map(classOf));
  }
  return { campaign, classes };
}

/** The ways to sample whose intervals are put to the test. */
export const DESIGNS = ['simple random', 'stratified by node', 'one image per fault'] as const;
export type SamplingDesign = (typeof DESIGNS)[number];

export interface CoverageOptions {
  readonly design: SamplingDesign;
  readonly seeds: number;
  readonly faults: number;
  readonly confidence: number;
  /** Takes the place of the campaign's own way to draw. */
  readonly plan?: typeof planSample;
}

/** How often the true share of a class lay in the interval, out of the number of seeds. */
export interface Coverage {
  readonly name: OutcomeClass;
  readonly share: number;
  readonly covered: Readonly<Record<IntervalMethod, number>>;
}

/** Draw a sample per seed, from 1 on, and hold the intervals against the shares of the census. */
export function measureCoverage(census: Census, options: CoverageOptions): Coverage[] {
  const { design, seeds, faults, confidence, plan = planSample } = options;
  const { spec, population } = census.campaign;
  const strata = design === 'stratified by node' ? (['node'] as const) : [];
  const covered = OUTCOME_CLASSES.map(() => ({ wilson: 0, clopper_pearson: 0 }));
  const shares = trueShares(census);
  for (let seed = 1; seed <= seeds; seed++) {
    const sampling = { method: 'count', count: faults, each: false } as const;
    const sample = plan({ ...spec, sampling, strata, seed }, population);
    const drawn = drawnClasses(census, sample, strata, design === 'one image per fault' ? seed : null);
    for (const [at, name] of OUTCOME_CLASSES.entries()) {
      for (const method of INTERVAL_METHODS) {
        const { lower, upper } = intervalOf(census, sample, drawn, { name, method, confidence, design });
        if (lower <= shares[at]! && shares[at]! <= upper) covered[at]![method]++;
      }
    }
  }
  return OUTCOME_CLASSES.map((name, at) => ({ name, share: shares[at]!, covered: covered[at]! }));
}

function trueShares({ campaign, classes }: Census): number[] {
  const { size, dead } = campaign.population;
  return OUTCOME_CLASSES.map((name) => {
    let sum = name === 'masked' ? dead : 0;
    for (const own of classes.values()) sum += shareOf(own, name);
    return sum / size;
  });
}

/** For each stratum the classes of the faults drawn from it; of all images, or of one that the seed draws for each. */
function drawnClasses(
  { campaign, classes }: Census,
  sample: SamplePlan,
  keys: readonly 'node'[],
  seed: number | null,
): (readonly OutcomeClass[])[][] {
  const strata = campaign.population.strata(keys);
  const random = seed === null ? null : randomStream(seed, 'image of a fault');
  const drawn: (readonly OutcomeClass[])[][] = strata.map(() => []);
  for (let n = 0; n < sample.planned; n++) {
    const { stratum, index } = sample.indexOf(n);
    const all = classes.get(formatFault(strata[stratum]!.faultAt(index).fault.spec))!;
    drawn[stratum]!.push(random ? [random.pick(all)] : all);
  }
  return drawn;
}

function intervalOf(
  { campaign }: Census,
  sample: SamplePlan,
  drawn: readonly (readonly (readonly OutcomeClass[])[])[],
  {
    name,
    method,
    confidence,
    design,
  }: Pick<CoverageOptions, 'confidence' | 'design'> & {
    readonly name: OutcomeClass;
    readonly method: IntervalMethod;
  },
) {
  // With one image per fault it is pairs of both that are drawn.
  const pairs = design === 'one image per fault' ? campaign.images.length : 1;
  const { dead } = campaign.population;
  const strata = sample.strata.map(({ live }, n) => {
    const shares = drawn[n]!.map((own) => shareOf(own, name));
    const sum = shares.reduce((all, share) => all + share, 0);
    const sumOfSquares = shares.reduce((all, share) => all + share * share, 0);
    return { size: live * pairs, drawn: shares.length, sum, sumOfSquares };
  });
  return proportionInterval(
    strata,
    { size: dead * pairs, sum: name === 'masked' ? dead * pairs : 0 },
    confidence,
    method,
  );
}

function shareOf(classes: readonly OutcomeClass[], name: OutcomeClass): number {
  return classes.filter((own) => own === name).length / classes.length;
}
