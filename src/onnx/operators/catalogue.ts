import type { NodeProto } from '../file/messages.ts';
import { CONV, CONV_INTEGER, QLINEAR_CONV } from './conv-operators.ts';
import { MATMUL } from './float-matmul.ts';
import { GEMM } from './gemm.ts';
import { MATMUL_INTEGER, QLINEAR_MATMUL } from './integer-matmul-operators.ts';
import type { LayerOperator } from './layer-operator.ts';
import { QGEMM } from './qgemm.ts';

/** The operators that run on an array. */
export const OPERATORS: readonly LayerOperator[] = [
  CONV,
  CONV_INTEGER,
  QLINEAR_CONV,
  MATMUL,
  GEMM,
  MATMUL_INTEGER,
  QLINEAR_MATMUL,
  QGEMM,
];

/** Find the operator of a node among those that run on an array. */
export function operatorOf(node: NodeProto): LayerOperator | undefined {
  return OPERATORS.find(({ opType, domain }) => opType === node.opType && domain === domainOf(node));
}

/** Name the operator of a node: standard ones by their type alone. */
export function operatorName(node: Pick<NodeProto, 'opType' | 'domain'>): string {
  return isStandard(node) ? node.opType : `${node.domain}.${node.opType}`;
}

/** Tell whether a node is of the standard operators. */
export function isStandard({ domain }: Pick<NodeProto, 'domain'>): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function domainOf({ domain }: NodeProto): string {
  return domain === 'ai.onnx' ? '' : domain;
}
