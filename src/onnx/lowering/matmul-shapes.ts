import { ModelError } from '../../errors.ts';
import { elementCount } from '../../tensor/tensor.ts';

/** A product of tensors as matrix products: for each, where the two factors and the result begin, in matrices. */
export interface MatmulShapes {
  /** Shape of the result. */
  readonly shape: readonly number[];
  /** M, K and N of every product. */
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly products: readonly MatmulProduct[];
}

export interface MatmulProduct {
  /** The number of the matrix of `rows` × `inner` in the left factor. */
  readonly left: number;
  /** The number of the matrix of `inner` × `columns` in the right factor. */
  readonly right: number;
}

/**
 * Part the product of two tensors into matrix products, as numpy.matmul defines it: the last two axes are matrices, the
 * others broadcast; a left factor of rank 1 is a row, a right one a column. Where the right factor is one matrix, the
 * matrices of the left one are stacked into a single product.
 * Source: ONNX operator MatMul.
 * @throws {ModelError} for shapes that do not go together.
 */
export function matmulShapes(left: readonly number[], right: readonly number[]): MatmulShapes {
  const complaint = `A [${left}] and B [${right}] cannot be multiplied`;
  if (left.length === 0 || right.length === 0) throw new ModelError(`${complaint}: a scalar is no matrix`);
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  const [rows, inner] = a.slice(-2) as [number, number];
  const [innerOfB, columns] = b.slice(-2) as [number, number];
  if (inner !== innerOfB) throw new ModelError(`${complaint}: A has ${inner} columns, B ${innerOfB} rows`);
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  const batch = broadcast(batchA, batchB);
  if (batch === null) throw new ModelError(`${complaint}: their leading axes do not broadcast`);
  const shape = [...batch, ...(left.length === 1 ? [] : [rows]), ...(right.length === 1 ? [] : [columns])];
  if (elementCount(batchB) === 1) {
    return { shape, rows: elementCount(batch) * rows, inner, columns, products: [{ left: 0, right: 0 }] };
  }
  const products = Array.from({ length: elementCount(batch) }, (_, n) => ({
    left: indexIn(batchA, batch, n),
    right: indexIn(batchB, batch, n),
  }));
  return { shape, rows, inner, columns, products };
}

/** The shape to which two shapes broadcast, aligned at their last axes; null when they do not. */
export function broadcast(x: readonly number[], y: readonly number[]): number[] | null {
  const rank = Math.max(x.length, y.length);
  const sides: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [p, q] = [x[axis - rank + x.length] ?? 1, y[axis - rank + y.length] ?? 1];
    if (p !== q && p !== 1 && q !== 1) return null;
    sides.push(p === 1 ? q : p);
  }
  return sides;
}

/**
 * Find the element of a tensor of shape `own` that element `index` of the shape `whole` takes when the first is
 * broadcast to the second.
 */
export function indexIn(own: readonly number[], whole: readonly number[], index: number): number {
  let rest = index;
  let stride = 1;
  let at = 0;
  for (let axis = 1; axis <= whole.length; axis++) {
    const side = whole.at(-axis)!;
    const place = rest % side;
    rest = Math.floor(rest / side);
    const ownSide = own.at(-axis) ?? 1;
    if (axis <= own.length) {
      at += stride * (ownSide === 1 ? 0 : place);
      stride *= ownSide;
    }
  }
  return at;
}
