import type { CampaignSpec } from './campaign-spec.ts';
import { classOf, OUTCOME_CLASSES, type Outcome } from './outcome.ts';
import type { SamplePlan } from './sampling/plan-sample.ts';
import { CHECKPOINT_FAULTS, LEAST_DRAWN, mayStop } from './sampling/sequential.ts';
import { type Interval, proportionInterval, type StratumSample } from './statistics/proportion.ts';

interface Sums {
  drawn: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Follows the shares of outcomes while a campaign runs. Faults count in the order of their numbers, each when all before
 * it are done, so that what it says of the first n faults does not depend on who finished when.
 */
export class RunningTally {
  readonly #sample: Pick<SamplePlan, 'strata' | 'indexOf'>;
  readonly #confidence: number;
  readonly #measures: readonly ((outcome: Outcome) => boolean)[];
  readonly #strata: readonly Sums[];
  /** Shares of faults that are done while one before them is not; null for a fault that could not be run. */
  readonly #waiting = new Map<number, readonly number[] | null>();
  #next = 0;

  constructor(
    sample: Pick<SamplePlan, 'strata' | 'indexOf'>,
    spec: Pick<CampaignSpec, 'confidence' | 'confidenceChanges'>,
  ) {
    this.#sample = sample;
    this.#confidence = spec.confidence;
    this.#measures = [
      ...OUTCOME_CLASSES.map((name) => (outcome: Outcome) => classOf(outcome) === name),
      ({ sdc5 }) => sdc5,
      ({ nonFinite }) => nonFinite,
      ...spec.confidenceChanges.map(
        (change) => (outcome: Outcome) =>
          outcome.confidenceChange === null ? outcome.nonFinite : Math.abs(outcome.confidenceChange) > change,
      ),
    ];
    const { length } = this.#measures;
    this.#strata = sample.strata.map(() => ({
      drawn: 0,
      sum: new Float64Array(length),
      squares: new Float64Array(length),
    }));
  }

  /** How many faults count: all from 0 on without a gap. */
  get counted(): number {
    return this.#next;
  }

  /**
   * Take a fault that is done; no outcomes when it could not be run.
   * @param atCheckpoint called whenever the faults that count are as many as a checkpoint wants
   */
  add(n: number, outcomes: readonly Outcome[], atCheckpoint?: (counted: number) => void): void {
    this.#waiting.set(n, outcomes.length === 0 ? null : this.#sharesOf(outcomes));
    for (let own = this.#waiting.get(this.#next); own !== undefined; own = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      if (own !== null) this.#count(this.#sample.indexOf(this.#next).stratum, own);
      this.#next++;
      if (this.#next % CHECKPOINT_FAULTS === 0) atCheckpoint?.(this.#next);
    }
  }

  /** Whether every outcome is known to the margin, with some faults from each stratum. */
  isPrecise(margin: number): boolean {
    const isDrawn = this.#strata.every(({ drawn }, n) => drawn >= Math.min(LEAST_DRAWN, this.#sample.strata[n]!.live));
    return isDrawn && mayStop(this.#intervals(), margin);
  }

  /** The largest margin of all outcomes as far as they are known. */
  get margin(): number {
    return Math.max(...this.#intervals().map(({ margin }) => margin));
  }

  /** The share of SDC-1 as far as it is known. */
  get sdc1(): Interval {
    return this.#interval(OUTCOME_CLASSES.indexOf('sdc_1'));
  }

  #sharesOf(outcomes: readonly Outcome[]): number[] {
    const counts = new Array<number>(this.#measures.length).fill(0);
    for (const outcome of outcomes) {
      for (let at = 0; at < counts.length; at++) if (this.#measures[at]!(outcome)) counts[at]!++;
    }
    return counts.map((count) => count / outcomes.length);
  }

  #intervals(): Interval[] {
    return this.#measures.map((_, measure) => this.#interval(measure));
  }

  #count(stratum: number, shares: readonly number[]): void {
    const sums = this.#strata[stratum]!;
    sums.drawn++;
    for (const [measure, share] of shares.entries()) {
      sums.sum[measure]! += share;
      sums.squares[measure]! += share * share;
    }
  }

  #interval(measure: number): Interval {
    const samples = this.#strata.map(
      ({ drawn, sum, squares }, n): StratumSample => ({
        size: this.#sample.strata[n]!.live,
        drawn,
        sum: sum[measure]!,
        sumOfSquares: squares[measure]!,
      }),
    );
    const dead = this.#sample.strata.reduce((all, stratum) => all + stratum.dead, 0);
    const isMasked = measure === OUTCOME_CLASSES.indexOf('masked');
    return proportionInterval(samples, { size: dead, sum: isMasked ? dead : 0 }, this.#confidence, 'wilson');
  }
}
