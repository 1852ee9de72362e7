import type { Backend } from '../../backend/backend.ts';
import { ModelError } from '../../errors.ts';
import type { Fault } from '../../fault/fault.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { NodeProto } from '../file/messages.ts';
import type { OnnxModel } from '../file/model.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import type { Stage } from '../graph/stages.ts';
import type { LayerOperator, LayerRun } from '../operators/layer-operator.ts';
import { openPort, type PortProgress } from './array-port.ts';
import type { LayerReport } from './layer-report.ts';
import { checkInputs } from './model-inputs.ts';
import { fromRuntime, type RuntimeTensor, type Session, toRuntime } from './session.ts';

/** How far a run is: the layer on the array, its matrix products, and the tiles of the present one. */
export interface ModelProgress extends PortProgress {
  readonly layer: string;
  /** Counts from 0. */
  readonly layerIndex: number;
  readonly layerCount: number;
}

export interface ModelRunOptions {
  /** Faults for this run instead of those of the model. */
  readonly faults?: readonly Fault[] | undefined;
  /** Ends the run with the signal's reason, between two products or as soon as the backend can. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ModelProgress) => void) | undefined;
}

export interface ModelResult {
  /** By output name, in the order of the model. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** One report per chosen layer, in the order in which they ran. */
  readonly layers: readonly LayerReport[];
}

/** A layer made ready for the array. */
export interface ArrayLayer {
  readonly name: string;
  readonly node: NodeProto;
  readonly operator: LayerOperator;
  readonly run: LayerRun;
}

/** A stage made ready; the session is missing where a stage has no nodes. */
export interface StageRunner {
  readonly stage: Stage;
  readonly session: Session | undefined;
  readonly layers: readonly ArrayLayer[];
}

/** Run the stages of a model one after the other. */
export async function runStages(
  model: OnnxModel,
  index: GraphIndex,
  runners: readonly StageRunner[],
  inputs: Readonly<Record<string, Tensor>>,
  options: ModelRunOptions & { readonly backend: Backend },
): Promise<ModelResult> {
  checkInputs(model, inputs);
  const values = new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)]));
  const reports: LayerReport[] = [];
  const layerCount = runners.reduce((sum, { layers }) => sum + layers.length, 0);
  for (const { session, layers } of runners) {
    options.signal?.throwIfAborted();
    for (const [name, value] of (await session?.run(values)) ?? []) values.set(name, value);
    for (const layer of layers) {
      const operands = layer.node.input.map((name) => (name === '' ? null : lookUp(name, values, index)));
      const place = { layer: layer.name, layerIndex: reports.length, layerCount };
      const { result, report } = await runLayer(layer, operands, place, options);
      values.set(layer.node.output[0] ?? '', toRuntime(result));
      reports.push(report);
    }
  }
  const outputs = model.outputs.map(({ name }) => [name, lookUp(name, values, index)] as const);
  return { outputs: Object.fromEntries(outputs), layers: reports };
}

async function runLayer(
  layer: ArrayLayer,
  operands: readonly (Tensor | null)[],
  place: Pick<ModelProgress, 'layer' | 'layerIndex' | 'layerCount'>,
  { backend, faults, signal, onProgress }: ModelRunOptions & { readonly backend: Backend },
): Promise<{ readonly result: Tensor; readonly report: LayerReport }> {
  const { port, report } = openPort(backend, {
    faults,
    signal,
    onProgress: onProgress && ((progress) => onProgress({ ...place, ...progress })),
  });
  try {
    return { result: await layer.run(operands, port), report: report(layer.name, layer.node.opType) };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(`layer '${layer.name}' (${layer.node.opType}): ${error.message}`, { cause: error });
  }
}

function lookUp(name: string, values: ReadonlyMap<string, RuntimeTensor>, index: GraphIndex): Tensor {
  const value = values.get(name);
  if (value) return fromRuntime(value, name);
  const constant = index.constant(name);
  if (!constant) throw new ModelError(`value '${name}' is computed by no node of the model`);
  return constant;
}
