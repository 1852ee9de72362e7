import { elementStore } from '../../dtype/element-store.ts';
import { ModelError } from '../../errors.ts';
import { allocate, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import { matmulShapes } from '../lowering/matmul-shapes.ts';
import { floatProblem } from './array-fit.ts';
import { FLOAT_TYPES, floatEnding } from './float-sums.ts';
import { SUMS_AS_THEY_ARE } from './layer-ending.ts';
import { type LayerOperator, requiredInput } from './layer-operator.ts';
import { matmulProducts, matmulRank, refuseElementType, refuseFloatArray } from './matmul-rules.ts';

/**
 * MatMul of floating-point tensors. The array starts every sum at +0 and adds in the order of K; its sum is rounded to the
 * type of the factors where the accumulator is wider. Source: ONNX operator MatMul.
 */
export const MATMUL: LayerOperator = {
  opType: 'MatMul',
  domain: '',
  refuse: (node, graph) => refuseElementType(node, graph, { 0: 'A', 1: 'B' }, FLOAT_TYPES),
  refuseArray: refuseFloatArray,
  resultType: ([a, b]) => ({ type: a?.type ?? b?.type ?? 'float32', rank: matmulRank(a?.rank, b?.rank) }),
  products: (_node, [a, b]) => matmulProducts(a, b),
  ending: () => SUMS_AS_THEY_ARE,
  prepare() {
    return async (inputs, port) => {
      const a = requiredInput(inputs, 0, 'A', FLOAT_TYPES);
      const b = requiredInput(inputs, 1, 'B', [a.type]);
      const problem = floatProblem(a.type, port.types);
      if (problem) throw new ModelError(problem);
      const { shape, rows, inner, columns, products } = matmulShapes(a.shape, b.shape);
      const { round } = floatEnding(port.types.c, a.type);
      const [from, to] = [elementStore(port.types.c), elementStore(a.type)];
      const result = allocate(a.type, elementCount(shape));
      const shown = port.showSums ? allocate(port.types.c, result.length) : null;
      port.expect(products.length);
      for (const [n, { left, right }] of products.entries()) {
        const start = n * rows * columns;
        const product = await port.multiply(block(a, left, rows, inner), block(b, right, inner, columns), {
          sums: [{ first: 0, step: 1, count: rows * columns, place: start }],
        });
        for (let at = 0; at < product.data.length; at++) {
          const sum = from.read(product.data, at);
          if (shown) from.write(shown, start + at, sum);
          to.write(result, start + at, round(sum));
        }
      }
      if (shown) port.showSums?.(tensor(port.types.c, shape, shown));
      return tensor(a.type, shape, result);
    };
  },
};

/** One of the matrices that follow each other in a tensor; the elements are shared. */
function block({ type, data }: Tensor, index: number, rows: number, columns: number): Tensor {
  const size = rows * columns;
  return tensor(type, [rows, columns], data.subarray(index * size, (index + 1) * size));
}
