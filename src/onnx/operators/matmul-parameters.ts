import { ModelError } from '../../errors.ts';
import { elementCount, type Tensor } from '../../tensor/tensor.ts';
import { broadcast, indexIn } from '../lowering/matmul-shapes.ts';
import { numbersOf } from './layer-operator.ts';

/**
 * Spread a parameter of the left factor of a product (a scale or a zero point) over its rows: one number for all, one per row of
 * every matrix, or a tensor that broadcasts to the shape of the factor with 1 in place of its last axis.
 * Source: ONNX operators MatMulInteger and QLinearMatMul.
 * @param shape shape of the left factor; a factor of rank 1 is a single row
 * @returns one number per row of all its matrices
 * @throws {ModelError} for any other shape.
 */
export function perRow(value: Tensor, name: string, shape: readonly number[]): Float64Array {
  const full = shape.length === 1 ? [1, 1] : [...shape.slice(0, -1), 1];
  // A list is of rows, although it would broadcast along the other axis.
  const own = value.shape.length === 1 ? [...value.shape, 1] : value.shape;
  return spread(value, name, own, full, full.at(-2)!);
}

/** Spread a parameter of the right factor over its columns likewise; one number per column of all its matrices. */
export function perColumn(value: Tensor, name: string, shape: readonly number[]): Float64Array {
  const full = shape.length === 1 ? [1, 1] : [...shape.slice(0, -2), 1, shape.at(-1)!];
  return spread(value, name, value.shape, full, full.at(-1)!);
}

function spread(
  value: Tensor,
  name: string,
  own: readonly number[],
  full: readonly number[],
  each: number,
): Float64Array {
  const numbers = numbersOf(value);
  const all = elementCount(full);
  if (numbers.length === 1) return new Float64Array(all).fill(numbers[0]!);
  if (String(broadcast(own, full)) !== String(full)) {
    throw new ModelError(
      `${name} must be one number, ${each} of them or of shape [${full}], not of shape [${value.shape}]`,
    );
  }
  return Float64Array.from({ length: all }, (_, n) => numbers[indexIn(own, full, n)]!);
}
