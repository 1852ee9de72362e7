import type { BackendKind, RunStats } from '../backend/backend.ts';
import type { Evaluation } from '../onnx/run/evaluate.ts';
import type { LayerReport } from '../onnx/run/layer-report.ts';
import type { Accuracy } from '../onnx/run/scores.ts';
import { type FaultDocument, faultDocuments, sayable } from './documents.ts';

/** What `espalier run --json` prints. */
export interface RunDocument {
  readonly model: string;
  readonly array: string;
  readonly hash: string;
  readonly backend: BackendKind;
  readonly items: number;
  readonly batches: number;
  /** Summed over the batches. */
  readonly layers: readonly LayerDocument[];
  readonly outputs: readonly OutputDocument[];
  /** The class with the highest score for every item; null when no output holds scores. */
  readonly predictions: readonly number[] | null;
  /** The class has the highest score; null without --labels. */
  readonly correct: ShareDocument | null;
  /** The class is among the five highest scores; likewise. */
  readonly top5: ShareDocument | null;
  /** The same in ONNX Runtime; null without --baseline. */
  readonly baseline: {
    readonly predictions: readonly number[] | null;
    readonly correct: ShareDocument | null;
    readonly top5: ShareDocument | null;
    /** Items for which array and ONNX Runtime predict the same class. */
    readonly same: ShareDocument | null;
  } | null;
  /** The file with the tensors of the layers; null without --dump. */
  readonly dump: string | null;
}

export interface ShareDocument {
  readonly count: number;
  readonly of: number;
  readonly accuracy: number;
}

export interface LayerDocument {
  readonly name: string;
  readonly op: string;
  readonly lowering: LayerReport['lowering'];
  readonly products: number;
  readonly macs: number;
  readonly stats: RunStats;
  readonly faults: readonly LayerFaultDocument[];
  readonly accumulator: LayerReport['accumulator'];
  /** Null without --compare. */
  readonly comparison: {
    readonly elements: number;
    readonly differing: number;
    /** "NaN" where only one of two is a number. */
    readonly maxAbsolute: number | string;
    readonly maxUlp: number | null;
  } | null;
}

/** `layer` and `channel` are null for a fault that acts in all. */
export interface LayerFaultDocument extends FaultDocument {
  readonly layer: string | null;
  readonly channel: number | null;
}

export interface OutputDocument {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The file it was written to; null when it was not. */
  readonly file: string | null;
}

/** Put the document of a run together from its evaluation and what the command knows. */
export function runDocument(
  { layers, outputs, predictions, accuracy, baseline }: Evaluation,
  files: ReadonlyMap<string, string>,
  head: Pick<RunDocument, 'model' | 'array' | 'hash' | 'backend' | 'items' | 'batches' | 'dump'>,
): RunDocument {
  const { dump, ...rest } = head;
  return {
    ...rest,
    layers: layers.map(layerDocument),
    outputs: outputs.map(({ name, type, shape }) => ({ name, dtype: type, shape, file: files.get(name) ?? null })),
    predictions,
    ...shares(accuracy),
    baseline: baseline && {
      predictions: baseline.predictions,
      ...shares(baseline.accuracy),
      same: baseline.samePredictions === null ? null : share(baseline.samePredictions, predictions?.length ?? 0),
    },
    dump,
  };
}

function layerDocument({ faults, comparison, ...layer }: LayerReport): LayerDocument {
  const documents = faultDocuments(faults);
  return {
    ...layer,
    faults: faults.map(({ layer, channel }, at) => ({ ...documents[at]!, layer, channel })),
    comparison: comparison && { ...comparison, maxAbsolute: sayable(comparison.maxAbsolute) as number | string },
  };
}

function shares(accuracy: Accuracy | null): Pick<RunDocument, 'correct' | 'top5'> {
  if (!accuracy) return { correct: null, top5: null };
  const { items, top1, top5 } = accuracy;
  return { correct: share(top1, items), top5: share(top5, items) };
}

function share(count: number, of: number): ShareDocument {
  return { count, of, accuracy: of === 0 ? 0 : count / of };
}
