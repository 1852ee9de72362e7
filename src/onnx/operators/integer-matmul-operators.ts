import { allocate, type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import { type MatmulShapes, matmulShapes } from '../lowering/matmul-shapes.ts';
import { integerProblem } from './array-fit.ts';
import { integerMatmul } from './integer-matmul.ts';
import { requantised, SUMS_AS_THEY_ARE } from './layer-ending.ts';
import { BYTES, type LayerOperator, requiredInput, scalar, zeroPoint } from './layer-operator.ts';
import { perColumn, perRow } from './matmul-parameters.ts';
import { matmulProducts, matmulRank, refuseElementType } from './matmul-rules.ts';
import { requantise } from './requantise.ts';

const SCALES = ['float32', 'float16', 'bfloat16'] as const satisfies readonly ElementType[];

/** MatMulInteger: 8-bit factors with zero points, int32 result modulo 2^32. Source: ONNX operator MatMulInteger. */
export const MATMUL_INTEGER: LayerOperator = {
  opType: 'MatMulInteger',
  domain: '',
  refuse: (node, graph) => refuseElementType(node, graph, { 0: 'A', 1: 'B' }, BYTES),
  refuseArray: (_node, _graph, types) => integerProblem(types),
  resultType: ([a, b]) => ({ type: 'int32', rank: matmulRank(a?.rank, b?.rank) }),
  products: (_node, [a, b]) => matmulProducts(a, b),
  ending: () => SUMS_AS_THEY_ARE,
  prepare() {
    const multiply = integerMatmul();
    return async (inputs, port) => {
      const a = requiredInput(inputs, 0, 'A', BYTES);
      const b = requiredInput(inputs, 1, 'B', BYTES);
      const aZero = zeroPoint(inputs, 2, 'a_zero_point', [a.type]);
      const bZero = zeroPoint(inputs, 3, 'b_zero_point', [b.type]);
      const aZeros = perRow(aZero, 'a_zero_point', a.shape);
      const bZeros = perColumn(bZero, 'b_zero_point', b.shape);
      return (await multiply({ a, b, aZeros, bZeros }, port)).sums;
    };
  },
};

/**
 * QLinearMatMul: 8-bit factors and result with scales and zero points, those of A per tensor or per row, those of B per
 * tensor or per column, those of the result per tensor. Source: ONNX operator QLinearMatMul; the order of roundings is that of
 * ONNX Runtime's CPU kernel.
 */
export const QLINEAR_MATMUL: LayerOperator = {
  opType: 'QLinearMatMul',
  domain: '',
  refuse: (node, graph) => refuseElementType(node, graph, { 0: 'a', 3: 'b', 7: 'y_zero_point' }, BYTES),
  refuseArray: (_node, _graph, types) => integerProblem(types),
  resultType: (inputs) => ({ type: inputs[7]?.type ?? 'uint8', rank: matmulRank(inputs[0]?.rank, inputs[3]?.rank) }),
  products: (_node, shapes) => matmulProducts(shapes[0], shapes[3]),
  ending(_node, inputs) {
    const a = requiredInput(inputs, 0, 'a', BYTES);
    const b = requiredInput(inputs, 3, 'b', BYTES);
    const shapes = matmulShapes(a.shape, b.shape);
    const rows = multipliersOf(inputs, shapes);
    const multipliers = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
    for (const [n, row] of rows.entries()) multipliers.set(row, n * shapes.columns);
    const zero = zeroPoint(inputs, 7, 'y_zero_point', BYTES);
    return requantised({ multipliers, bias: null, zeroPoint: scalar(zero, 'y_zero_point', 0) });
  },
  prepare() {
    const multiply = integerMatmul();
    return async (inputs, port) => {
      const a = requiredInput(inputs, 0, 'a', BYTES);
      const aZero = zeroPoint(inputs, 2, 'a_zero_point', [a.type]);
      const b = requiredInput(inputs, 3, 'b', BYTES);
      const bZero = zeroPoint(inputs, 5, 'b_zero_point', [b.type]);
      const yZero = zeroPoint(inputs, 7, 'y_zero_point', BYTES);
      const aZeros = perRow(aZero, 'a_zero_point', a.shape);
      const bZeros = perColumn(bZero, 'b_zero_point', b.shape);
      const { sums, shapes } = await multiply({ a, b, aZeros, bZeros }, port);
      const result = allocate(yZero.type, sums.data.length) as Int8Array | Uint8Array;
      const ending = scalar(yZero, 'y_zero_point', 0);
      const { columns } = shapes;
      for (const [n, multipliers] of multipliersOf(inputs, shapes).entries()) {
        const row: Tensor<'int32'> = tensor('int32', [1, columns], sums.data.subarray(n * columns, (n + 1) * columns));
        requantise(row, { multipliers, zeroPoint: ending }, result.subarray(n * columns, (n + 1) * columns));
      }
      return tensor(yZero.type, shapes.shape, result);
    };
  },
};

/** The multipliers of the columns, for every row of every product of QLinearMatMul. */
function multipliersOf(
  inputs: readonly (Tensor | null)[],
  { rows, columns, products }: MatmulShapes,
): readonly Float32Array[] {
  const aScale = requiredInput(inputs, 1, 'a_scale', SCALES);
  const bScale = requiredInput(inputs, 4, 'b_scale', [aScale.type]);
  const yScale = scalar(requiredInput(inputs, 6, 'y_scale', [aScale.type]), 'y_scale', 1);
  const aScales = perRow(aScale, 'a_scale', inputs[0]!.shape);
  const bScales = perColumn(bScale, 'b_scale', inputs[3]!.shape);
  return products.flatMap(({ left, right }) =>
    Array.from({ length: rows }, (_, m) => {
      const scale = aScales[left * rows + m]!;
      const scales = bScales.subarray(right * columns, (right + 1) * columns);
      return Float32Array.from(scales, (ofColumn) => Math.fround(scale * ofColumn) / yScale);
    }),
  );
}
