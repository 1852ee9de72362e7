import type { Value } from '../../dtype/arithmetic.ts';
import { dtypeInfo } from '../../dtype/dtype.ts';
import { elementStore } from '../../dtype/element-store.ts';
import { roundTo } from '../../dtype/float-format.ts';
import { ModelError } from '../../errors.ts';
import { allocate, bitsOf, elementCount, type Tensor, tensor } from '../../tensor/tensor.ts';
import { floatAttribute, intAttribute } from '../file/attributes.ts';
import type { NodeProto } from '../file/messages.ts';
import { indexIn } from '../lowering/matmul-shapes.ts';
import type { LayerProducts } from '../lowering/product-shape.ts';
import { floatProblem } from './array-fit.ts';
import { FLOAT_TYPES, floatEnding } from './float-sums.ts';
import { scaledAndBiased } from './layer-ending.ts';
import { type LayerOperator, optionalInput, requiredInput } from './layer-operator.ts';
import { matmulProducts, refuseElementType, refuseFloatArray } from './matmul-rules.ts';

/** What Gemm does beside multiplying. */
export interface GemmAttributes {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

/** Read the attributes of Gemm or QGemm; those left out have the defaults of ONNX. */
export function gemmAttributes(node: NodeProto): GemmAttributes {
  return {
    transA: intAttribute(node, 'transA', 0) !== 0,
    transB: intAttribute(node, 'transB', 0) !== 0,
    alpha: floatAttribute(node, 'alpha', 1),
    beta: floatAttribute(node, 'beta', 1),
  };
}

/**
 * Gemm: Y = alpha·A'B' + beta·C in floating point. A'B' comes from the array; scaling and adding are rounded one after
 * the other in the type of the factors, and left out where alpha or beta is 1 or C is missing. Source: ONNX operator Gemm.
 */
export const GEMM: LayerOperator = {
  opType: 'Gemm',
  domain: '',
  refuse: (node, graph) => refuseElementType(node, graph, { 0: 'A', 1: 'B', 2: 'C' }, FLOAT_TYPES),
  refuseArray: refuseFloatArray,
  resultType: ([a]) => ({ type: a?.type ?? 'float32', rank: 2 }),
  products: (node, shapes) => gemmProducts(node, shapes[0], shapes[1]),
  ending(node, inputs, shape) {
    const { alpha, beta } = gemmAttributes(node);
    const addend = optionalInput(inputs, 2, 'C', ['float32']);
    const scale = Math.fround(beta);
    const bias =
      addend &&
      Float32Array.from({ length: elementCount(shape) }, (_, at) => {
        const value = addend.data[indexIn(addend.shape, shape, at)] as number;
        return beta === 1 ? value : value * scale;
      });
    return scaledAndBiased(alpha === 1 ? null : Math.fround(alpha), bias);
  },
  prepare(node) {
    const { transA, transB, alpha, beta } = gemmAttributes(node);
    let prepared: { readonly given: Tensor; readonly matrix: Tensor } | undefined;
    return async (inputs, port) => {
      const givenA = requiredInput(inputs, 0, 'A', FLOAT_TYPES);
      const { type } = givenA;
      const givenB = requiredInput(inputs, 1, 'B', [type]);
      const addend = optionalInput(inputs, 2, 'C', [type]);
      const problem = floatProblem(type, port.types);
      if (problem) throw new ModelError(problem);
      if (prepared?.given !== givenB) prepared = { given: givenB, matrix: oriented(givenB, 'B', transB) };
      const a = oriented(givenA, 'A', transA);
      const b = prepared.matrix;
      const [rows, columns] = resultShape(a, b);
      if (addend) checkAddend(addend, [rows, columns]);
      port.expect(1);
      const sums = [{ first: 0, step: 1, count: rows * columns, place: 0 }];
      const product = await port.multiply(a, b, { sums });
      port.showSums?.(product);
      const { round, add, multiply } = floatEnding(port.types.c, type);
      const toType = roundTo(dtypeInfo(type).float!);
      const [from, values] = [elementStore(port.types.c), elementStore(type)];
      const scaled = (factor: number) => (x: Value) => (factor === 1 ? x : multiply(x, toType(factor)));
      const [byAlpha, byBeta] = [scaled(alpha), scaled(beta)];
      const result = allocate(type, rows * columns);
      for (let at = 0; at < result.length; at++) {
        const value = byAlpha(round(from.read(product.data, at)));
        const added = addend && byBeta(values.read(addend.data, indexIn(addend.shape, [rows, columns], at)));
        values.write(result, at, added === null ? value : add(value, added));
      }
      return tensor(type, [rows, columns], result);
    };
  },
};

/** The product of Gemm or QGemm, from the shapes of its factors. */
export function gemmProducts(node: NodeProto, a: readonly number[] | null | undefined, b: typeof a): LayerProducts {
  const { transA, transB } = gemmAttributes(node);
  const turned = (shape: typeof a, turn: boolean) => (shape && turn ? [...shape].reverse() : shape);
  return matmulProducts(turned(a, transA), turned(b, transB));
}

/** Take a matrix as it is, or turned over; bits are kept. */
export function oriented(given: Tensor, name: string, turned: boolean): Tensor {
  const { type, shape, data } = given;
  if (shape.length !== 2) throw new ModelError(`${name} must be a matrix, not of shape [${shape}]`);
  if (!turned) return given;
  const [rows, columns] = shape as [number, number];
  const target = allocate(type, data.length);
  const [from, to] = [bitsOf(data), bitsOf(target)] as [Int32Array, Int32Array];
  for (let at = 0; at < to.length; at++) to[at] = from[(at % rows) * columns + Math.floor(at / rows)]!;
  return tensor(type, [columns, rows], target);
}

/** The rows and columns of A·B; @throws {ModelError} when the two do not go together. */
export function resultShape(a: Tensor, b: Tensor): readonly [rows: number, columns: number] {
  if (a.shape[1] === b.shape[0]) return [a.shape[0]!, b.shape[1]!];
  throw new ModelError(`A of ${a.shape[1]} columns and B of ${b.shape[0]} rows cannot be multiplied`);
}

/** @throws {ModelError} unless C broadcasts to the result. */
export function checkAddend({ shape }: Tensor, result: readonly [number, number]): void {
  const fits = shape.length <= 2 && [...shape].reverse().every((side, n) => side === 1 || side === result[1 - n]);
  if (!fits) throw new ModelError(`C of shape [${shape}] does not broadcast to the result's [${result}]`);
}
