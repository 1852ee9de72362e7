import type { Dtype } from '../../dtype/dtype.ts';
import { allocate, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { IntegerData } from '../lowering/im2col.ts';
import type { ArrayPort } from '../run/array-port.ts';
import { int32Sums } from './int32-sums.ts';
import { operandShift } from './operand-shift.ts';

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
  const { shift, type } = operandShift(data.type, arrayType, 'B');
  const from = data.data as IntegerData;
  const size = inner * columns;
  const matrices: Tensor[] = [];
  const columnSums: Int32Array[] = [];
  for (let start = 0; start < from.length; start += size) {
    const matrix = allocate(type, size) as IntegerData;
    const sums = new Int32Array(columns);
    for (let at = 0; at < size; at++) {
      const value = from[start + at]! - shift;
      matrix[at] = value;
      sums[at % columns]! += value;
    }
    matrices.push(tensor(type, [inner, columns], matrix));
    columnSums.push(sums);
  }
  return { shift, matrices, columnSums };
}

/** One product: which rows of the left factor, which matrix of the right one, and their zero points. */
export interface IntegerProduct extends ProductSize {
  /** The first element of the rows in the left factor. */
  readonly start: number;
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
  left: Tensor,
  factor: RightFactor,
  { start, right, rows, inner, columns, leftZeros, rightZeros }: IntegerProduct,
  port: ArrayPort,
): Promise<Int32Array> {
  const { shift, type } = operandShift(left.type, port.types.a, 'A');
  const from = left.data as IntegerData;
  const matrix = allocate(type, rows * inner) as IntegerData;
  const rowSums = new Int32Array(rows);
  for (let m = 0, at = 0; m < rows; m++) {
    let sum = 0;
    for (let k = 0; k < inner; k++, at++) {
      const value = from[start + at]! - shift;
      matrix[at] = value;
      sum += value;
    }
    rowSums[m] = sum;
  }
  const product = await port.multiply(tensor(type, [rows, inner], matrix), factor.matrices[right]!);
  const sums = int32Sums(product, port.types);
  const columnSums = factor.columnSums[right]!;
  const result = new Int32Array(rows * columns);
  for (let m = 0, at = 0; m < rows; m++) {
    const p = leftZeros[m]! - shift;
    for (let n = 0; n < columns; n++, at++) {
      const q = rightZeros[n]! - factor.shift;
      const constant = Math.imul(Math.imul(inner, p), q) - Math.imul(p, columnSums[n]!);
      result[at] = sums[at]! + constant - Math.imul(q, rowSums[m]!);
    }
  }
  return result;
}
