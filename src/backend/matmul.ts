import { OperandError } from '../errors.ts';
import type { Fault } from '../fault/fault.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Backend, MatmulResult, RunOptions } from './backend.ts';
import { toFault } from './to-fault.ts';

/** A matrix: a tensor of rank 2, or its rows as lists of numbers. */
export type Matrix = Tensor | readonly (readonly (number | bigint)[])[];

export interface MatmulOptions extends Omit<RunOptions, 'faults'> {
  /** M×N; zeros when left out. */
  readonly c?: Matrix | undefined;
  /** Faults that act at once, or their texts as in the spec language. */
  readonly faults?: readonly (Fault | string)[] | undefined;
}

/**
 * Run R = A×B + C on an array. Values must fit the array's dtypes exactly, whatever the element types.
 * @param a M×K
 * @param b K×N
 * @returns R with the element type of the array's dtype c, what became of the faults, and how well the array was used
 * @throws {OperandError} for a wrong rank or shape or rows of different lengths, {CastingError} for a value that does not
 *   fit its dtype, {SpecError} and {FaultError} for a fault that is none or that the array cannot have.
 */
export async function matmul(
  backend: Backend,
  a: Matrix,
  b: Matrix,
  { c, faults = [], ...options }: MatmulOptions = {},
): Promise<MatmulResult> {
  const resolved = faults.map((fault) => toFault(backend.design, fault));
  const job = { a: toTensor(a, 'A'), b: toTensor(b, 'B'), c: c && toTensor(c, 'C') };
  return backend.matmul(job, { ...options, faults: resolved });
}

function toTensor(matrix: Matrix, name: string): Tensor {
  if (!isRows(matrix)) return matrix;
  const columns = matrix[0]?.length ?? 0;
  const odd = matrix.findIndex((row) => row.length !== columns);
  if (odd >= 0) {
    throw new OperandError(
      `the rows of ${name} must have one length, received ${columns} in row 0 and ${matrix[odd]!.length} in row ${odd}`,
    );
  }
  const elements = matrix.flat();
  const shape = [matrix.length, columns];
  if (elements.every((element) => typeof element === 'number')) {
    return tensor('float64', shape, Float64Array.from(elements as number[]));
  }
  return tensor(
    'int64',
    shape,
    BigInt64Array.from(elements, (element) => wholeNumber(element, name)),
  );
}

function wholeNumber(element: number | bigint, name: string): bigint {
  const fits = typeof element === 'bigint' ? BigInt.asIntN(64, element) === element : Number.isSafeInteger(element);
  if (fits) return BigInt(element);
  throw new OperandError(`${name} with integers beyond 2^53 must hold 64-bit integers only, received ${element}`);
}

function isRows(matrix: Matrix): matrix is readonly (readonly (number | bigint)[])[] {
  return Array.isArray(matrix);
}
