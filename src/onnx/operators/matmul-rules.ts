import type { ElementType } from '../../tensor/tensor.ts';
import { elementTypeName } from '../file/element-types.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import { enumerate } from '../wording.ts';

/** Count the axes of a product of tensors from those of its factors; null when one is unknown. */
export function matmulRank(left: number | null | undefined, right: number | null | undefined): number | null {
  if (left == null || right == null) return null;
  const batch = Math.max(left, right, 2) - 2;
  return batch + (left === 1 ? 0 : 1) + (right === 1 ? 0 : 1);
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
