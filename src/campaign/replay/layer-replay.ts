import type { Backend } from '../../backend/backend.ts';
import { numberReader } from '../../dtype/element-store.ts';
import { chooseLayers } from '../../onnx/graph/layers.ts';
import { findScores } from '../../onnx/run/scores.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Campaign } from '../campaign.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import { cleanScores, confidenceOf, type ScoreKind } from '../engine/clean-scores.ts';
import type { ImageInputs } from '../engine/engine.ts';
import type { ImageValues } from '../engine/image-values.ts';
import { type LayerCut, openLayerCut, runApart, type TailRun } from '../engine/layer-cut.ts';
import { type Checkpoint, openCheckpoints } from '../engine/mask-probe.ts';
import { recordLayer } from '../engine/recorded-layer.ts';
import { scoreKindOf } from '../engine/score-kind.ts';
import { changedSums, tensorChange } from './changed-sums.ts';
import { type FaultyLayer, runFaultyLayer } from './faulty-layer.ts';
import type { ImageReplay, ScoresReplay, ValueReplay } from './replay-report.ts';

/** An image with and without a fault, before it is judged. */
export interface LayerRun extends Pick<ImageReplay, 'products' | 'sums' | 'values' | 'scores'> {
  readonly faulty: FaultyLayer;
  readonly cleanOutputs: Readonly<Record<string, Tensor>>;
  readonly faultyOutputs: Readonly<Record<string, Tensor>>;
}

/** Runs images through a model with one layer on a backend, with and without a fault, and shows what is between. */
export class LayerReplay {
  readonly #cut: LayerCut;
  readonly #backend: Backend;
  /** What follows the layer, showing its checkpoints; null where there are none. */
  readonly #probe: TailRun | null;
  readonly #points: readonly Checkpoint[];
  readonly #scoreKind: ScoreKind;

  private constructor(
    cut: LayerCut,
    backend: Backend,
    { run, points }: Awaited<ReturnType<typeof openCheckpoints>>,
    scoreKind: ScoreKind,
  ) {
    this.#cut = cut;
    this.#backend = backend;
    this.#probe = run;
    this.#points = points;
    this.#scoreKind = scoreKind;
  }

  /** Open the layer of a campaign with this number. */
  static async open({ model, spec, layers }: Campaign, layer: number, backend: Backend): Promise<LayerReplay> {
    const [found] = chooseLayers(model, spec.array.types, [layers[layer]!.name]);
    const cut = await openLayerCut(model, found!, spec.lowering);
    try {
      return new LayerReplay(cut, backend, await openCheckpoints(model, cut), scoreKindOf(model));
    } catch (error) {
      await cut.close();
      throw error;
    }
  }

  get scoreKind(): ScoreKind {
    return this.#scoreKind;
  }

  async run(fault: CampaignFault, inputs: ImageInputs, signal?: AbortSignal): Promise<LayerRun> {
    const { layer, stages, result, before } = this.#cut;
    const own = await before(inputs);
    const operands = layer.node.input.map((name) =>
      name === '' ? null : (own.get(name) ?? stages.index.constant(name)!),
    );
    const recorded = await recordLayer(layer, operands, this.#backend, new WeakMap());
    const faulty = await runFaultyLayer(layer, recorded, fault, this.#backend, signal);
    const cleanValues = new Map(own).set(result, recorded.result);
    const faultyValues = new Map(own).set(result, faulty.result);
    const [cleanOutputs, faultyOutputs] = [await this.#outputs(cleanValues), await this.#outputs(faultyValues)];
    return {
      faulty,
      products: faulty.products.map(({ product, firedCycles, changed }) => ({ product, firedCycles, changed })),
      sums: changedSums(recorded, faulty.sums, this.#backend.design.spec.size),
      values: [
        layerChange(result, recorded.result, faulty.result),
        ...(await this.#checkpoints(cleanValues, faultyValues)),
        ...outputChanges(cleanOutputs, faultyOutputs),
      ],
      scores: scoresOf(cleanOutputs, faultyOutputs, this.#scoreKind),
      cleanOutputs,
      faultyOutputs,
    };
  }

  async close(): Promise<void> {
    await this.#probe?.session.close();
    await this.#cut.close();
  }

  async #outputs(values: ImageValues): Promise<Record<string, Tensor>> {
    const { after, outputs } = this.#cut;
    const [computed] = after ? await runApart(after, [values]) : [];
    return Object.fromEntries(outputs.map((name) => [name, computed?.get(name) ?? values.get(name)!]));
  }

  async #checkpoints(clean: ImageValues, faulty: ImageValues): Promise<ValueReplay[]> {
    if (!this.#probe) return [];
    const [expected, found] = await runApart(this.#probe, [clean, faulty]);
    const changeOf = (name: string) => tensorChange(expected!.get(name)!, found!.get(name)!);
    return this.#points.map(({ value, stage, before, frontier }) => {
      const settled = frontier?.every((name) => changeOf(name).changed === 0) ?? false;
      return { value, stage, before, settled, ...changeOf(value) };
    });
  }
}

function layerChange(value: string, clean: Tensor, faulty: Tensor): ValueReplay {
  const change = tensorChange(clean, faulty);
  return { value, stage: 'layer', before: null, settled: change.changed === 0, ...change };
}

function outputChanges(clean: Readonly<Record<string, Tensor>>, faulty: LayerRun['faultyOutputs']): ValueReplay[] {
  const changes = Object.entries(clean).map(([value, tensor]) => ({ value, ...tensorChange(tensor, faulty[value]!) }));
  const settled = changes.every(({ changed }) => changed === 0);
  return changes.map((change) => ({ ...change, stage: 'output', before: null, settled }));
}

function scoresOf(
  clean: Readonly<Record<string, Tensor>>,
  faulty: Readonly<Record<string, Tensor>>,
  kind: ScoreKind,
): ScoresReplay | null {
  const [before, after] = [findScores(clean), findScores(faulty)];
  const [expected] = cleanScores(clean, 1, kind);
  const [found] = cleanScores(faulty, 1, kind);
  if (!before || !after || expected!.prediction === null || found!.prediction === null) return null;
  return {
    clean: numbersOf(before),
    faulty: numbersOf(after),
    cleanPrediction: expected!.prediction,
    faultyPrediction: found!.prediction,
    cleanConfidence: expected!.confidence,
    faultyConfidence: confidenceOf(after, 0, expected!.prediction, kind),
  };
}

function numbersOf({ type, data }: Tensor): number[] {
  const read = numberReader(type);
  return Array.from({ length: data.length }, (_, at) => Number(read(data, at)));
}
