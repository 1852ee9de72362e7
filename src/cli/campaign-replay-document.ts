import { classOf, type OutcomeClass } from '../campaign/outcome.ts';
import type { ImageReplay, ReplayReport, ScoresReplay } from '../campaign/replay/replay-report.ts';
import { sayable } from './documents.ts';

/** A number as JSON can say it: "NaN" and infinities are text. */
type Sayable = number | string;

/** What `espalier campaign replay --json` prints. */
export interface ReplayDocument extends Omit<ReplayReport, 'images'> {
  readonly images: readonly ImageDocument[];
}

type Changed<T> = Omit<T, 'largestDifference'> & { readonly largestDifference: Sayable };

export interface ImageDocument extends Omit<ImageReplay, 'sums' | 'values' | 'scores'> {
  readonly class: OutcomeClass;
  readonly sums: Changed<ImageReplay['sums']>;
  readonly values: readonly Changed<ImageReplay['values'][number]>[];
  readonly scores:
    | (Omit<ScoresReplay, 'clean' | 'faulty'> & {
        readonly clean: readonly Sayable[];
        readonly faulty: readonly Sayable[];
      })
    | null;
}

export function replayDocument(report: ReplayReport): ReplayDocument {
  return {
    ...report,
    images: report.images.map((image) => ({
      ...image,
      class: classOf(image.outcome),
      sums: changed(image.sums),
      values: image.values.map(changed),
      scores: image.scores && {
        ...image.scores,
        clean: image.scores.clean.map(say),
        faulty: image.scores.faulty.map(say),
      },
    })),
  };
}

function changed<T extends { readonly largestDifference: number }>(change: T): Changed<T> {
  return { ...change, largestDifference: say(change.largestDifference) };
}

function say(value: number): Sayable {
  return sayable(value) as Sayable;
}
