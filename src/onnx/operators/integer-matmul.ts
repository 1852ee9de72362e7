import { elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import { type MatmulShapes, matmulShapes } from '../lowering/matmul-shapes.ts';
import type { ArrayPort, PlannedLayer } from '../run/array-port.ts';
import { integerProduct, leftFactor, type RightFactor, rightFactor } from './integer-product.ts';
import { operandShift } from './operand-shift.ts';

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
    const [dataZero, weightZero] = [aZeros[0]!, bZeros[0]!];
    const isUniform = aZeros.every((zero) => zero === dataZero) && bZeros.every((zero) => zero === weightZero);
    if (port.exact && isUniform && a.data.length > 0 && b.data.length > 0) {
      const product = { opType: 'MatMulInteger', attribute: [], data: a, weights: b, dataZero, weightZero } as const;
      const known = await port.exact(product, planOf(shapes, a, b, port));
      if (known) {
        const sums = tensor('int32', shapes.shape, known);
        port.showSums?.(sums);
        return { sums, shapes };
      }
    }
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
        place: n * rows * columns,
        right,
        leftZeros: Int32Array.from(aZeros.subarray(left * rows, (left + 1) * rows)),
        rightZeros: Int32Array.from(bZeros.subarray(right * columns, (right + 1) * columns)),
      };
      result.set(await integerProduct(shifted, factor, product, port), product.place);
    }
    const sums = tensor('int32', shapes.shape, result);
    port.showSums?.(sums);
    return { sums, shapes };
  };
}

function planOf(
  { rows, inner, columns, products }: MatmulShapes,
  a: Tensor,
  b: Tensor,
  { types }: ArrayPort,
): PlannedLayer {
  return {
    lowering: null,
    shapes: [{ m: rows, k: inner, n: columns, count: products.length }],
    types: [operandShift(a.type, types.a, 'A').type, operandShift(b.type, types.b, 'B').type],
    terms: inner,
  };
}
