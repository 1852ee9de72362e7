import { ModelError } from '../../errors.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import { elementTypeName } from '../file/element-types.ts';
import type { GraphProto, NodeProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import { OPERATORS, operatorName, operatorOf } from '../operators/catalogue.ts';
import type { LayerOperator } from '../operators/layer-operator.ts';
import { enumerate } from '../wording.ts';
import { type GraphIndex, indexGraph, subgraphsOf } from './graph-index.ts';
import { type QuantisedGroup, quantisedGroup } from './quantised-group.ts';

/** A node of a model whose work is matrix products. */
export interface LayerInfo {
  /** The node's name, or `<operator>_<output>` when it has none; unique within the model. */
  readonly name: string;
  readonly op: string;
  /** Whether an integer layer stands for it and the nodes around it that dequantise and quantise (QDQ style). */
  readonly qdq: boolean;
  /** Why the layer cannot run on an array; null when it can. */
  readonly reason: string | null;
  readonly compatible: boolean;
  /** Shape and element type of the weights, when the file holds them. */
  readonly weights: { readonly shape: readonly number[]; readonly type: string } | null;
}

/** A layer that can run on an array, with what it takes to do so. */
export interface CompatibleLayer {
  readonly name: string;
  /** A node of the model, or one that takes the place of several. */
  readonly node: NodeProto;
  readonly operator: LayerOperator;
  /** The nodes of the model whose place the layer takes; the last one makes its result. */
  readonly replaced: readonly NodeProto[];
  /** All nodes of the model that compute what the layer computes. */
  readonly nodes: readonly NodeProto[];
}

/** Operators that multiply matrices, and which of their inputs are the weights. */
const WEIGHTS_INPUT: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvTranspose: 1,
  ConvInteger: 1,
  QLinearConv: 3,
  FusedConv: 1,
  Gemm: 1,
  QGemm: 3,
  FusedGemm: 1,
  MatMul: 1,
  MatMulInteger: 1,
  QLinearMatMul: 3,
  FusedMatMul: 1,
  MatMulIntegerToFloat: 1,
  DynamicQuantizeMatMul: 1,
};

/** List the matrix layers of a model in the order of the file; those in subgraphs follow the node that holds them. */
export function listLayers(model: OnnxModel): LayerInfo[] {
  return findLayers(model).map(({ info }) => info);
}

/** List the layers that can run on some array; `planLayers` tells for one array. */
export function compatibleLayers(model: OnnxModel): LayerInfo[] {
  return listLayers(model).filter(({ compatible }) => compatible);
}

/** List the layers likewise, with what keeps each from an array of these dtypes, or else what it takes to run it there. */
export function layersFor(
  model: OnnxModel,
  types: ArraySpec['types'],
): readonly { readonly info: LayerInfo; readonly layer: CompatibleLayer | null }[] {
  return findLayers(model).map((found) => {
    const reason = problemOf(found, types);
    const layer = reason === null ? formFor(found, types) : null;
    return { info: { ...found.info, reason, compatible: reason === null }, layer };
  });
}

/**
 * Pick layers by name, or all that can run on an array of these dtypes.
 * @throws {ModelError} for a name that is no layer of the model, a layer that cannot run on the array, or, without
 *   names, a model none of whose layers can.
 */
export function chooseLayers(
  model: OnnxModel,
  types: ArraySpec['types'],
  names?: readonly string[],
): readonly CompatibleLayer[] {
  const found = findLayers(model);
  if (names) checkNames(model, found, types, names);
  const wanted = names && new Set(names);
  const chosen = found.flatMap((layer) => {
    const isChosen = wanted ? wanted.has(layer.info.name) : problemOf(layer, types) === null;
    return isChosen ? [formFor(layer, types)] : [];
  });
  if (!names && chosen.length === 0) {
    const place = found.some(({ info }) => info.compatible) ? 'this array' : 'an array';
    const reasons = found.map((layer) => `${layer.info.name} (${layer.info.op}): ${problemOf(layer, types)}`);
    throw new ModelError(`no layer of ${model.path} can run on ${place}; ${reasons.join('; ') || 'it has none'}`);
  }
  return chosen;
}

interface FoundLayer {
  readonly info: LayerInfo;
  readonly node: NodeProto;
  readonly graph: GraphIndex;
  readonly operator: LayerOperator | undefined;
  readonly group: QuantisedGroup | null;
}

