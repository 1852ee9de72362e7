import { elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import { type MatmulShapes, matmulShapes } from '../lowering/matmul-shapes.ts';
import type { ArrayPort } from '../run/array-port.ts';
import { integerProduct, leftFactor, type RightFactor, rightFactor } from './integer-product.ts';

/** The factors of a product of quantised tensors; zero points are one number per row or column of all matrices. */
export interface QuantisedFactors {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly aZeros: Float64Array;
  readonly bZeros: Float64Array;
}

export interface IntegerSums {
  readonly sums: Tensor<'int32'>;
  readonly shapes: MatmulShapes;
}

/** Runs one product of quantised tensors on an array; keeps what depends on its right factor alone. */
export type IntegerMatmul = (factors: QuantisedFactors, port: ArrayPort) => Promise<IntegerSums>;

/** Make the product Y = Σ (A − za)(B − zb) modulo 2^32, of tensors as in numpy.matmul. */
export function integerMatmul(): IntegerMatmul {
  let prepared: { readonly b: Tensor; readonly factor: RightFactor } | undefined;
  return async ({ a, b, aZeros, bZeros }, port) => {
    const shapes = matmulShapes(a.shape, b.shape);
    const { rows, inner, columns, products } = shapes;
    if (prepared?.b !== b) prepared = { b, factor: rightFactor(b, port.types.b, shapes) };
    // Runs may overlap: from here on, only what this one has seen.
    const { factor } = prepared;
    const result = new Int32Array(elementCount(shapes.shape));
    const shifted = leftFactor(a, port.types.a);
    port.expect(products.length);
    for (const [n, { left, right }] of products.entries()) {
      const product = {
        rows,
        inner,
        columns,
        start: left * rows * inner,
        right,
        leftZeros: Int32Array.from(aZeros.subarray(left * rows, (left + 1) * rows)),
        rightZeros: Int32Array.from(bZeros.subarray(right * columns, (right + 1) * columns)),
      };
      result.set(await integerProduct(shifted, factor, product, port), n * rows * columns);
    }
    const sums = tensor('int32', shapes.shape, result);
    port.showSums?.(sums);
    return { sums, shapes };
  };
}
