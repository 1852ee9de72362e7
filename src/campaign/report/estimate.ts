import { type KnownPart, proportionInterval, type StratumSample } from '../statistics/proportion.ts';
import type { StratumRecord } from '../store/record.ts';
import type { Estimate, PopulationCount } from './campaign-summary.ts';
import type { GroupTally } from './tallies.ts';

/** A group's strata with the sizes that they have, or are estimated to have, in its population. */
export interface SizedGroup {
  readonly strata: readonly { readonly stratum: number; readonly size: number }[];
  readonly dead: number;
}

/**
 * Estimate the shares of a measure in a group.
 * @param deadShare what is known of each dead fault, such as 1 for masked
 */
export function estimate(
  { strata, dead }: SizedGroup,
  tally: GroupTally,
  { measure, deadShare, confidence }: { measure: number; deadShare: number; confidence: number },
): Estimate {
  const samples = strata.map(({ stratum, size }): StratumSample => {
    const found = tally.get(stratum);
    if (!found) return { size, drawn: 0, sum: 0, sumOfSquares: 0 };
    return { size, drawn: found.run, sum: found.sums[measure]!, sumOfSquares: found.squares[measure]! };
  });
  const known: KnownPart = { size: dead, sum: dead * deadShare };
  const wilson = proportionInterval(samples, known, confidence, 'wilson');
  const exact = proportionInterval(samples, known, confidence, 'clopper_pearson');
  return {
    estimate: wilson.estimate,
    wilson: [wilson.lower, wilson.upper],
    clopperPearson: [exact.lower, exact.upper],
  };
}

/** The whole population: the sizes of its strata are known. Null when no live fault of a population with some was run. */
export function wholePopulation(strata: readonly StratumRecord[], tally: GroupTally): SizedGroup | null {
  const sized = strata.map(({ live }, stratum) => ({ stratum, size: live })).filter(({ size }) => size > 0);
  const dead = strata.reduce((sum, stratum) => sum + stratum.dead, 0);
  return sized.length > 0 && ![...tally.values()].some(({ run }) => run > 0) ? null : { strata: sized, dead };
}

/**
 * A group of faults: how many of each stratum are in it is estimated from the sample, in proportion so that they sum to the
 * number of live faults that the group has. That is exact for a simple random sample, and when the strata part by the same property.
 * @param population null where it is not known: the shares are then those of the live faults
 * @returns null when it has live faults and none of them was run
 */
export function partOfPopulation(
  strata: readonly StratumRecord[],
  whole: GroupTally,
  tally: GroupTally,
  population: PopulationCount | null,
): SizedGroup | null {
  if (population?.live === 0) return { strata: [], dead: population.dead };
  // A group that is everything has strata of known sizes, also where nothing of one was drawn.
  const all = strata.reduce((total, { live }) => total + live, 0);
  if (population?.live === all) return wholePopulation(strata, tally);
  const rough = [...tally].flatMap(([stratum, { run }]) =>
    run === 0 ? [] : [{ stratum, run, size: (strata[stratum]!.live * run) / whole.get(stratum)!.run }],
  );
  if (rough.length === 0) return null;
  const sum = rough.reduce((total, { size }) => total + size, 0);
  const scale = population ? population.live / sum : 1;
  return {
    strata: rough.map(({ stratum, run, size }) => ({ stratum, size: Math.max(run, size * scale) })),
    dead: population?.dead ?? 0,
  };
}
