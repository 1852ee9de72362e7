import { ModelError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { numbersOf } from './layer-operator.ts';

/**
 * Spread a parameter of the left factor of a product (a scale or a zero point) over its rows: one number for all, one per row of
 * every matrix, or one per row of each, with the shape of the factor and 1 in place of its last axis.
 * Source: ONNX operators MatMulInteger and QLinearMatMul.
 * @param shape shape of the left factor; a factor of rank 1 is a single row
 * @returns one number per row of all its matrices
 * @throws {ModelError} for any other shape.
 */
export function perRow(value: Tensor, name: string, shape: readonly number[]): Float64Array {
  const full = shape.length === 1 ? [1, ...shape] : shape;
  const rows = full.at(-2)!;
  const all = full.slice(0, -1).reduce((product, side) => product * side, 1);
  return spread(value, name, { all, each: rows, full: [...full.slice(0, -1), 1], repeat: (n) => n % rows });
}

/** Spread a parameter of the right factor over its columns likewise; one number per column of all its matrices. */
export function perColumn(value: Tensor, name: string, shape: readonly number[]): Float64Array {
  const full = shape.length === 1 ? [...shape, 1] : shape;
  const columns = full.at(-1)!;
  const batch = full.slice(0, -2);
  const all = batch.reduce((product, side) => product * side, 1) * columns;
  return spread(value, name, { all, each: columns, full: [...batch, 1, columns], repeat: (n) => n % columns });
}

interface Spreading {
  /** How many numbers come out. */
  readonly all: number;
  /** How many a list has that serves every matrix alike. */
  readonly each: number;
  /** The shape of a parameter with a number of its own for everything. */
  readonly full: readonly number[];
  readonly repeat: (n: number) => number;
}

function spread(value: Tensor, name: string, { all, each, full, repeat }: Spreading): Float64Array {
  const numbers = numbersOf(value);
  if (numbers.length === 1) return new Float64Array(all).fill(numbers[0]!);
  if (value.shape.length === 1 && numbers.length === each) {
    return Float64Array.from({ length: all }, (_, n) => numbers[repeat(n)]!);
  }
  if (String(value.shape) === String(full)) return numbers;
  throw new ModelError(
    `${name} must be one number, ${each} of them or of shape [${full}], not of shape [${value.shape}]`,
  );
}
