import type { Interval } from '../statistics/proportion.ts';

/** A sequential campaign may stop after every so many faults only, so that its end does not depend on who finishes first. */
export const CHECKPOINT_FAULTS = 100;

/** Of fewer faults of a stratum nothing is known of how much they differ: so many of each are drawn first. */
export const LEAST_DRAWN = 2;

/** Tell whether every outcome is known well enough, from the intervals at a checkpoint. */
export function mayStop(intervals: readonly Pick<Interval, 'margin'>[], margin: number): boolean {
  return intervals.every((interval) => interval.margin <= margin);
}
