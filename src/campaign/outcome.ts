/**
 * Where a fault that fired was masked, that is, from where on everything is bit-identical to the fault-free run: the sums of the
 * array, the layer's own result (after bias and requantisation), the values after the activation that follows, the
 * input of a later layer, or the outputs of the model only.
 */
export const MASKED_STAGES = ['array', 'layer', 'activation', 'later', 'outputs'] as const;
export type MaskedStage = (typeof MASKED_STAGES)[number];

/** How the wrong elements of a layer's result lie in its matrix of output pixels (rows) and channels (columns). */
export const PATTERNS = ['single', 'row', 'column', 'block', 'scattered'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** What one fault did to one image. */
export interface Outcome {
  /** Place of the image in the data set, from 0. */
  readonly image: number;
  /** Whether the fault changed a bit of its node in any cycle. */
  readonly fired: boolean;
  /** Null when the outputs differ, or when the fault did not fire. */
  readonly stage: MaskedStage | null;
  /** For stage `later`: the name of the first layer whose input is unchanged. */
  readonly maskedBefore: string | null;
  /** The class with the highest score; null without scores. */
  readonly prediction: number | null;
  /** Whether the class with the highest score is another than without the fault. */
  readonly sdc1: boolean;
  /** Whether the class with the highest score is not among the five that are highest without the fault. */
  readonly sdc5: boolean;
  /** (with − without) / without, of the confidence in the fault-free class; NaN becomes null. */
  readonly confidenceChange: number | null;
  /** Whether an output of the model holds NaN or an infinity that the fault-free run does not. */
  readonly nonFinite: boolean;
  /** How many elements of the layer's sums differ, as the array gave them. */
  readonly corrupted: number;
  /** How they lie; null when none differs. */
  readonly pattern: Pattern | null;
}

/** The classes of outcomes that exclude each other, from harmless to harmful. */
export const OUTCOME_CLASSES = ['not_fired', 'masked', 'non_critical', 'sdc_1'] as const;
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

/** Tell the class of an outcome: SDC-1 is another top-1 class, non-critical a changed output with the same. */
export function classOf({ fired, stage, sdc1 }: Pick<Outcome, 'fired' | 'stage' | 'sdc1'>): OutcomeClass {
  if (!fired) return 'not_fired';
  if (stage !== null) return 'masked';
  return sdc1 ? 'sdc_1' : 'non_critical';
}

/** What one fault did to all its images. */
export interface FaultOutcome {
  /** Number of the fault in the campaign. */
  readonly n: number;
  /** In the order of the campaign's images; empty for a fault that ended in an error. */
  readonly images: readonly Outcome[];
  /** Why the fault could not be run, after one retry; null when it could. */
  readonly error: string | null;
}
