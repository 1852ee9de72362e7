import type { Backend } from '../../backend/backend.ts';
import { ModelError } from '../../errors.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { LayerEnding } from '../../onnx/operators/layer-ending.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { Outcome } from '../outcome.ts';
import type { CampaignLayer } from '../population/campaign-layer.ts';
import { type ImageValidation, validateImage } from '../validate/validate-image.ts';
import { ChangedImages } from './changed-images.ts';
import { batchScores, type CleanScores, cleanScores, compareScores, type ScoreKind } from './clean-scores.ts';
import { compareOutputs, rowOf } from './compare-outputs.ts';
import { faultsAtOnce, groupFaults, runGroup } from './fault-group.ts';
import { type ImageValues, sameBits } from './image-values.ts';
import { beforeTogether, type LayerCut, runApart, runTogether } from './layer-cut.ts';
import { type LayerChange, LayerFault, type ProductRun } from './layer-fault.ts';
import { type SharedLayer, sharedLayer } from './layer-setting.ts';
import { MaskProbe } from './mask-probe.ts';
import { type RecordedLayer, recordLayer, rerunLayer } from './recorded-layer.ts';
import { runAhead } from './run-ahead.ts';

/** An image as a layer sees it: everything that faults of the layer leave as it is. */
export interface LayerImage {
  /** Place in the data set. */
  readonly image: number;
  /** Values before the layer, and its fault-free result. */
  readonly values: ImageValues;
  readonly recorded: RecordedLayer;
  readonly outputs: ImageValues;
  readonly scores: CleanScores;
}

export interface LayerEngineOptions {
  readonly model: OnnxModel;
  readonly cut: LayerCut;
  /** The array without faults, and with them where nothing faster covers a fault. */
  readonly backend: Backend;
  /** Runs the products that a fault reaches, instead of everything faster; null to be fast. */
  readonly faultyBackend: Backend | null;
  readonly scoreKind: ScoreKind;
  /** Whether images may go through ONNX Runtime in one batch: each comes out as it does by itself. */
  readonly isBatchable: boolean;
  readonly classifier?: OutcomeClassifier | undefined;
}

/**
 * Judges an image whose outputs differ from the fault-free ones, [N, …] each. What it gives takes the place of what
 * the scores say.
 */
export type OutcomeClassifier = (run: {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly clean: Readonly<Record<string, Tensor>>;
  readonly outcome: Readonly<Outcome>;
}) => Partial<Pick<Outcome, 'prediction' | 'sdc1' | 'sdc5' | 'confidenceChange'>>;

/** An outcome that is still being worked out. */
type Draft = { -readonly [K in keyof Outcome]: Outcome[K] };

/** Runs faults of one layer. */
export class LayerEngine {
  readonly #options: LayerEngineOptions;
  readonly #castKnown = new WeakMap<Tensor, Tensor>();
  #shared: SharedLayer | null = null;
  readonly #changed: ChangedImages;
  #probe: MaskProbe | null = null;

  constructor(options: LayerEngineOptions) {
    this.#options = options;
    this.#changed = new ChangedImages(options.cut);
  }