/** Take a layer as the array can run it: of integers where it can. */
function formFor({ info, node, graph, operator, group }: FoundLayer, types: ArraySpec['types']): CompatibleLayer {
  const ofGroup = group && operatorOf(group.node);
  if (group && ofGroup && ofGroup.refuseArray(group.node, graph, types) === null) {
    return { name: info.name, node: group.node, operator: ofGroup, replaced: group.replaced, nodes: group.nodes };
  }
  return { name: info.name, node, operator: operator!, replaced: [node], nodes: [node] };
}

function checkNames(
  model: OnnxModel,
  found: readonly FoundLayer[],
  types: ArraySpec['types'],
  names: readonly string[],
): void {
  const known = new Map(found.map((layer) => [layer.info.name, layer]));
  for (const name of names) {
    const layer = known.get(name);
    if (!layer) {
      const list = found.length > 0 ? `its layers are ${[...known.keys()].join(', ')}` : 'it has no matrix layers';
      throw new ModelError(`layer '${name}' is not in ${model.path}; ${list}`);
    }
    const problem = problemOf(layer, types);
    if (problem === null) continue;
    const place = layer.info.compatible ? 'this array' : 'an array';
    throw new ModelError(`layer '${name}' (${layer.info.op}) cannot run on ${place}: ${problem}`);
  }
}

/** Why a layer cannot run on an array of these dtypes; null when it can. */
function problemOf({ info, node, graph, operator, group }: FoundLayer, types: ArraySpec['types']): string | null {
  if (group && operatorOf(group.node)?.refuseArray(group.node, graph, types) === null) return null;
  return info.reason ?? operator?.refuseArray(node, graph, types) ?? null;
}

function findLayers(model: OnnxModel): FoundLayer[] {
  const nodes = [...matrixNodes(model.graph, null)];
  const taken = new Set<string>();
  return nodes.map(({ node, graph, holder }) => {
    const name = uniqueName(node, taken);
    const operator = operatorOf(node);
    const group = holder ? null : runnableGroup(node, graph);
    const reason = refuse(node, graph, holder, operator);
    const form = group?.node ?? node;
    const weights = graph.constants.get(form.input[WEIGHTS_INPUT[form.opType] ?? -1] ?? '');
    const info: LayerInfo = {
      name,
      op: operatorName(node),
      qdq: group !== null,
      compatible: reason === null,
      reason,
      weights: weights ? { shape: weights.dims.map(Number), type: elementTypeName(weights.dataType) } : null,
    };
    return { info, node, graph, operator, group };
  });
}

/** The group around a node, if it can run on an array. */
function runnableGroup(node: NodeProto, graph: GraphIndex): QuantisedGroup | null {
  const group = quantisedGroup(node, graph);
  return group && operatorOf(group.node)?.refuse(group.node, graph) === null ? group : null;
}

function* matrixNodes(
  graph: GraphProto,
  holder: NodeProto | null,
): Generator<{ node: NodeProto; graph: GraphIndex; holder: NodeProto | null }> {
  const index = indexGraph(graph);
  for (const node of graph.node) {
    if (Object.hasOwn(WEIGHTS_INPUT, node.opType)) yield { node, graph: index, holder };
    for (const subgraph of subgraphsOf(node)) yield* matrixNodes(subgraph, holder ?? node);
  }
}

function refuse(
  node: NodeProto,
  graph: GraphIndex,
  holder: NodeProto | null,
  operator: LayerOperator | undefined,
): string | null {
  if (!operator) {
    return `the array runs ${enumerate(OPERATORS.map(operatorName), 'and')}`;
  }
  if (holder) return `it lies inside ${holder.opType} '${holder.name}', which runs as a whole`;
  return operator.refuse(node, graph);
}

function uniqueName(node: NodeProto, taken: Set<string>): string {
  const output = node.output[0] ?? '';
  const candidates = node.name ? [node.name, `${node.name}_${output}`] : [`${node.opType}_${output}`];
  const base = candidates.at(-1)!;
  let name = candidates.find((candidate) => !taken.has(candidate));
  for (let count = 2; name === undefined; count++)
    name = taken.has(`${base}_${count}`) ? undefined : `${base}_${count}`;
  taken.add(name);
  return name;
}
