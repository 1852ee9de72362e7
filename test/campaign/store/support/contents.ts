import { type FaultRow, faultRow } from '../../../../src/campaign/store/fault-row.ts';
import type { OutcomeRow } from '../../../../src/campaign/store/tables.ts';
import { doneFault } from './made-up-campaign.ts';

export interface Contents {
  readonly faults: readonly FaultRow[];
  readonly outcomes: readonly OutcomeRow[];
}

/** What a store must hold of the made-up faults of these numbers. */
export function contentsOf(numbers: readonly number[]): Contents {
  const done = numbers.toSorted((a, b) => a - b).map((n) => doneFault(n));
  const outcomes = done.flatMap(({ fault, outcome }) =>
    outcome.images.toSorted((a, b) => a.image - b.image).map((image) => ({ fault: fault.n, ...image })),
  );
  return { faults: done.map(faultRow), outcomes };
}

/** The numbers from `from` up to `end`, without `end`. */
export function numbersFrom(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, at) => from + at);
}