  /** Run images without faults as far as faults do not matter, and to the end. */
  async prepare(inputs: readonly Readonly<Record<string, Tensor>>[], places: readonly number[]): Promise<LayerImage[]> {
    const { cut, backend, scoreKind } = this.#options;
    const before = await this.#before(inputs);
    const recorded: RecordedLayer[] = [];
    const values: ImageValues[] = [];
    for (const own of before) {
      const operands = cut.layer.node.input.map((name) =>
        name === '' ? null : (own.get(name) ?? cut.stages.index.constant(name)!),
      );
      const record = await recordLayer(cut.layer, operands, backend, this.#castKnown);
      recorded.push(record);
      values.push(new Map(own).set(cut.result, record.result));
    }
    this.#shared ??= sharedLayer(cut, backend, recorded[0]!);
    const after = await this.#after(values);
    const outputs = after.map((computed, n) => this.#outputsOf(computed, values[n]!));
    return outputs.map((own, n) => ({
      image: places[n]!,
      values: values[n]!,
      recorded: recorded[n]!,
      outputs: own,
      scores: cleanScores(Object.fromEntries(own), 1, scoreKind)[0]!,
    }));
  }

  /** The layer's products for one image, once images were prepared. */
  get shape(): Omit<CampaignLayer, 'name'> {
    return this.#shared!.shape;
  }

  /** Run faults on images that were prepared; outcomes in the order of the faults. */
  async run(
    faults: readonly CampaignFault[],
    images: readonly LayerImage[],
    signal?: AbortSignal,
  ): Promise<Outcome[][]> {
    const { faultyBackend } = this.#options;
    const { setting } = this.#shared!;
    const outcomes = new Map<CampaignFault, Outcome[]>();
    const most = faultyBackend && setting.isSparse ? faultsAtOnce(faultyBackend) : 1;
    for (const item of await groupFaults(setting.design, faults, most)) {
      signal?.throwIfAborted();
      if (!('faults' in item)) {
        outcomes.set(item, await this.#run(item, images));
        continue;
      }
      const recorded = images.map((image) => image.recorded);
      const changes = await runGroup(setting, item, recorded, faultyBackend!);
      for (const [at, fault] of item.faults.entries()) outcomes.set(fault, await this.#run(fault, images, changes[at]));
    }
    return faults.map((fault) => outcomes.get(fault)!);
  }

  /** Run one fault; `known` is what it changed for each image, where it has run already. */
  async #run(fault: CampaignFault, images: readonly LayerImage[], known?: readonly LayerChange[]): Promise<Outcome[]> {
    const { faultyBackend } = this.#options;
    const { setting, ending } = this.#shared!;
    const acting = new LayerFault(setting, fault);
    const outcomes: Draft[] = [];
    const changed = this.#changed;
    changed.begin(images);
    const ran =
      faultyBackend && !known
        ? runAhead(images, ({ recorded }) => acting.start(recorded, faultyBackend, 'reached'))
        : null;
    for (const [n, image] of images.entries()) {
      const { recorded } = image;
      const change = ran
        ? acting.finish(recorded, (await ran.next()).value as ProductRun[])
        : (known?.[n] ?? acting.applyFast(recorded) ?? (await acting.apply(recorded)));
      const { fired, corrupted, pattern } = change;
      const stage = corrupted === 0 ? 'array' : await this.#endLayer(changed, n, recorded, change, ending);
      const { prediction } = image.scores;
      outcomes.push({
        image: image.image,
        fired,
        stage: fired ? stage : null,
        maskedBefore: null,
        prediction,
        sdc1: false,
        sdc5: false,
        confidenceChange: prediction === null ? null : 0,
        nonFinite: false,
        corrupted,
        pattern,
      });
    }
    if (changed.count > 0) await this.#finish(changed, images, outcomes);
    return outcomes;
  }

  /** Run the layer's products under a fault by the simulator and on another backend, and compare every sum. */
  async validate(fault: CampaignFault, images: readonly LayerImage[], other: Backend): Promise<ImageValidation[]> {
    const acting = new LayerFault(this.#shared!.setting, fault);
    const found: ImageValidation[] = [];
    for (const { recorded, image } of images) found.push(await validateImage(acting, recorded, image, other));
    return found;
  }

  async close(): Promise<void> {
    await this.#probe?.close();
    await this.#options.cut.close();
  }

  /** Put the layer's result for an image among the changed ones, unless it is masked; tells where, null when it is not. */
  async #endLayer(
    changed: ChangedImages,
    n: number,
    { operands, result }: RecordedLayer,
    { corrupted, elements, sums, results }: LayerChange,
    ending: LayerEnding | null,
  ): Promise<'layer' | 'activation' | null> {
    if (!results && ending) return changed.addSparse(n, ending, elements, sums, corrupted);
    const { cut, backend } = this.#options;
    const faulty = await rerunLayer(cut.layer, operands, backend.design.spec.types, results!);
    if (sameBits(faulty, result)) return 'layer';
    changed.add(n, faulty);
    return null;
  }

  /** Run the rest of the model for changed images, and complete their outcomes. */
  async #finish(changed: ChangedImages, images: readonly LayerImage[], outcomes: Draft[]): Promise<void> {
    const { cut, scoreKind, isBatchable, classifier } = this.#options;
    const silent: number[] = [];
    for (const batch of changed.batches(isBatchable)) {
      const computed = cut.after ? await cut.after.session.run(batch.feeds) : null;
      const outputs = batch.outputs(computed);
      const scores = batchScores(outputs);
      for (const [row, n] of batch.images.entries()) {
        const { outputs: clean, scores: cleanOnes } = images[n]!;
        const comparison = compareOutputs(outputs, row, batch.images.length, clean);
        if (!comparison.differs) {
          silent.push(n);
          continue;
        }
        const { nonFinite } = comparison;
        const outcome = Object.assign(outcomes[n]!, { nonFinite }, compareScores(scores, row, cleanOnes, scoreKind));
        if (classifier) {
          const own = rowOf(outputs, row, batch.images.length);
          Object.assign(outcome, classifier({ outputs: own, clean: Object.fromEntries(clean), outcome }));
        }
      }
    }
    if (silent.length > 0) await this.#findStages(silent, changed, images, outcomes);
  }

  /** Find where faults were masked that changed the layer's result but not the outputs. */
  async #findStages(
    silent: readonly number[],
    changed: ChangedImages,
    images: readonly LayerImage[],
    outcomes: Draft[],
  ): Promise<void> {
    const { model, cut, isBatchable } = this.#options;
    this.#probe ??= await MaskProbe.open(model, cut);
    const pairs = silent.map((n) => {
      const { values } = images[n]!;
      return { values, faulty: new Map(values).set(cut.result, changed.resultOf(n)) };
    });
    for (const [at, found] of (await this.#probe.find(pairs, isBatchable)).entries()) {
      const outcome = outcomes[silent[at]!]!;
      outcome.stage = found?.stage ?? 'outputs';
      outcome.maskedBefore = found?.before ?? null;
    }
  }

  async #before(inputs: readonly Readonly<Record<string, Tensor>>[]): Promise<ImageValues[]> {
    const { cut, isBatchable } = this.#options;
    if (!isBatchable) return Promise.all(inputs.map((own) => cut.before(own)));
    const values = await beforeTogether(cut, inputs);
    if (!values) throw new ModelError(`a value before layer '${cut.layer.name}' is not of single images`);
    return values;
  }

  async #after(values: readonly ImageValues[]): Promise<readonly ImageValues[]> {
    const { cut, isBatchable } = this.#options;
    if (!cut.after) return values.map(() => new Map());
    if (!isBatchable) return await runApart(cut.after, values);
    const outputs = await runTogether(cut.after, values);
    if (!outputs) throw new ModelError(`an output behind layer '${cut.layer.name}' is not of single images`);
    return outputs;
  }

  #outputsOf(computed: ImageValues, values: ImageValues): ImageValues {
    return new Map(this.#options.cut.outputs.map((name) => [name, computed.get(name) ?? values.get(name)!]));
  }
}
