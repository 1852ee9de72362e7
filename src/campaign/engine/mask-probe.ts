import type { NodeProto } from '../../onnx/file/messages.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import { type GraphIndex, valuesUsedBy } from '../../onnx/graph/graph-index.ts';
import { listLayers } from '../../onnx/graph/layers.ts';
import type { Stage } from '../../onnx/graph/stages.ts';
import { submodel } from '../../onnx/graph/submodel.ts';
import { fromRuntime, openSession } from '../../onnx/run/session.ts';
import type { MaskedStage } from '../outcome.ts';
import { bytesOf, type ImageValues } from './image-values.ts';
import { feedsOf, IMAGES_TOGETHER, type LayerCut, pieces, type TailRun } from './layer-cut.ts';

/** A value behind a layer at which a fault may turn out to be masked. */
export interface Checkpoint {
  readonly value: string;
  /**
   * What the rest of the model takes once this value is computed, as far as it depends on the layer: where all of it is as
   * without the fault, so is everything from here on. Null when the layer's own result is among it.
   */
  readonly frontier: readonly string[] | null;
  readonly stage: Extract<MaskedStage, 'activation' | 'later'>;
  /** The layer that takes it. */
  readonly before: string | null;
}

/** Operators that change a value element by element, as an activation does. */
const ELEMENTWISE = new Set([
  ...['Relu', 'Clip', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Softplus'],
  ...['Gelu', 'Mish', 'Erf', 'QuantizeLinear', 'DequantizeLinear', 'QLinearSigmoid', 'QLinearLeakyRelu'],
]);

/** List the values behind a layer at which masking shows, in the order in which they are computed. */
export function checkpoints(model: OnnxModel, index: GraphIndex, stage: Stage, layerResult: string): Checkpoint[] {
  const found: Checkpoint[] = [];
  const add = (value: string, kind: Checkpoint['stage'], before: string | null): void => {
    found.push({ value, stage: kind, before, frontier: frontierOf(value, stage, layerResult) });
  };
  const activation = endOfActivation(index, layerResult);
  if (activation !== layerResult) add(activation, 'activation', null);
  const own = new Set(stage.nodes);
  const names = layerNames(model);
  for (const node of stage.nodes) {
    const name = names.get(node.output[0] ?? '');
    const [data] = node.input;
    if (name === undefined || data === undefined || data === layerResult) continue;
    const producer = index.producers.get(data);
    if (!producer || !own.has(producer) || found.some(({ value }) => value === data)) continue;
    add(data, 'later', name);
  }
  return found;
}

/** Of the values that depend on a layer's result, those that are still needed once one of them is computed. */
function frontierOf(value: string, { nodes, outputs }: Stage, layerResult: string): string[] | null {
  const position = nodes.findIndex((node) => node.output.includes(value));
  const dependent = new Set([layerResult]);
  for (const node of nodes.slice(0, position + 1)) {
    if (!valuesUsedBy(node).some((used) => dependent.has(used))) continue;
    for (const output of node.output) if (output !== '') dependent.add(output);
  }
  const needed = new Set([...outputs, ...nodes.slice(position + 1).flatMap(valuesUsedBy)]);
  const frontier = [...dependent].filter((name) => needed.has(name));
  return frontier.includes(layerResult) ? null : frontier;
}

/** Bytes of values by their names. */
type Values = ReadonlyMap<string, Uint8Array>;

/** Finds the first checkpoint behind a layer from which on all values are what they are without a fault. */
export class MaskProbe {
  readonly #run: TailRun | null;
  readonly #points: readonly Checkpoint[];
  /** The bytes of fault-free values by their names. */
  readonly #clean = new WeakMap<ImageValues, Values>();

  private constructor(run: TailRun | null, points: readonly Checkpoint[]) {
    this.#run = run;
    this.#points = points;
  }

  /** Load what follows a layer so that it shows its checkpoints beside its outputs. */
  static async open(model: OnnxModel, cut: LayerCut): Promise<MaskProbe> {
    const { run, points } = await openCheckpoints(model, cut);
    return new MaskProbe(run, points);
  }

  /**
   * Give for each image the checkpoint from which on it is, under a fault, as without; null when only the outputs are.
   * @param together whether images may go through in one batch
   */
  async find(
    images: readonly { readonly values: ImageValues; readonly faulty: ImageValues }[],
    together: boolean,
  ): Promise<(Checkpoint | null)[]> {
    if (!this.#run) return images.map(() => null);
    const missing = images.map(({ values }) => values).filter((values) => !this.#clean.has(values));
    for (const [n, values] of (await this.#compute(missing, together)).entries()) this.#clean.set(missing[n]!, values);
    const found = await this.#compute(
      images.map(({ faulty }) => faulty),
      together,
    );
    return images.map(({ values }, n) => {
      const expected = this.#clean.get(values)!;
      const isSame = (name: string) => Buffer.compare(expected.get(name)!, found[n]!.get(name)!) === 0;
      return this.#points.find(({ frontier }) => frontier?.every(isSame)) ?? null;
    });
  }

  /** Give for each image the bytes of the values that checkpoints look at. */
  async #compute(images: readonly ImageValues[], together: boolean): Promise<Values[]> {
    if (images.length === 0) return [];
    const run = this.#run!;
    const names = [...new Set(this.#points.flatMap(({ frontier }) => frontier ?? []))];
    const batches = pieces(images, together ? IMAGES_TOGETHER : 1);
    const found: Values[] = [];
    for (const batch of batches) {
      const results = await run.session.run(feedsOf(run, batch));
      const values = names.map((name) => bytesOf(fromRuntime(results.get(name)!, name).data));
      for (let n = 0; n < batch.length; n++) {
        const own = values.map((all) =>
          all.subarray((n * all.length) / batch.length, ((n + 1) * all.length) / batch.length),
        );
        found.push(new Map(names.map((name, at) => [name, own[at]!])));
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#run?.session.close();
  }
}

/** Load what follows a layer so that it shows its checkpoints; nothing to run where there are none. */
export async function openCheckpoints(
  model: OnnxModel,
  { stages, result }: LayerCut,
): Promise<{ readonly run: TailRun | null; readonly points: readonly Checkpoint[] }> {
  const stage = stages.runners[1]?.stage;
  const points = stage ? checkpoints(model, stages.index, stage, result) : [];
  if (!stage || points.length === 0) return { run: null, points };
  const names = [...new Set(points.flatMap(({ value, frontier }) => [value, ...(frontier ?? [])]))];
  const shown = { ...stage, outputs: [...names, ...stage.outputs.filter((name) => !names.includes(name))] };
  const session = await openSession(submodel(model, shown, stages.types), model.path, 1);
  return { run: { session, inputs: stage.inputs }, points };
}

/** Follow the only users of a value as long as they work element by element. */
function endOfActivation({ users }: GraphIndex, value: string): string {
  let at = value;
  for (let node = onlyUser(users.get(at)); node; node = onlyUser(users.get(at))) {
    if (!ELEMENTWISE.has(node.opType)) break;
    at = node.output[0] ?? at;
  }
  return at;
}

function onlyUser(users: readonly NodeProto[] | undefined): NodeProto | null {
  return users?.length === 1 ? users[0]! : null;
}

/** The names of matrix layers by the value that their node makes. */
function layerNames(model: OnnxModel): ReadonlyMap<string, string> {
  const byOutput = new Map<string, string>();
  const nodes = new Map(model.graph.node.map((node) => [node.name, node]));
  for (const { name } of listLayers(model)) {
    const node = nodes.get(name);
    if (node) byOutput.set(node.output[0] ?? '', name);
  }
  return byOutput;
}
