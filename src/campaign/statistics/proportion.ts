import { EspalierError } from '../../errors.ts';
import { type Bounds, boundProportion, INTERVAL_METHODS, type IntervalMethod } from './interval.ts';

export { INTERVAL_METHODS, type IntervalMethod } from './interval.ts';

/** What a sample says of one stratum. The sampling unit is the fault: all images are run with each fault drawn. */
export interface StratumSample {
  /** Faults of the stratum from which its sample is drawn. */
  readonly size: number;
  /** Faults drawn, without replacement. */
  readonly drawn: number;
  /** Sum, over the faults drawn, of the share of images with the outcome, which is from 0 to 1. */
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** Faults whose shares are known without running them, and the sum of those shares. */
export interface KnownPart {
  readonly size: number;
  readonly sum: number;
}

/** How often an outcome comes up among all faults and images. */
export interface Interval extends Bounds {
  readonly estimate: number;
  /** The farther of the two ends from the estimate. */
  readonly margin: number;
}

/**
 * Estimate the share of an outcome in a whole population, from a sample of its strata, with an interval that holds the
 * true share with the given confidence (between 0 and 1).
 *
 * Known faults add no uncertainty. A stratum of which nothing is drawn may hold anything: the interval reaches from none
 * to all of it, and the estimate takes it to be as the rest. No interval contradicts what was seen: the outcomes
 * seen are there, and more than the faults left cannot follow.
 * @throws {EspalierError} for numbers that are no sample, or an empty population.
 */
export function proportionInterval(
  strata: readonly StratumSample[],
  known: KnownPart,
  confidence: number,
  method: IntervalMethod,
): Interval {
  checkSample(strata, known, confidence, method);
  const drawn = strata.filter((stratum) => stratum.drawn > 0);
  const drawnSize = total(drawn, ({ size }) => size);
  const undrawnSize = total(strata, ({ size }) => size) - drawnSize;
  const size = drawnSize + undrawnSize + known.size;
  const share = drawnSize === 0 ? 0.5 : total(drawn, (at) => (at.size * at.sum) / at.drawn) / drawnSize;
  const estimate = clamp(share);
  const bounds = drawnSize === 0 ? ANYTHING : seenBounds(drawn, drawnSize, estimate, confidence, method);
  const overall = (ofDrawn: number, ofUndrawn: number) =>
    clamp((drawnSize * ofDrawn + undrawnSize * ofUndrawn + known.sum) / size);
  const middle = overall(estimate, estimate);
  const lower = Math.min(middle, overall(bounds.lower, 0));
  const upper = Math.max(middle, overall(bounds.upper, 1));
  return { estimate: middle, lower, upper, margin: Math.max(middle - lower, upper - middle) };
}

const ANYTHING: Bounds = { lower: 0, upper: 1 };

function seenBounds(
  strata: readonly StratumSample[],
  size: number,
  estimate: number,
  confidence: number,
  method: IntervalMethod,
): Bounds {
  const { lower, upper } = boundProportion(estimate, effectiveSize(strata), confidence, method);
  const seen = total(strata, ({ sum }) => sum);
  const left = total(strata, (stratum) => stratum.size - stratum.drawn);
  return { lower: Math.max(lower, seen / size), upper: Math.min(upper, (seen + left) / size) };
}

/**
 * Compute how many independent images with yes-or-no outcomes say as much as this sample: n* = p(1 − p)/v (Kish, Survey
 * Sampling, 1965; Korn and Graubard 1998), v the variance of the estimate.
 *
 * v is the sum over strata of (N_h/N)²·(s_h²/n_h)·(N_h − n_h)/(N_h − 1), s_h² the variance between faults. The
 * correction has N_h − 1 because yes-or-no shares then give n* = n(N − 1)/(N − n), the formula that Leveugle et al.
 * (DATE 2009) turn around. Nothing is left to chance when all faults are drawn: n* is infinite.
 *
 * A sample in which all shares are equal, such as all 0, would claim a variance of 0. So both variances are taken
 * with two faults more in each stratum, of share 0 and 1 (Laplace's rule): where only they differ, or shares are 0 and 1
 * anyway, the images of a fault count as one, and only a sample that shows them to differ earns more.
 */
export function effectiveSize(strata: readonly StratumSample[]): number {
  const size = total(strata, (stratum) => stratum.size);
  const drawn = total(strata, (stratum) => stratum.drawn);
  const share = total(strata, (at) => (at.size / size) * smoothedShare(at));
  const variance = total(strata, (at) => (at.size / size) ** 2 * meanVariance(at));
  return variance === 0 ? Number.POSITIVE_INFINITY : unbiased(share * (1 - share), drawn) / variance;
}

function smoothedShare({ drawn, sum }: StratumSample): number {
  return (sum + 1) / (drawn + 2);
}

function meanVariance(stratum: StratumSample): number {
  const { size, drawn, sumOfSquares } = stratum;
  if (drawn === size) return 0;
  const spread = (sumOfSquares + 1) / (drawn + 2) - smoothedShare(stratum) ** 2;
  return (unbiased(spread, drawn) / drawn) * ((size - drawn) / (size - 1));
}

/** Undo the bias of a variance of so many faults and the two that were added: strata of few faults would look even. */
function unbiased(variance: number, drawn: number): number {
  return (variance * (drawn + 2)) / (drawn + 1);
}

function checkSample(
  strata: readonly StratumSample[],
  known: KnownPart,
  confidence: number,
  method: IntervalMethod,
): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new EspalierError(`a confidence must lie between 0 and 1, received ${confidence}`);
  }
  if (!INTERVAL_METHODS.includes(method)) {
    throw new EspalierError(`an interval is one of ${INTERVAL_METHODS.join(', ')}, received ${method}`);
  }
  for (const { size, drawn, sum, sumOfSquares } of [...strata, { ...known, drawn: known.size, sumOfSquares: 0 }]) {
    const isSample = drawn >= 0 && drawn <= size && sum >= 0 && sum <= drawn && sumOfSquares >= 0;
    if (isSample && sumOfSquares <= sum + 1e-9 * drawn) continue;
    const received = `${drawn} of ${size} faults with shares of sum ${sum} and of squares ${sumOfSquares}`;
    throw new EspalierError(`a sample has at most all faults and shares from 0 to 1, received ${received}`);
  }
  if (total(strata, ({ size }) => size) + known.size === 0) {
    throw new EspalierError('a share needs a population, received one of no faults');
  }
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
