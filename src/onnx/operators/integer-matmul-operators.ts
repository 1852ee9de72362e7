import { allocate, type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import { integerProblem } from './array-fit.ts';
import { integerMatmul } from './integer-matmul.ts';
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
  prepare() {
    const multiply = integerMatmul();
    return async (inputs, port) => {
      const a = requiredInput(inputs, 0, 'a', BYTES);
      const aScale = requiredInput(inputs, 1, 'a_scale', SCALES);
      const aZero = zeroPoint(inputs, 2, 'a_zero_point', [a.type]);
      const b = requiredInput(inputs, 3, 'b', BYTES);
      const bScale = requiredInput(inputs, 4, 'b_scale', [aScale.type]);
      const bZero = zeroPoint(inputs, 5, 'b_zero_point', [b.type]);
      const yScale = scalar(requiredInput(inputs, 6, 'y_scale', [aScale.type]), 'y_scale', 1);
      const yZero = zeroPoint(inputs, 7, 'y_zero_point', BYTES);
      const aZeros = perRow(aZero, 'a_zero_point', a.shape);
      const bZeros = perColumn(bZero, 'b_zero_point', b.shape);
      const { sums, shapes } = await multiply({ a, b, aZeros, bZeros }, port);
      const result = allocate(yZero.type, sums.data.length) as Int8Array | Uint8Array;
      const [aScales, bScales] = [perRow(aScale, 'a_scale', a.shape), perColumn(bScale, 'b_scale', b.shape)];
      const { rows, columns } = shapes;
      const ending = scalar(yZero, 'y_zero_point', 0);
      for (const [n, { left, right }] of shapes.products.entries()) {
        for (let m = 0; m < rows; m++) {
          const at = (n * rows + m) * columns;
          const scale = aScales[left * rows + m]!;
          const scales = bScales.subarray(right * columns, (right + 1) * columns);
          const multipliers = Float32Array.from(scales, (bScale) => Math.fround(scale * bScale) / yScale);
          const row: Tensor<'int32'> = tensor('int32', [1, columns], sums.data.subarray(at, at + columns));
          requantise(row, { multipliers, zeroPoint: ending }, result.subarray(at, at + columns));
        }
      }
      return tensor(yZero.type, shapes.shape, result);
    };
  },
};
