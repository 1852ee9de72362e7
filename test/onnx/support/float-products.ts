import type { Dtype } from '../../../src/dtype/dtype.ts';
import type { NodeProto } from '../../../src/onnx/file/messages.ts';
import type { FloatType } from '../../../src/onnx/operators/float-sums.ts';
import { gemmAttributes } from '../../../src/onnx/operators/gemm.ts';
import { numbersOf } from '../../../src/onnx/operators/layer-operator.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import { ROUND } from './direct-float-conv.ts';
import { matmulOutputs } from './matmul-cases.ts';

type Accumulator = Extract<Dtype, FloatType>;

/** One MatMul, or one Gemm. */
export interface FloatProduct {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly gemm?: GemmParts;
}

export interface GemmParts {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
  readonly c: Tensor | null;
}

/** The product that a MatMul or Gemm node of a model describes, with its operands in order; no C stands for none. */
export function productOfNode(node: NodeProto, operands: readonly (Tensor | undefined)[]): FloatProduct {
  const [a, b, c = null] = operands as [Tensor, Tensor, Tensor | undefined];
  return node.opType === 'Gemm' ? { a, b, gemm: { ...gemmAttributes(node), c } } : { a, b };
}

/**
 * The definition with the roundings of an array: from +0 on, each product and then each sum is rounded to the
 * accumulator's type, in the order of K; the sum is rounded to the type of the factors, and so is each step after it.
 */
export function plainLoop(product: FloatProduct, accumulator: Accumulator): number[] {
  const round = ROUND[product.a.type as FloatType];
  const { alpha, beta } = product.gemm ?? { alpha: 1, beta: 1 };
  return outputsOf(product).map(({ terms, added }) => {
    let sum = 0;
    for (const [x, w] of terms) sum = ROUND[accumulator](sum + ROUND[accumulator](x * w));
    const scaled = alpha === 1 ? round(sum) : round(round(sum) * round(Math.fround(alpha)));
    if (added === null) return scaled;
    return round(scaled + (beta === 1 ? added : round(added * round(Math.fround(beta)))));
  });
}

/**
 * How far apart two ways to compute an output may lie: at most n = K + 3 roundings on the way of any term.
 * Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1.
 */
export function roundingBounds(product: FloatProduct): number[] {
  const unit = product.a.type === 'float64' ? 2 ** -53 : 2 ** -24;
  const { alpha, beta } = product.gemm ?? { alpha: 1, beta: 1 };
  return outputsOf(product).map(({ terms, added }) => {
    const n = terms.length + 3;
    const magnitude = terms.reduce((sum, [x, w]) => sum + Math.abs(alpha * x * w), Math.abs(beta * (added ?? 0)));
    return ((2 * n * unit) / (1 - n * unit)) * magnitude;
  });
}

/** What one output of a case is made of: its factors in the order of K, and what is added. */
interface Output {
  readonly terms: readonly (readonly [x: number, w: number])[];
  readonly added: number | null;
}

function outputsOf({ a, b, gemm }: FloatProduct): Output[] {
  const [x, w, c] = [numbersOf(a), numbersOf(b), gemm?.c ? numbersOf(gemm.c) : null];
  if (!gemm) {
    const outputs = matmulOutputs({ left: a.shape, right: b.shape });
    return Array.from(outputs, ({ terms }) => ({
      terms: terms.map(({ left, right }) => [x[left]!, w[right]!] as const),
      added: null,
    }));
  }
  const [p = 0, q = 0] = a.shape;
  const [m, k] = gemm.transA ? [q, p] : [p, q];
  const n = gemm.transB ? b.shape[0]! : b.shape[1]!;
  const [repeatRows, repeatColumns] = [(gemm.c?.shape.at(-2) ?? 1) === 1, (gemm.c?.shape.at(-1) ?? 1) === 1];
  const outputs: Output[] = [];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const terms = Array.from(
        { length: k },
        (_, l) => [x[gemm.transA ? l * m + i : i * k + l]!, w[gemm.transB ? j * k + l : l * n + j]!] as const,
      );
      const place = (repeatRows ? 0 : i) * (repeatColumns ? 1 : n) + (repeatColumns ? 0 : j);
      outputs.push({ terms, added: c && c[place]! });
    }
  }
  return outputs;
}
