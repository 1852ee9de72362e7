import type { NodeProto } from '../../onnx/file/messages.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { GraphIndex } from '../../onnx/graph/graph-index.ts';
import { listLayers } from '../../onnx/graph/layers.ts';
import type { Stage } from '../../onnx/graph/stages.ts';
import { submodel } from '../../onnx/graph/submodel.ts';
import { fromRuntime, openSession } from '../../onnx/run/session.ts';
import type { MaskedStage } from '../outcome.ts';
import { bytesOf, type ImageValues } from './image-values.ts';
import { feedsOf, type LayerCut, type TailRun } from './layer-cut.ts';

/** A value behind a layer at which a fault may turn out to be masked. */
export interface Checkpoint {
  readonly value: string;
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
  const activation = endOfActivation(index, layerResult);
  if (activation !== layerResult) found.push({ value: activation, stage: 'activation', before: null });
  const own = new Set(stage.nodes);
  const names = layerNames(model);
  for (const node of stage.nodes) {
    const name = names.get(node.output[0] ?? '');
    const [data] = node.input;
    if (name === undefined || data === undefined || data === layerResult) continue;
    const producer = index.producers.get(data);
    if (!producer || !own.has(producer) || found.some(({ value }) => value === data)) continue;
    found.push({ value: data, stage: 'later', before: name });
  }
  return found;
}

/** Finds the first checkpoint behind a layer from which on all values are what they are without a fault. */
export class MaskProbe {
  readonly #run: TailRun | null;
  readonly #points: readonly Checkpoint[];
  /** The bytes of fault-free values at each checkpoint. */
  readonly #clean = new WeakMap<ImageValues, readonly Uint8Array[]>();

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
      // Of branches, the last to be as without the fault decides.
      const last = this.#points.findLastIndex((_, at) => Buffer.compare(expected[at]!, found[n]![at]!) !== 0);
      return this.#points[last + 1] ?? null;
    });
  }

  /** Give for each image the bytes at each checkpoint. */
  async #compute(images: readonly ImageValues[], together: boolean): Promise<Uint8Array[][]> {
    if (images.length === 0) return [];
    const run = this.#run!;
    const batches = together ? [images] : images.map((image) => [image]);
    const bytes: Uint8Array[][] = [];
    for (const batch of batches) {
      const results = await run.session.run(feedsOf(run, batch));
      const values = this.#points.map(({ value }) => bytesOf(fromRuntime(results.get(value)!, value).data));
      for (let n = 0; n < batch.length; n++) {
        bytes.push(
          values.map((all) => all.subarray((n * all.length) / batch.length, ((n + 1) * all.length) / batch.length)),
        );
      }
    }
    return bytes;
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
  const names = points.map(({ value }) => value);
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
