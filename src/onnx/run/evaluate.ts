import { concatenate } from '../../tensor/concatenate.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LayerReport } from './layer-report.ts';
import type { ReplacedModel } from './replace-layers.ts';
import type { ModelProgress, ModelRunOptions } from './run-stages.ts';
import type { RuntimeModel } from './runtime-model.ts';
import { type Accuracy, AccuracyCount } from './scores.ts';
import { sumReports } from './sum-reports.ts';

export interface EvaluateOptions extends Omit<ModelRunOptions, 'onProgress'> {
  /** The class of every item of all batches, counted from 0. */
  readonly labels?: ArrayLike<number> | null | undefined;
  /** The model in ONNX Runtime: every batch runs there as well, and the classes are compared. */
  readonly baseline?: RuntimeModel | null | undefined;
  /** Names of outputs to hand back as a whole; others are forgotten after each batch. */
  readonly keep?: readonly string[] | undefined;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

/** How far an evaluation is; `batch` counts from 0. */
export interface EvaluationProgress extends ModelProgress {
  readonly batch: number;
}

/** What became of a model over all batches. */
export interface Evaluation {
  /** One report per layer on the array, summed over the batches as `sumReports` does. */
  readonly layers: readonly LayerReport[];
  /** What the outputs are like, batches put together along the first axis; `value` is null unless it was kept. */
  readonly outputs: readonly EvaluatedOutput[];
  /** The class with the highest score for every item; null when no output holds scores. */
  readonly predictions: readonly number[] | null;
  /** Null without labels. */
  readonly accuracy: Accuracy | null;
  /** Null without a baseline. */
  readonly baseline: BaselineEvaluation | null;
}

export interface EvaluatedOutput extends Pick<Tensor, 'type' | 'shape'> {
  readonly name: string;
  readonly value: Tensor | null;
}

/** What ONNX Runtime makes of the same batches. */
export interface BaselineEvaluation {
  readonly predictions: readonly number[] | null;
  /** Null without labels. */
  readonly accuracy: Accuracy | null;
  /** On how many items both predict the same class; null when no output holds scores. */
  readonly samePredictions: number | null;
}

/**
 * Run a model on batches of data, one after the other, and sum up: reports of layers, accuracy, and the same in ONNX
 * Runtime. What is kept of a batch is its scores' classes and the outputs asked for.
 * @param batches at least one, all inputs of the model in each
 * @throws as `run` does, and {OperandError} for labels that do not go with the scores, or outputs that cannot be kept.
 */
export async function evaluate(
  model: ReplacedModel,
  batches: AsyncIterable<Readonly<Record<string, Tensor>>> | Iterable<Readonly<Record<string, Tensor>>>,
  { labels = null, baseline, keep = [], onProgress, ...options }: EvaluateOptions = {},
): Promise<Evaluation> {
  const [count, expected] = [new AccuracyCount(labels), new AccuracyCount(labels)];
  const outputs = new Map<string, OutputParts>();
  let layers: readonly LayerReport[] | null = null;
  let batch = 0;
  for await (const inputs of batches) {
    options.signal?.throwIfAborted();
    const result = await model.run(inputs, {
      ...options,
      onProgress: onProgress && ((progress) => onProgress({ ...progress, batch })),
    });
    layers = layers ? sumReports([layers, result.layers]) : result.layers;
    count.add(result.outputs);
    if (baseline) expected.add(await baseline.run(inputs));
    for (const [name, value] of Object.entries(result.outputs)) {
      outputs.set(name, addPart(outputs.get(name), value, keep.includes(name)));
    }
    batch++;
  }
  return {
    layers: layers ?? [],
    outputs: [...outputs].map(([name, { type, shape, parts }]) => {
      const value = parts && concatenate(parts, `output ${name}`);
      return { name, type, shape: value?.shape ?? shape, value };
    }),
    predictions: count.predictions,
    accuracy: count.accuracy,
    baseline: baseline
      ? {
          predictions: expected.predictions,
          accuracy: expected.accuracy,
          samePredictions: countSame(count.predictions, expected.predictions),
        }
      : null,
  };
}

interface OutputParts extends Pick<Tensor, 'type' | 'shape'> {
  readonly parts: Tensor[] | null;
}

function addPart(before: OutputParts | undefined, value: Tensor, isKept: boolean): OutputParts {
  const { type, shape } = value;
  if (!before) return { type, shape, parts: isKept ? [value] : null };
  before.parts?.push(value);
  const [rows, ...rest] = shape;
  const summed = rows === undefined ? [] : [before.shape[0]! + rows, ...rest];
  return { type, shape: summed, parts: before.parts };
}

function countSame(x: readonly number[] | null, y: readonly number[] | null): number | null {
  return x && y && x.filter((prediction, at) => prediction === y[at]).length;
}
