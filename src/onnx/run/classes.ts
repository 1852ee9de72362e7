import { numberReader } from '../../dtype/element-store.ts';
import { OperandError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Outputs with more columns than this are taken for something other than scores of classes. */
const MAX_CLASSES = 1000;

/** Tell whether a tensor looks like scores: one row per image, one column per class. */
export function holdsScores({ shape }: Tensor): boolean {
  return shape.length === 2 && shape[1]! >= 2 && shape[1]! <= MAX_CLASSES;
}

/** Find for every row of scores [N, C] the column with the highest score, the first of equal ones; NaN is below all numbers. */
export function predictClasses({ type, shape, data }: Tensor): number[] {
  const [rows, classes] = shape as [number, number];
  const read = numberReader(type);
  return Array.from({ length: rows }, (_, row) => {
    const first = row * classes;
    let best = first;
    for (let at = first + 1; at < first + classes; at++) {
      const [score, highest] = [read(data, at), read(data, best)];
      if (score > highest || (Number.isNaN(highest) && !Number.isNaN(score))) best = at;
    }
    return best - first;
  });
}

/**
 * Count the predictions that are what the labels say.
 * @param labels N whole numbers, of any shape
 * @throws {OperandError} unless there are as many labels as predictions.
 */
export function countCorrect(predictions: readonly number[], labels: Tensor): number {
  if (labels.data.length !== predictions.length) {
    throw new OperandError(
      `the labels must be as many as the predictions, received ${labels.data.length} for ${predictions.length}`,
    );
  }
  return predictions.filter((prediction, at) => prediction === Number(labels.data[at])).length;
}
