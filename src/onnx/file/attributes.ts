import type { AttributeProto, NodeProto } from './messages.ts';

/** Read an integer attribute; `fallback` when the node does not have it. */
export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const attribute = find(node, name);
  return attribute ? Number(attribute.i) : fallback;
}

/** Read a float32 attribute; `fallback` when the node does not have it. */
export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  return find(node, name)?.f ?? fallback;
}

/** Read a list of integers; null when the node does not have it. */
export function intsAttribute(node: NodeProto, name: string): number[] | null {
  const attribute = find(node, name);
  return attribute ? attribute.ints.map(Number) : null;
}

/** Read a text attribute; `fallback` when the node does not have it or has it empty. */
export function stringAttribute(node: NodeProto, name: string, fallback: string): string {
  const attribute = find(node, name);
  return (attribute && new TextDecoder().decode(attribute.s)) || fallback;
}

function find(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}
