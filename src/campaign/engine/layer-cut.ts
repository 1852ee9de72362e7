import { ModelError } from '../../errors.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { CompatibleLayer } from '../../onnx/graph/layers.ts';
import type { Lowering } from '../../onnx/lowering/lowering.ts';
import { type OpenStages, openStages } from '../../onnx/run/open-stages.ts';
import type { ArrayLayer } from '../../onnx/run/run-stages.ts';
import { fromRuntime, type RuntimeTensor, type Session, toRuntime } from '../../onnx/run/session.ts';
import { concatenate } from '../../tensor/concatenate.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type ImageValues, splitValues } from './image-values.ts';

/** A model cut before and behind one layer: both sides run in ONNX Runtime, on one thread, so that the cut is the only difference. */
export interface LayerCut {
  readonly layer: ArrayLayer;
  readonly stages: OpenStages;
  /** The name of the layer's result. */
  readonly result: string;
  /** Run what comes before the layer, for images of a batch. */
  before(inputs: Readonly<Record<string, Tensor>>): Promise<ReadonlyMap<string, Tensor>>;
  /** Run what comes behind it; null when the layer's result is the only output of the model. */
  readonly after: TailRun | null;
  /** Whether nothing but a Relu takes the layer's result. */
  readonly feedsRelu: boolean;
  /** Names of the model's outputs, in its order. */
  readonly outputs: readonly string[];
  close(): Promise<void>;
}

/** What follows a layer, as a session with the values that it takes. */
export interface TailRun {
  readonly session: Session;
  readonly inputs: readonly string[];
}

/** Cut a model around one of its layers. */
export async function openLayerCut(model: OnnxModel, layer: CompatibleLayer, lowering: Lowering): Promise<LayerCut> {
  const stages = await openStages(model, [layer], { lowering, threads: 1 });
  const [first, second, ...more] = stages.runners;
  const own = first?.layers[0];
  if (!own || more.length > 0) {
    await stages.close();
    throw new ModelError(`layer '${layer.name}' cannot be cut out of ${model.path}`);
  }
  const result = own.node.output[0] ?? '';
  const outputs = model.outputs.map(({ name }) => name);
  const users = stages.index.users.get(result) ?? [];
  return {
    layer: own,
    stages,
    result,
    feedsRelu: users.length === 1 && users[0]!.opType === 'Relu' && !outputs.includes(result),
    async before(inputs) {
      const values = new Map(Object.entries(inputs).map(([name, value]) => [name, toRuntime(value)]));
      const computed = (await first.session?.run(values)) ?? new Map<string, RuntimeTensor>();
      for (const [name, value] of computed) values.set(name, value);
      return new Map([...values].map(([name, value]) => [name, fromRuntime(value, name)]));
    },
    after: second?.session ? { session: second.session, inputs: second.stage.inputs } : null,
    outputs,
    close: () => stages.close(),
  };
}

/** The largest batch: more images are hardly faster per image, and ONNX Runtime keeps the memory of the largest it had. */
export const IMAGES_TOGETHER = 128;

/** Part a list into pieces of a length; the last may be shorter. */
export function* pieces<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length);
}

/** Put the values that a session takes together into a batch. */
export function feedsOf({ inputs }: TailRun, images: readonly ImageValues[]): Map<string, RuntimeTensor> {
  return new Map(
    inputs.map((name) => {
      const values = images.map((own) => own.get(name)!);
      return [name, toRuntime(concatenate(values, name))];
    }),
  );
}

/** Run a session on images, all in one batch; null when an output is not of single images. */
export async function runTogether(
  run: TailRun,
  images: readonly ImageValues[],
): Promise<readonly ImageValues[] | null> {
  const results = await run.session.run(feedsOf(run, images));
  return splitValues(new Map([...results].map(([name, value]) => [name, fromRuntime(value, name)])), images.length);
}

/** Run a session on each image by itself. */
export async function runApart(run: TailRun, images: readonly ImageValues[]): Promise<readonly ImageValues[]> {
  const results: ImageValues[] = [];
  for (const values of images) {
    const outputs = await run.session.run(feedsOf(run, [values]));
    results.push(new Map([...outputs].map(([name, value]) => [name, fromRuntime(value, name)])));
  }
  return results;
}

/** Run what comes before a layer for several images at once; null when a value is not of single images. */
export async function beforeTogether(
  cut: LayerCut,
  inputs: readonly Readonly<Record<string, Tensor>>[],
): Promise<ImageValues[] | null> {
  const names = Object.keys(inputs[0] ?? {});
  const batch = names.map(
    (name) =>
      [
        name,
        concatenate(
          inputs.map((own) => own[name]!),
          name,
        ),
      ] as const,
  );
  const values = await cut.before(Object.fromEntries(batch));
  return splitValues(values, inputs.length);
}
