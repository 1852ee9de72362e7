import { ModelError } from '../../errors.ts';
import { allocate, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { NodeProto } from '../file/messages.ts';
import { indexIn } from '../lowering/matmul-shapes.ts';
import { integerProblem } from './array-fit.ts';
import { checkAddend, gemmAttributes, gemmProducts, oriented, resultShape } from './gemm.ts';
import { integerMatmul } from './integer-matmul.ts';
import { dequantised, requantised } from './layer-ending.ts';
import {
  BYTES,
  type LayerOperator,
  optionalInput,
  perChannel,
  requiredInput,
  scalar,
  zeroPoint,
} from './layer-operator.ts';
import { refuseElementType } from './matmul-rules.ts';
import { requantise } from './requantise.ts';

/**
 * QGemm of ONNX Runtime: Y = alpha·scales·(A'B' + C) of 8-bit matrices with zero points and int32 C; quantised where the node
 * gives the scale of the result, float32 otherwise. Scale and zero point of B are one number or one per column.
 * Source: ONNX Runtime contrib operator com.microsoft.QGemm.
 */
export const QGEMM: LayerOperator = {
  opType: 'QGemm',
  domain: 'com.microsoft',
  refuse: (node, graph) => refuseElementType(node, graph, { 0: 'A', 3: 'B', 8: 'y_zero_point' }, BYTES),
  refuseArray: (_node, _graph, types) => integerProblem(types),
  resultType: (inputs) => ({ type: inputs[7] ? (inputs[8]?.type ?? 'uint8') : 'float32', rank: 2 }),
  products: (node, shapes) => gemmProducts(node, shapes[0], shapes[3]),
  ending(node, inputs, shape) {
    const columns = shape[1] ?? 0;
    const { scales, resultScale, resultZero } = endOf(node, inputs, columns);
    const addend = optionalInput(inputs, 6, 'C', ['int32']);
    const bias = new Int32Array(elementCount(shape));
    if (addend) addTo(bias, addend, [shape[0] ?? 0, columns]);
    const ofElement = (numbers: Float32Array) => Float32Array.from(bias, (_, at) => numbers[at % columns]!);
    if (resultScale === null) return dequantised(ofElement(scales), bias);
    const multipliers = ofElement(scales.map((scale) => scale / resultScale));
    return requantised({ multipliers, bias, zeroPoint: scalar(resultZero, 'y_zero_point', 0) });
  },
  prepare(node) {
    const { transA, transB } = gemmAttributes(node);
    const multiply = integerMatmul();
    let prepared: { readonly given: Tensor; readonly b: Tensor } | undefined;
    return async (inputs, port) => {
      const givenA = requiredInput(inputs, 0, 'A', BYTES);
      const aZero = scalar(zeroPoint(inputs, 2, 'a_zero_point', [givenA.type]), 'a_zero_point', 0);
      const givenB = requiredInput(inputs, 3, 'B', BYTES);
      const addend = optionalInput(inputs, 6, 'C', ['int32']);
      const a = oriented(givenA, 'A', transA);
      const b = prepared?.given === givenB ? prepared.b : oriented(givenB, 'B', transB);
      const [rows, columns] = resultShape(a, b);
      if (prepared?.given !== givenB) prepared = { given: givenB, b };
      const { scales, resultScale, resultZero } = endOf(node, inputs, columns);
      const bZeros = perChannel(zeroPoint(inputs, 5, 'b_zero_point', [b.type]), 'b_zero_point', columns);
      if (addend) checkAddend(addend, [rows, columns]);
      const aZeros = new Float64Array(rows).fill(aZero);
      const sums = (await multiply({ a, b, aZeros, bZeros }, port)).sums.data as Int32Array;
      if (addend) addTo(sums, addend, [rows, columns]);
      if (resultScale === null) {
        return tensor(
          'float32',
          [rows, columns],
          Float32Array.from(sums, (sum, at) => Math.fround(sum) * scales[at % columns]!),
        );
      }
      const multipliers = scales.map((scale) => scale / resultScale);
      const type = resultZero?.type ?? 'uint8';
      const result = allocate(type, rows * columns) as Int8Array | Uint8Array;
      requantise(
        tensor('int32', [rows, columns], sums),
        { multipliers, zeroPoint: scalar(resultZero, 'y_zero_point', 0) },
        result,
      );
      return tensor(type, [rows, columns], result);
    };
  },
};

function addTo(sums: Int32Array, addend: Tensor, shape: readonly [number, number]): void {
  for (let at = 0; at < sums.length; at++) {
    sums[at] = sums[at]! + (addend.data[indexIn(addend.shape, shape, at)] as number);
  }
}

/** Read what becomes of the sums: the factor of each column, and scale and zero point of a quantised result. */
function endOf(node: NodeProto, inputs: readonly (Tensor | null)[], columns: number) {
  const { alpha } = gemmAttributes(node);
  const aScale = scalar(requiredInput(inputs, 1, 'a_scale', ['float32']), 'a_scale', 1);
  const bScales = perChannel(requiredInput(inputs, 4, 'b_scale', ['float32']), 'b_scale', columns);
  const yScale = optionalInput(inputs, 7, 'y_scale', ['float32']);
  const resultZero = optionalInput(inputs, 8, 'y_zero_point', BYTES);
  if (yScale === null && resultZero !== null) throw new ModelError('y_zero_point needs a y_scale beside it');
  return {
    scales: Float32Array.from(bScales, (bScale) => Math.fround(alpha * aScale) * bScale),
    resultScale: yScale && scalar(yScale, 'y_scale', 1),
    resultZero,
  };
}
