import { ModelError } from '../../errors.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import type { ElementType } from '../../tensor/tensor.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { matmulShapes } from '../lowering/matmul-shapes.ts';
import type { LayerProducts } from '../lowering/product-shape.ts';
import { enumerate } from '../wording.ts';
import { floatProblem } from './array-fit.ts';

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

/**
 * Say which of a node's inputs is of an element type that cannot be multiplied here, as far as the file tells; null when
 * none is.
 * @param inputs names of inputs by their place
 */
export function refuseElementType(
  node: NodeProto,
  graph: GraphIndex,
  inputs: Readonly<Record<number, string>>,
  types: readonly ElementType[],
): string | null {
  for (const [place, name] of Object.entries(inputs)) {
    const type = graph.elementType(node.input[Number(place)] ?? '');
    if (type === null || (types as readonly string[]).includes(type)) continue;
    return `${name} must be ${enumerate(types, 'or')}, not ${type}`;
  }
  return null;
}

/** Say why an array of these dtypes cannot multiply the factors of a node in floating point; null when it can. */
export function refuseFloatArray(node: NodeProto, graph: GraphIndex, types: ArraySpec['types']): string | null {
  const known = node.input.map(graph.elementType).find((type) => type !== null);
  return floatProblem(known ?? null, types);
}
