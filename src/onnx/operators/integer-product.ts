import type { Dtype } from '../../dtype/dtype.ts';
import { elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { ArrayPort } from '../run/array-port.ts';
import { int32Sums } from './int32-sums.ts';
import { operandShift, shiftTensor } from './operand-shift.ts';

/** Matrices of a right factor as the array holds them. */
export interface RightFactor {
  readonly shift: number;
  /** K×N each. */
  readonly matrices: readonly Tensor[];
  /** For each matrix the sum of each column, after the shift. */
  readonly columnSums: readonly Int32Array[];
}

/** The sizes of a product. */
export interface ProductSize {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Shift the matrices of a right factor, one after the other in `data`, into the range of the array's operand. */
export function rightFactor(data: Tensor, arrayType: Dtype, { inner, columns }: ProductSize): RightFactor {
  const shift = operandShift(data.type, arrayType, 'B');
  const shifted = shiftTensor(data, shift);
  const size = inner * columns;
  const matrices: Tensor[] = [];
  const columnSums: Int32Array[] = [];
  const count = elementCount(data.shape.slice(0, -2));
  for (let n = 0; n < count; n++) {
    const elements = shifted.data.subarray(n * size, (n + 1) * size) as Int32Array;
    const sums = new Int32Array(columns);
    for (let at = 0; at < size; at++) sums[at % columns]! += elements[at]!;
    matrices.push(tensor(shifted.type, [inner, columns], elements));
    columnSums.push(sums);
  }
  return { shift: shift.shift, matrices, columnSums };
}

/** A left factor as the array holds it. */
export interface LeftFactor {
  readonly shift: number;
  readonly shifted: Tensor;
}

/** Shift a left factor likewise. */
export function leftFactor(data: Tensor, arrayType: Dtype): LeftFactor {
  const shift = operandShift(data.type, arrayType, 'A');
  return { shift: shift.shift, shifted: shiftTensor(data, shift) };
}

/** One product: which rows of the left factor, which matrix of the right one, and their zero points. */
export interface IntegerProduct extends ProductSize {
  /** The first element of the rows in the left factor. */
  readonly start: number;
  /** The first of its elements in the layer's result. */
  readonly place: number;
  readonly right: number;
  /** One per row. */
  readonly leftZeros: Int32Array;
  /** One per column. */
  readonly rightZeros: Int32Array;
}

/**
 * Compute Y(m, n) = Σ (A(m, k) − za(m))·(B(k, n) − zb(n)) modulo 2^32 with its product on an array.
 *
 * Both factors go there as `value − shift`, so that the array computes Σ A'B'. With p = za − shift of A and q = zb −
 * shift of B, what is missing is −q ΣA' − p ΣB' + K·p·q, which is added here.
 * @returns M×N, row-major
 */
export async function integerProduct(
  left: LeftFactor,
  factor: RightFactor,
  { start, right, rows, inner, columns, leftZeros, rightZeros, place }: IntegerProduct,
  port: ArrayPort,
): Promise<Int32Array> {
  const { type, data } = left.shifted;
  const elements = data.subarray(start, start + rows * inner) as Int32Array;
  const sumRun = { first: 0, step: 1, count: rows * columns, place };
  const a = tensor(type, [rows, inner], elements);
  const product = await port.multiply(a, factor.matrices[right]!, { sums: [sumRun] });
  const sums = int32Sums(product, port.types);
  const columnSums = factor.columnSums[right]!;
  const needsRowSums = rightZeros.some((zero) => zero !== factor.shift);
  const result = new Int32Array(rows * columns);
  for (let m = 0, at = 0; m < rows; m++) {
    const p = leftZeros[m]! - left.shift;
    const rowSum = needsRowSums ? sumOf(elements, m * inner, inner) : 0;
    for (let n = 0; n < columns; n++, at++) {
      const q = rightZeros[n]! - factor.shift;
      const constant = Math.imul(Math.imul(inner, p), q) - Math.imul(p, columnSums[n]!);
      result[at] = sums[at]! + constant - Math.imul(q, rowSum);
    }
  }
  return result;
}

function sumOf(elements: Int32Array, first: number, count: number): number {
  let sum = 0;
  for (let at = first; at < first + count; at++) sum = (sum + elements[at]!) | 0;
  return sum;
}
