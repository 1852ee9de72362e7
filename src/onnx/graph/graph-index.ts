import type { Tensor } from '../../tensor/tensor.ts';
import { elementTypeName } from '../file/element-types.ts';
import type { GraphProto, NodeProto, TensorProto } from '../file/messages.ts';
import { decodeTensor } from '../file/tensor-proto.ts';

/** Who makes and who holds the values of a graph, by value name. */
export interface GraphIndex {
  readonly graph: GraphProto;
  /** The node that computes a value. */
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** The nodes that use a value, in the order of the file. */
  readonly users: ReadonlyMap<string, readonly NodeProto[]>;
  /** Values known from the file: dense initialisers, and Constant nodes that hold a tensor. */
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Read a known value; the same name gives the same tensor each time. */
  constant(name: string): Tensor | undefined;
  /** Name the element type that the file gives a value; null when it says nothing of it. */
  elementType(name: string): string | null;
}

/** Index a graph's values. */
export function indexGraph(graph: GraphProto): GraphIndex {
  const producers = new Map<string, NodeProto>();
  const users = new Map<string, NodeProto[]>();
  const constants = new Map(graph.initializer.map((initializer) => [initializer.name, initializer]));
  for (const node of graph.node) {
    for (const output of node.output) if (output !== '') producers.set(output, node);
    const held = node.opType === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined;
    if (held) constants.set(node.output[0] ?? '', held);
    for (const value of valuesUsedBy(node)) users.set(value, [...(users.get(value) ?? []), node]);
  }
  const decoded = new Map<string, Tensor>();
  const constant = (name: string): Tensor | undefined => {
    const proto = constants.get(name);
    if (!proto) return undefined;
    const value = decoded.get(name) ?? decodeTensor(proto);
    decoded.set(name, value);
    return value;
  };
  const declared = new Map(
    [...graph.valueInfo, ...graph.output, ...graph.input].map(({ name, type }) => [name, type?.tensorType?.elemType]),
  );
  const elementType = (name: string): string | null => {
    const code = constants.get(name)?.dataType ?? declared.get(name);
    return code ? elementTypeName(code) : null;
  };
  return { graph, producers, users, constants, constant, elementType };
}

/** List the values a node needs, once each: its inputs, and what its subgraphs take from the graph around them. */
export function valuesUsedBy(node: NodeProto): string[] {
  const used = new Set(node.input.filter((name) => name !== ''));
  for (const subgraph of subgraphsOf(node)) for (const name of freeValues(subgraph)) used.add(name);
  return [...used];
}

/** List the graphs that a node holds, such as the branches of If and the body of Loop. */
export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute) => (attribute.g ? [attribute.g] : attribute.graphs));
}

function freeValues(graph: GraphProto): string[] {
  const own = new Set<string>();
  for (const { name } of graph.input) own.add(name);
  for (const { name } of graph.initializer) own.add(name);
  for (const { values } of graph.sparseInitializer) own.add(values?.name ?? '');
  for (const node of graph.node) for (const output of node.output) own.add(output);
  const used = [...graph.node.flatMap(valuesUsedBy), ...graph.output.map(({ name }) => name)];
  return used.filter((name) => !own.has(name));
}
