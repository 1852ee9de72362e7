import type { CampaignSpec, SamplingSpec, StratumKey } from '../campaign-spec.ts';
import { sampleSize } from '../statistics/sample-size.ts';
import { allocateDraws } from './allocate-draws.ts';
import { interleave, interleaveAfter } from './interleave.ts';
import { type Permutation, permutation } from './permutation.ts';
import { LEAST_DRAWN } from './sequential.ts';

/** A part of a population, as far as sampling is concerned. */
export interface SampledStratum {
  readonly label: string;
  /** Faults from which the sample is drawn. */
  readonly live: number;
  /** Faults known to be masked without running them. */
  readonly dead: number;
}

export interface PlannedStratum extends SampledStratum {
  /** How many of its live faults are drawn; with sequential sampling, at most. */
  readonly planned: number;
}

/** Which faults a campaign draws, in which order. */
export interface SamplePlan {
  readonly strata: readonly PlannedStratum[];
  /** The sum over all strata. */
  readonly planned: number;
  /**
   * Tell what fault number n is, 0 ≤ n < `planned`: a number in the live population of a stratum. A pure function of the
   * campaign; no two n have the same fault, and any beginning holds the strata in proportion, with sequential sampling after
   * the first two faults of each.
   */
  indexOf(n: number): { readonly stratum: number; readonly index: number };
}

/**
 * Plan the sample of a campaign: without replacement and never more than is live. A margin is that of the live faults; of
 * all faults, dead ones included, it is smaller.
 */
export function planSample(
  { sampling, strata: keys, confidence, seed }: Pick<CampaignSpec, 'sampling' | 'strata' | 'confidence' | 'seed'>,
  population: { strata(keys: readonly StratumKey[]): readonly SampledStratum[] },
): SamplePlan {
  const parts = population.strata(keys);
  const shares = drawsOf(
    sampling,
    confidence,
    parts.map(({ live }) => live),
  );
  const strata = parts.map(({ label, live, dead }, n) => ({ label, live, dead, planned: shares[n]! }));
  const turn = sampling.method === 'sequential' ? interleaveAfter(shares, LEAST_DRAWN) : interleave(shares);
  const orders: (Permutation | undefined)[] = [];
  const orderOf = (part: number): Permutation => {
    const { label, live } = strata[part]!;
    orders[part] ??= sampling.method === 'exhaustive' ? { at: (n) => n } : permutation(live, `${seed} ${label}`);
    return orders[part];
  };
  return {
    strata,
    planned: shares.reduce((sum, share) => sum + share, 0),
    indexOf: (n) => {
      const { part, index } = turn(n);
      return { stratum: part, index: orderOf(part).at(index) };
    },
  };
}

function drawsOf(sampling: SamplingSpec, confidence: number, live: readonly number[]): readonly number[] {
  switch (sampling.method) {
    case 'exhaustive':
    case 'sequential':
      return live;
    default: {
      const drawsFrom = (population: number) =>
        sampling.method === 'count'
          ? Math.min(sampling.count, population)
          : sampleSize({ population, margin: sampling.margin, confidence, p: sampling.p });
      if (sampling.each) return live.map(drawsFrom);
      const all = live.reduce((sum, size) => sum + size, 0);
      return allocateDraws(drawsFrom(all), live);
    }
  }
}
