import type { MaskedStage, OutcomeClass, Pattern } from '../outcome.ts';

/** What the report calls classes of outcomes, stages of masking and patterns. */
export const CLASS_WORDS: Readonly<Record<OutcomeClass, string>> = {
  not_fired: 'not fired',
  masked: 'masked',
  non_critical: 'non-critical',
  sdc_1: 'SDC-1',
};

export const CLASS_MEANINGS: Readonly<Record<OutcomeClass, string>> = {
  not_fired: 'the fault changed no bit',
  masked: 'it changed bits, but no output of the model',
  non_critical: 'outputs changed, the top class did not',
  sdc_1: 'another top class',
};

export const STAGE_WORDS: Readonly<Record<MaskedStage, string>> = {
  array: 'in the array',
  layer: 'in the layer',
  activation: 'by the activation',
  later: 'by later layers',
  outputs: 'at the outputs',
};

export const STAGE_MEANINGS: Readonly<Record<MaskedStage, string>> = {
  array: 'all sums of the array are right',
  layer: "the layer's result after bias and requantisation is right",
  activation: 'all values after the next activation are right',
  later: 'the input of a later layer is right',
  outputs: 'only the outputs of the model are right',
};

export const PATTERN_WORDS: Readonly<Record<Pattern, string>> = {
  single: 'single element',
  row: 'row (one pixel)',
  column: 'column (one channel)',
  block: 'block',
  scattered: 'scattered',
};

/** Name a change of confidence, such as `SDC-10 %`. */
export function changeWord(change: number): string {
  return `SDC-${Number((100 * change).toPrecision(6))} %`;
}
