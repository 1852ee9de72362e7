import { ModelError } from '../../errors.ts';
import type { NodeProto } from '../file/messages.ts';
import type { GraphIndex } from './graph-index.ts';
import { valuesUsedBy } from './graph-index.ts';

/**
 * One step of a model cut around its chosen layers: first the nodes, in ONNX Runtime, then the layers, on the array.
 * Everything a stage needs comes from the model's inputs, its constants, or earlier stages.
 */
export interface Stage {
  /** In the order of the file; constant nodes appear in every stage that needs them. */
  readonly nodes: readonly NodeProto[];
  /** Values that the nodes take from outside; constants of the file are not among them. */
  readonly inputs: readonly string[];
  /** Values of the nodes that something outside needs. */
  readonly outputs: readonly string[];
  readonly layers: readonly NodeProto[];
}

/** Operators whose results differ from run to run although their inputs do not. */
const RANDOM = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/** Tell whether a node gives other results although its inputs are the same. */
export function isRandom({ opType }: NodeProto): boolean {
  return RANDOM.has(opType);
}

/** A node that depends on nothing but constants, and so belongs to every stage. */
const ANY_STAGE = -1;

/**
 * Cut a graph around the chosen layers into as few stages as its longest chain of chosen layers allows. Nodes that
 * no output of the graph and no chosen layer needs are left out.
 * @throws {ModelError} when a node uses a value before it is computed.
 */
export function cutIntoStages(index: GraphIndex, chosen: ReadonlySet<NodeProto>): Stage[] {
  const needed = neededNodes(index, chosen);
  const stageOf = assignStages(index, needed, chosen);
  const count = Math.max(0, ...stageOf.values()) + 1;
  const graphOutputs = new Set(index.graph.output.map(({ name }) => name));

  // For each value, the stages that take it from outside their own nodes; a layer takes it at the end of its stage.
  const isConstantNode = (node: NodeProto | undefined): boolean =>
    node !== undefined && stageOf.get(node) === ANY_STAGE;
  const wantedLater = new Set<string>(graphOutputs);
  const wantedByLayers = Array.from({ length: count }, () => new Set<string>());
  for (const node of needed) {
    const stage = stageOf.get(node)!;
    for (const value of valuesUsedBy(node)) {
      const producer = index.producers.get(value);
      if (!producer || isConstantNode(producer)) {
        if (chosen.has(node)) wantedByLayers[stage]!.add(value);
      } else if (chosen.has(node) || stageOf.get(producer) !== stage) {
        wantedLater.add(value);
      }
    }
  }
  return Array.from({ length: count }, (_, stage) => {
    const own = needed.filter((node) => stageOf.get(node) === stage && !chosen.has(node));
    const layers = needed.filter((node) => stageOf.get(node) === stage && chosen.has(node));
    const outputs = own.flatMap((node) => node.output).filter((value) => wantedLater.has(value));
    const constants = [...wantedByLayers[stage]!, ...(stage === count - 1 ? graphOutputs : [])].filter(
      (value) => !index.constants.has(value) && isConstantNode(index.producers.get(value)),
    );
    outputs.push(...new Set(constants));
    const nodes = withConstantNodes(index, own, constants, isConstantNode);
    const computed = new Set(nodes.flatMap((node) => node.output));
    const inputs = new Set(
      nodes.flatMap(valuesUsedBy).filter((value) => !computed.has(value) && !isStored(index, value)),
    );
    return { nodes, inputs: [...inputs], outputs, layers };
  });
}

/** Tell whether the file holds a value as an initialiser. */
function isStored({ graph, constants, producers }: GraphIndex, value: string): boolean {
  if (producers.has(value)) return false;
  return constants.has(value) || graph.sparseInitializer.some(({ values }) => values?.name === value);
}

function neededNodes(index: GraphIndex, chosen: ReadonlySet<NodeProto>): NodeProto[] {
  const needed = new Set<NodeProto>();
  const open: NodeProto[] = [...chosen];
  for (const { name } of index.graph.output) open.push(...producerOf(index, name));
  for (let node = open.pop(); node; node = open.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    for (const value of valuesUsedBy(node)) open.push(...producerOf(index, value));
  }
  return index.graph.node.filter((node) => needed.has(node));
}

function assignStages(
  index: GraphIndex,
  nodes: readonly NodeProto[],
  chosen: ReadonlySet<NodeProto>,
): ReadonlyMap<NodeProto, number> {
  const stageOf = new Map<NodeProto, number>();
  for (const node of nodes) {
    let stage = chosen.has(node) || isRandom(node) ? 0 : ANY_STAGE;
    for (const value of valuesUsedBy(node)) {
      const [producer] = producerOf(index, value);
      if (!producer) {
        if (!isStored(index, value)) stage = Math.max(stage, 0);
        continue;
      }
      const before = stageOf.get(producer);
      if (before === undefined) throw new ModelError(`node '${node.name}' uses '${value}' before it is computed`);
      stage = Math.max(stage, chosen.has(producer) ? before + 1 : before);
    }
    stageOf.set(node, stage);
  }
  return stageOf;
}

/** Add the constant nodes that the given nodes and values depend on, in the order of the file. */
function withConstantNodes(
  index: GraphIndex,
  nodes: readonly NodeProto[],
  values: readonly string[],
  isConstantNode: (node: NodeProto | undefined) => boolean,
): NodeProto[] {
  const all = new Set(nodes);
  const open = [...values, ...nodes.flatMap(valuesUsedBy)];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const [producer] = producerOf(index, value);
    if (!producer || all.has(producer) || !isConstantNode(producer)) continue;
    all.add(producer);
    open.push(...valuesUsedBy(producer));
  }
  return index.graph.node.filter((node) => all.has(node));
}

function producerOf(index: GraphIndex, value: string): NodeProto[] {
  const producer = index.producers.get(value);
  return producer ? [producer] : [];
}
