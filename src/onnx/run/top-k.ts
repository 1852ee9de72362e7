import { numberReader } from '../../dtype/element-store.ts';
import { OperandError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Count the rows of scores whose label is among the k highest scores. Of equal scores the lower class comes first, and no
 * number (NaN) comes last, so that k = 1 counts what `countCorrect` counts of `predictClasses`.
 * @param scores [N, C], of any type that holds numbers
 * @param labels N classes, counted from 0
 * @param k at least 1; from C on every row counts
 * @throws {OperandError} unless there is one label per row, each below C.
 */
export function countTopK(scores: Tensor, labels: ArrayLike<number>, k: number): number {
  const [rows, classes] = scores.shape;
  if (rows === undefined || classes === undefined || scores.shape.length !== 2) {
    throw new OperandError(`scores must be [N, classes], received [${scores.shape.join(', ')}]`);
  }
  if (!Number.isInteger(k) || k < 1) throw new OperandError(`k must be a whole number from 1, received ${k}`);
  if (labels.length !== rows) {
    throw new OperandError(`the labels must be as many as the rows of scores, received ${labels.length} for ${rows}`);
  }
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new OperandError(`a label must be a class from 0 to ${classes - 1}, received ${label} at ${row}`);
    }
    if (rankOf(scores, row, label) < k) count++;
  }
  return count;
}

/** Count the classes that come before one in a row of scores [N, C]: 0 for the class with the highest score. */
export function rankOf({ type, shape, data }: Tensor, row: number, label: number): number {
  const classes = shape[1]!;
  const first = row * classes;
  const read = numberReader(type);
  const score = read(data, first + label);
  let before = 0;
  for (let other = 0; other < classes; other++) {
    const value = read(data, first + other);
    if (value > score || (Number.isNaN(score) && !Number.isNaN(value))) before++;
    else if (other < label && (value === score || (Number.isNaN(score) && Number.isNaN(value)))) before++;
  }
  return before;
}
