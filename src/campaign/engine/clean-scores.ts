import { numberReader } from '../../dtype/element-store.ts';
import { predictClasses } from '../../onnx/run/classes.ts';
import { findScores } from '../../onnx/run/scores.ts';
import { rankOf } from '../../onnx/run/top-k.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Outcome } from '../outcome.ts';

/** How scores become confidences: they are probabilities already, their logarithms, or anything before a softmax. */
export type ScoreKind = 'probabilities' | 'log_probabilities' | 'logits';

/** What the fault-free run says of an image. */
export interface CleanScores {
  /** The class with the highest score; null without scores. */
  readonly prediction: number | null;
  /** The confidence in it, from 0 to 1. */
  readonly confidence: number | null;
  /** The classes with the five highest scores. */
  readonly topFive: readonly number[];
}

/** Read what the outputs of a batch say of each of its images. */
export function cleanScores(outputs: Readonly<Record<string, Tensor>>, images: number, kind: ScoreKind): CleanScores[] {
  const scores = findScores(outputs);
  if (!scores) return Array.from({ length: images }, () => ({ prediction: null, confidence: null, topFive: [] }));
  return predictClasses(scores).map((prediction, row) => ({
    prediction,
    confidence: confidenceOf(scores, row, prediction, kind),
    topFive: Array.from({ length: scores.shape[1]! }, (_, label) => label).filter(
      (label) => rankOf(scores, row, label) < 5,
    ),
  }));
}

type ScoreOutcome = Pick<Outcome, 'prediction' | 'sdc1' | 'sdc5' | 'confidenceChange'>;

/** The scores of a batch, with the class of the highest in each row. */
export interface BatchScores {
  readonly scores: Tensor;
  readonly predictions: readonly number[];
}

/** Find the scores among the outputs of a batch; null when there are none. */
export function batchScores(outputs: Readonly<Record<string, Tensor>>): BatchScores | null {
  const scores = findScores(outputs);
  return scores && { scores, predictions: predictClasses(scores) };
}

/**
 * Hold the scores of an image under a fault against those without.
 * Source: G. Li et al., Understanding error propagation in deep learning neural network accelerators and applications, SC 2017.
 */
export function compareScores(
  batch: BatchScores | null,
  row: number,
  clean: CleanScores,
  kind: ScoreKind,
): ScoreOutcome {
  if (!batch || clean.prediction === null) {
    return { prediction: null, sdc1: false, sdc5: false, confidenceChange: null };
  }
  const { scores, predictions } = batch;
  const prediction = predictions[row]!;
  const confidence = confidenceOf(scores, row, clean.prediction, kind);
  const change =
    confidence === null || clean.confidence === null ? Number.NaN : (confidence - clean.confidence) / clean.confidence;
  return {
    prediction,
    sdc1: prediction !== clean.prediction,
    sdc5: !clean.topFive.includes(prediction),
    confidenceChange: Number.isFinite(change) ? change : null,
  };
}

/** The outcome of an image whose outputs are as without the fault. */
export function sameScores({ prediction }: CleanScores): ScoreOutcome {
  return { prediction, sdc1: false, sdc5: false, confidenceChange: prediction === null ? null : 0 };
}

/** The confidence in a class, null where the scores tell none. */
export function confidenceOf(
  { type, shape, data }: Tensor,
  row: number,
  label: number,
  kind: ScoreKind,
): number | null {
  const classes = shape[1]!;
  const read = numberReader(type);
  const scoreOf = (place: number) => Number(read(data, row * classes + place));
  const own = scoreOf(label);
  if (kind === 'probabilities') return finite(own);
  if (kind === 'log_probabilities') return finite(Math.exp(own));
  let highest = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < classes; place++) highest = Math.max(highest, scoreOf(place));
  let sum = 0;
  for (let place = 0; place < classes; place++) sum += Math.exp(scoreOf(place) - highest);
  return finite(Math.exp(own - highest) / sum);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
