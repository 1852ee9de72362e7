import {
  MASKED_STAGES,
  type MaskedStage,
  OUTCOME_CLASSES,
  type OutcomeClass,
  PATTERNS,
  type Pattern,
} from '../outcome.ts';

/**
 * What is told of every fault as a share of its images: the place of each measure in a list of numbers. Accuracy is
 * half of (1 + its change), so that it lies in [0, 1] as a share must.
 */
export interface Measures {
  readonly count: number;
  readonly classes: Readonly<Record<OutcomeClass, number>>;
  readonly sdc5: number;
  readonly nonFinite: number;
  readonly stages: Readonly<Record<MaskedStage, number>>;
  readonly patterns: Readonly<Record<Pattern, number>>;
  /** Images with the pattern that end as SDC-1. */
  readonly patternSdc1: Readonly<Record<Pattern, number>>;
  readonly confidenceChanges: readonly number[];
  readonly accuracy: number;
  /** Per measure, an SQL condition on a row of `outcomes` or, for accuracy, none. */
  readonly conditions: readonly string[];
}

/** List the measures of a campaign with such changes of confidence. */
export function measuresOf(confidenceChanges: readonly number[]): Measures {
  const conditions: string[] = [];
  const add = (condition: string): number => conditions.push(condition) - 1;
  const each = <Name extends string>(names: readonly Name[], condition: (at: number) => string) =>
    Object.fromEntries(names.map((name, at) => [name, add(condition(at))])) as Record<Name, number>;
  const ended = (at: number) =>
    ({
      not_fired: 'fired = 0',
      masked: 'fired AND stage IS NOT NULL',
      non_critical: 'fired AND stage IS NULL AND NOT sdc1',
      sdc_1: 'fired AND stage IS NULL AND sdc1',
    })[OUTCOME_CLASSES[at]!];
  const measures = {
    classes: each(OUTCOME_CLASSES, ended),
    sdc5: add('sdc5'),
    nonFinite: add('non_finite'),
    stages: each(MASKED_STAGES, (at) => `fired AND stage = ${at}`),
    patterns: each(PATTERNS, (at) => `o.pattern = ${at}`),
    patternSdc1: each(PATTERNS, (at) => `o.pattern = ${at} AND sdc1`),
    // A confidence that became NaN is stored as null.
    confidenceChanges: confidenceChanges.map((change) =>
      add(`coalesce(abs(confidence_change) > ${change}, non_finite)`),
    ),
    accuracy: conditions.length,
  };
  return { ...measures, count: conditions.length + 1, conditions };
}
