import { elementTypeName } from '../file/element-types.ts';
import { derive, type GraphProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import { type GraphIndex, indexGraph } from '../graph/graph-index.ts';
import type { CompatibleLayer } from '../graph/layers.ts';
import { cutIntoStages } from '../graph/stages.ts';
import { submodel } from '../graph/submodel.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { type ReferenceLayer, referenceLayer } from './reference-layer.ts';
import type { ArrayLayer, StageRunner } from './run-stages.ts';
import { openSession, type ValueType } from './session.ts';

/** A model cut around its chosen layers, ready to run. */
export interface OpenStages {
  readonly index: GraphIndex;
  readonly runners: readonly StageRunner[];
  /** What is known of the values that pass from stage to stage. */
  readonly types: ReadonlyMap<string, ValueType>;
  close(): Promise<void>;
}

export interface StagesOptions {
  readonly lowering: Lowering;
  /** Threads of each ONNX Runtime session; as many as the machine has cores when left out. */
  readonly threads?: number | undefined;
}

/**
 * Cut a model around layers and load what lies between them into ONNX Runtime.
 * @throws {ModelError} when ONNX Runtime refuses a part of the model.
 */
export async function openStages(
  model: OnnxModel,
  found: readonly CompatibleLayer[],
  { lowering, threads }: StagesOptions,
): Promise<OpenStages> {
  const chosen = new Map(found.map((layer) => [layer.node, layer]));
  const index = indexGraph(withLayers(model.graph, found));
  const types = inputTypes(model);
  const runners: StageRunner[] = [];
  const references = new Map<CompatibleLayer, Promise<ReferenceLayer>>();
  const referenceOf = (layer: CompatibleLayer): Promise<ReferenceLayer> => {
    const known = references.get(layer) ?? referenceLayer(model, index, layer, types);
    references.set(layer, known);
    return known;
  };
  const close = async (): Promise<void> => {
    await Promise.all(runners.map(({ session }) => session?.close()));
    await Promise.all([...references.values()].map(async (reference) => (await reference).close()));
  };
  try {
    for (const stage of cutIntoStages(index, new Set(chosen.keys()))) {
      const layers = stage.layers.map((node): ArrayLayer => {
        const layer = chosen.get(node)!;
        return { ...layer, run: layer.operator.prepare(node, lowering), reference: () => referenceOf(layer) };
      });
      // A stage without nodes, between two layers in a row, needs no session.
      const session =
        stage.outputs.length > 0 ? await openSession(submodel(model, stage, types), model.path, threads) : undefined;
      runners.push({ stage, session, layers });
      for (const [name, type] of session?.outputTypes ?? []) types.set(name, type);
      for (const layer of layers) types.set(layer.node.output[0] ?? '', resultType(layer, types, index));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { index, runners, types, close };
}

/** Put layers in the place of the nodes that they stand for. */
function withLayers(graph: GraphProto, layers: readonly CompatibleLayer[]): GraphProto {
  const last = new Map(layers.map(({ node, replaced }) => [replaced.at(-1)!, node]));
  const gone = new Set(layers.flatMap(({ replaced }) => replaced));
  const node = graph.node.flatMap((own) => last.get(own) ?? (gone.has(own) ? [] : [own]));
  return derive('GraphProto', graph, { node });
}

function inputTypes(model: OnnxModel): Map<string, ValueType> {
  const known = model.inputs.flatMap(({ name, type, shape }): [string, ValueType][] =>
    type === null ? [] : [[name, { type, rank: shape?.length ?? null }]],
  );
  return new Map(known);
}

function resultType(
  { node, operator }: ArrayLayer,
  types: ReadonlyMap<string, ValueType>,
  index: GraphIndex,
): ValueType {
  return operator.resultType(node.input.map((name) => typeOf(name, types, index)));
}

function typeOf(name: string, types: ReadonlyMap<string, ValueType>, index: GraphIndex): ValueType | null {
  const constant = index.constants.get(name);
  if (constant) return { type: elementTypeName(constant.dataType), rank: constant.dims.length };
  return types.get(name) ?? null;
}
