import type { Backend } from '../../backend/backend.ts';
import type { Fault } from '../../fault/fault.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { elementTypeName } from '../file/element-types.ts';
import { derive, type GraphProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import { type GraphIndex, indexGraph } from '../graph/graph-index.ts';
import { type CompatibleLayer, chooseLayers } from '../graph/layers.ts';
import { cutIntoStages } from '../graph/stages.ts';
import { submodel } from '../graph/submodel.ts';
import { checkLowering, DEFAULT_LOWERING, type Lowering } from '../lowering/lowering.ts';
import { type ArrayLayer, type ModelResult, type ModelRunOptions, runStages, type StageRunner } from './run-stages.ts';
import { openSession, type ValueType } from './session.ts';

export interface ReplaceOptions {
  /** Names of the layers to run on the array; all that can when left out. */
  readonly layers?: readonly string[] | undefined;
  /** The array; it stays open when the model is closed. */
  readonly backend: Backend;
  /** Faults that act in every product of every chosen layer; cycles count from the first beat of each product. */
  readonly faults?: readonly Fault[] | undefined;
  /** How convolutions become matrix products, `im2col` when left out; a layer that this does not suit uses `im2col`. */
  readonly lowering?: Lowering | undefined;
}

/** A model whose chosen layers run on an array, and everything else in ONNX Runtime. */
export interface ReplacedModel {
  /** Names of the layers that run on the array, in the order of the file. */
  readonly layers: readonly string[];
  /**
   * Run the model once.
   * @param inputs one tensor per input of the model, of the declared element type and shape
   * @throws {ModelError} for inputs that do not fit the model, or a layer that turns out not to fit the array.
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: ModelRunOptions): Promise<ModelResult>;
  /** Release the ONNX Runtime sessions. */
  close(): Promise<void>;
}

/**
 * Cut a model around layers that shall run on an array.
 * @throws {ModelError} for a layer that is not in the model or cannot run on an array, a model that ONNX Runtime
 *   refuses, or an unknown lowering.
 */
export async function replaceLayers(model: OnnxModel, options: ReplaceOptions): Promise<ReplacedModel> {
  const { layers: names, backend } = options;
  const lowering = checkLowering(options.lowering ?? DEFAULT_LOWERING);
  const found = chooseLayers(model, backend.design.spec.types, names);
  const chosen = new Map(found.map((layer) => [layer.node, layer]));
  const index = indexGraph(withLayers(model.graph, found));
  const types = inputTypes(model);
  const runners: StageRunner[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(runners.map(({ session }) => session?.close()));
  };
  try {
    for (const stage of cutIntoStages(index, new Set(chosen.keys()))) {
      const layers = stage.layers.map((node): ArrayLayer => {
        const { name, operator } = chosen.get(node)!;
        return { name, node, operator, run: operator.prepare(node, lowering) };
      });
      // A stage without nodes, between two layers in a row, needs no session.
      const session =
        stage.outputs.length > 0 ? await openSession(submodel(model, stage, types), model.path) : undefined;
      runners.push({ stage, session, layers });
      for (const [name, type] of session?.outputTypes ?? []) types.set(name, type);
      for (const layer of layers) types.set(layer.node.output[0] ?? '', resultType(layer, types, index));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    layers: [...chosen.values()].map(({ name }) => name),
    run: (inputs, run = {}) => runStages(model, index, runners, inputs, { backend, faults: options.faults, ...run }),
    close,
  };
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
