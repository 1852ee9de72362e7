import type { NodeProto } from '../../../src/onnx/file/messages.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import * as conv from './direct-float-conv.ts';
import { caseOfNode } from './float-conv-cases.ts';
import * as product from './float-products.ts';

/**
 * What a Conv, Gemm or MatMul node of float32 must give on an array: the numbers of the plain loop, and how far any other
 * order of additions may be from each.
 */
export function definitionOf(
  node: NodeProto,
  operands: readonly (Tensor | undefined)[],
): { readonly numbers: readonly number[]; readonly bounds: readonly number[] } {
  if (node.opType === 'Conv') {
    const of = caseOfNode(node, operands);
    return { numbers: conv.directFloatConv(of, 'float32'), bounds: conv.roundingBounds(of) };
  }
  const of = product.productOfNode(node, operands);
  return { numbers: product.plainLoop(of, 'float32'), bounds: product.roundingBounds(of) };
}
