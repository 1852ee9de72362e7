import { ModelError } from '../../errors.ts';
import type { ElementType } from '../../tensor/tensor.ts';
import { elementTypeName } from '../file/element-types.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { matmulShapes } from '../lowering/matmul-shapes.ts';
import type { LayerProducts } from '../lowering/product-shape.ts';
import { enumerate } from '../wording.ts';

/** Count the axes of a product of tensors from those of its factors; null when one is unknown. */
export function matmulRank(left: number | null | undefined, right: number | null | undefined): number | null {
  if (left == null || right == null) return null;
  const batch = Math.max(left, right, 2) - 2;
  return batch + (left === 1 ? 0 : 1) + (right === 1 ? 0 : 1);
}

/** List the products of two tensors of known shapes. */
export function matmulProducts(left: readonly number[] | null | undefined, right: typeof left): LayerProducts {
  if (!left || !right) throw new ModelError('both factors are needed');
  const { rows, inner, columns, products } = matmulShapes(left, right);
  return { lowering: null, shapes: [{ m: rows, k: inner, n: columns, count: products.length }] };
}

/** Say which of a node's inputs the file holds in an element type that cannot be multiplied here; null when none. */
export function refuseElementType(
  node: NodeProto,
  graph: GraphIndex,
  inputs: readonly number[],
  types: readonly ElementType[],
): string | null {
  for (const index of inputs) {
    const value = graph.constants.get(node.input[index] ?? '');
    if (!value) continue;
    const type = elementTypeName(value.dataType);
    if (!(types as readonly string[]).includes(type))
      return `input ${index} must be ${enumerate(types, 'or')}, not ${type}`;
  }
  return null;
}
