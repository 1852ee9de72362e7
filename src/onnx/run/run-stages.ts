import type { Backend } from '../../backend/backend.ts';
import { ModelError } from '../../errors.ts';
import type { Fault } from '../../fault/fault.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { OnnxModel } from '../file/model.ts';
import type { GraphIndex } from '../graph/graph-index.ts';
import type { CompatibleLayer } from '../graph/layers.ts';
import type { Stage } from '../graph/stages.ts';
import type { LayerRun } from '../operators/layer-operator.ts';
import { openPort, type PortProgress } from './array-port.ts';
import type { ExactSums } from './exact-sums.ts';
import type { LayerReport } from './layer-report.ts';
import { checkInputs } from './model-inputs.ts';
import type { PlacedFault } from './placed-fault.ts';
import type { Prefix } from './prefix.ts';
import { compareResults, type ReferenceLayer } from './reference-layer.ts';
import { fromRuntime, type RuntimeTensor, type Session, toRuntime } from './session.ts';

/** How far a run is: the layer on the array, its matrix products, and the tiles of the present one. */
export interface ModelProgress extends PortProgress {
  readonly layer: string;
  /** Counts from 0. */
  readonly layerIndex: number;
  readonly layerCount: number;
}

export interface ModelRunOptions {
  /** Faults for this run instead of those of the model; they act in every product of every layer. */
  readonly faults?: readonly Fault[] | undefined;
  /** Compare each layer with what ONNX Runtime computes from the same inputs. */
  readonly compare?: boolean | undefined;
  /** Refuse a layer before its first product when its sums may not fit the array's integer accumulator. */
  readonly strict?: boolean | undefined;
  /** Given each layer's input, sums and result as soon as it has run. */
  readonly onLayer?: ((tensors: LayerTensors) => void) | undefined;
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

/** What went into and came out of a layer on the array. */
export interface LayerTensors {
  readonly layer: string;
  /** The data, or the left factor. */
  readonly input: Tensor;
  /** The sums of products, zero points taken into account, before bias and requantisation. */
  readonly accumulator: Tensor;
  readonly output: Tensor;
}

/** A layer made ready for the array. */
export interface ArrayLayer extends CompatibleLayer {
  readonly run: LayerRun;
  /** The layer as ONNX Runtime computes it; loaded when first asked for. */
  readonly reference: () => Promise<ReferenceLayer>;
}

/** How the stages of a model are run. */
export interface StageOptions extends Omit<ModelRunOptions, 'faults'> {
  readonly backend: Backend;
  readonly faults: readonly PlacedFault[];
  /** Holds what comes before the first layer, from one run to the next. */
  readonly prefix: Prefix;
  readonly exactSums: ExactSums;
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
  options: StageOptions,
): Promise<ModelResult> {
  checkInputs(model, inputs);
  const values = new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)]));
  const reports: LayerReport[] = [];
  const layerCount = runners.reduce((sum, { layers }) => sum + layers.length, 0);
  for (const [stage, { session, layers }] of runners.entries()) {
    options.signal?.throwIfAborted();
    const compute = async () => (await session?.run(values)) ?? new Map<string, RuntimeTensor>();
    const computed = stage === 0 ? await options.prefix.get(inputs, compute) : await compute();
    for (const [name, value] of computed) values.set(name, value);
    for (const layer of layers) {
      const operands = layer.node.input.map((name) => (name === '' ? null : lookUp(name, values, index)));
      const place = { layer: layer.name, layerIndex: reports.length, layerCount };
      const { result, report } = await runLayer(layer, operands, place, options);
      const comparison = options.compare ? compareResults(result, await (await layer.reference()).run(values)) : null;
      values.set(layer.node.output[0] ?? '', toRuntime(result));
      reports.push({ ...report, comparison });
    }
  }
  const outputs = model.outputs.map(({ name }) => [name, lookUp(name, values, index)] as const);
  return { outputs: Object.fromEntries(outputs), layers: reports };
}

async function runLayer(
  layer: ArrayLayer,
  operands: readonly (Tensor | null)[],
  place: Pick<ModelProgress, 'layer' | 'layerIndex' | 'layerCount'>,
  { backend, faults, signal, exactSums, strict, onProgress, onLayer }: StageOptions,
): Promise<{ readonly result: Tensor; readonly report: Omit<LayerReport, 'comparison'> }> {
  let accumulator: Tensor | undefined;
  const { port, report } = openPort(backend, {
    faults: faults.filter((fault) => fault.layer === null || fault.layer === layer.name),
    signal,
    exactSums,
    strictTerms: strict ? termsOf(layer, operands) : undefined,
    onSums:
      onLayer &&
      ((sums) => {
        accumulator = sums;
      }),
    onProgress: onProgress && ((progress) => onProgress({ ...place, ...progress })),
  });
  try {
    const result = await layer.run(operands, port);
    onLayer?.({ layer: layer.name, input: operands[0]!, accumulator: accumulator!, output: result });
    return { result, report: report(layer.name, layer.node.opType) };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new ModelError(`layer '${layer.name}' (${layer.node.opType}): ${error.message}`, { cause: error });
  }
}

/** Count the terms of a layer's sums: im2col makes each sum in one product. */
function termsOf({ operator, node }: ArrayLayer, operands: readonly (Tensor | null)[]): number {
  const shapes = operands.map((operand) => operand?.shape ?? null);
  return Math.max(0, ...operator.products(node, shapes, 'im2col').shapes.map(({ k }) => k));
}

function lookUp(name: string, values: ReadonlyMap<string, RuntimeTensor>, index: GraphIndex): Tensor {
  const value = values.get(name);
  if (value) return fromRuntime(value, name);
  const constant = index.constant(name);
  if (!constant) throw new ModelError(`value '${name}' is computed by no node of the model`);
  return constant;
}
