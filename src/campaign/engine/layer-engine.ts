import type { Backend } from '../../backend/backend.ts';
import { ModelError } from '../../errors.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import type { LayerEnding } from '../../onnx/operators/layer-ending.ts';
import { planJob } from '../../schedule/plan.ts';
import { concatenate } from '../../tensor/concatenate.ts';
import { bitsOf, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { Outcome } from '../outcome.ts';
import type { CampaignLayer } from '../population/campaign-layer.ts';
import { ChangedImages } from './changed-images.ts';
import { batchScores, type CleanScores, cleanScores, compareScores, type ScoreKind } from './clean-scores.ts';
import { type ImageValues, sameBits, splitValues } from './image-values.ts';
import { type LayerCut, runApart, runTogether } from './layer-cut.ts';
import { type LayerChange, LayerFault, type LayerSetting } from './layer-fault.ts';
import { productLines } from './layer-lines.ts';
import { MaskProbe } from './mask-probe.ts';
import { type RecordedLayer, type RecordedProduct, recordLayer, rerunLayer } from './recorded-layer.ts';

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

/** The place of the data, or the left factor, among the inputs of every operator. */
const DATA = 0;

/** Runs faults of one layer. */
export class LayerEngine {
  readonly #options: LayerEngineOptions;
  readonly #castKnown = new WeakMap<Tensor, Tensor>();
  #shared: {
    readonly setting: LayerSetting;
    readonly ending: LayerEnding | null;
    readonly shape: Omit<CampaignLayer, 'name'>;
  } | null = null;
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
    this.#shared ??= this.#settingOf(recorded[0]!);
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

  /** Run a fault on images that were prepared. */
  async run(fault: CampaignFault, images: readonly LayerImage[]): Promise<Outcome[]> {
    const { faultyBackend } = this.#options;
    const { setting, ending } = this.#shared!;
    const acting = new LayerFault(setting, fault);
    const outcomes: Draft[] = [];
    const changed = this.#changed;
    changed.begin(images);
    for (const [n, image] of images.entries()) {
      const change = faultyBackend
        ? await acting.apply(image.recorded, faultyBackend, 'reached')
        : (acting.applyFast(image.recorded) ?? (await acting.apply(image.recorded)));
      const { fired, corrupted, pattern } = change;
      const stage = corrupted === 0 ? 'array' : await this.#endLayer(changed, n, image, change, ending);
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

  /**
   * Run the layer's products under a fault by the simulator and in full on another backend, and compare every sum.
   * @returns for each image what differs, in words; null where nothing does
   */
  async validate(fault: CampaignFault, images: readonly LayerImage[], other: Backend): Promise<(string | null)[]> {
    const acting = new LayerFault(this.#shared!.setting, fault);
    const differences: (string | null)[] = [];
    for (const { recorded, image } of images) {
      const simulated = snapshot(acting.applyFast(recorded) ?? (await acting.apply(recorded)));
      const ran = snapshot(await acting.apply(recorded, other));
      const difference = describeDifference(simulated, ran);
      differences.push(difference && `image ${image}: ${difference}`);
    }
    return differences;
  }

  async close(): Promise<void> {
    await this.#probe?.close();
    await this.#options.cut.close();
  }

  /** Put the layer's result for an image among the changed ones, unless it is masked; tells where, null when it is not. */
  async #endLayer(
    changed: ChangedImages,
    n: number,
    image: LayerImage,
    { corrupted, elements, sums, results }: LayerChange,
    ending: LayerEnding | null,
  ): Promise<'layer' | 'activation' | null> {
    if (!results && ending) return changed.addSparse(n, ending, elements, sums, corrupted);
    const { cut, backend } = this.#options;
    const { operands, result } = image.recorded;
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

  #settingOf({ products, operands, sums, result }: RecordedLayer) {
    const { cut, backend } = this.#options;
    const { design } = backend;
    const { index } = cut.stages;
    const { node, operator } = cut.layer;
    const plans = new Map<string, ReturnType<typeof planJob>>();
    const planOf = ({ a, b }: RecordedLayer['products'][number]) => {
      const key = `${a.shape} ${b.shape}`;
      const plan = plans.get(key) ?? planJob(design, a.shape[0]!, a.shape[1]!, b.shape[1]!);
      plans.set(key, plan);
      return plan;
    };
    // The ending must be the same for all images: it may depend on nothing that the model computes, but the data.
    const isFixed = node.input.every((name, n) => n === DATA || name === '' || index.constants.has(name));
    const isCovered = sums.type === 'int32' || (sums.type === 'float32' && result.type === 'float32');
    const ending = isFixed && isCovered ? (operator.ending?.(node, operands, result.shape) ?? null) : null;
    const isSparse = ending !== null && products.every(({ previous }) => previous === null);
    const setting: LayerSetting = {
      design,
      backend,
      lines: products.map(productLines),
      plans: products.map(planOf),
      isSparse,
    };
    return { setting, ending, shape: shapeOf(products) };
  }
}

/** Run what comes before a layer for several images at once; null when a value is not of single images. */
async function beforeTogether(
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

interface Snapshot {
  readonly fired: boolean;
  /** The changed sums by their places. */
  readonly sums: ReadonlyMap<number, number>;
}

function snapshot({ fired, corrupted, elements, sums }: LayerChange): Snapshot {
  return { fired, sums: new Map(Array.from({ length: corrupted }, (_, n) => [elements[n]!, sums[n]!])) };
}

function describeDifference(simulated: Snapshot, ran: Snapshot): string | null {
  for (const element of new Set([...simulated.sums.keys(), ...ran.sums.keys()])) {
    const [x, y] = [simulated, ran].map(({ sums }) => sums.get(element));
    if (x !== y) return `sum ${element} is ${x ?? 'unchanged'} by the simulator, ${y ?? 'unchanged'} by the other`;
  }
  if (simulated.fired === ran.fired) return null;
  return `the fault ${simulated.fired ? 'fired' : 'did not fire'} by the simulator only`;
}

function shapeOf(products: readonly RecordedProduct[]): Omit<CampaignLayer, 'name'> {
  const all = products.map(({ a, b, channels }) => ({
    m: a.shape[0]!,
    k: a.shape[1]!,
    n: b.shape[1]!,
    channelAxis: channels.axis,
    firstChannel: channels.first,
  }));
  const ends = all.map(({ m, n, channelAxis, firstChannel }) => firstChannel + (channelAxis === 'rows' ? m : n));
  return { channels: Math.max(0, ...ends), products: all };
}

/** Take one row of outputs of a batch. */
function rowOf(outputs: Readonly<Record<string, Tensor>>, row: number, rows: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, shape, data }]) => {
      const size = data.length / rows;
      const own = data.slice(row * size, (row + 1) * size) as Tensor['data'];
      return [name, tensor(type, [1, ...shape.slice(1)], own)];
    }),
  );
}

/** Tell whether a row of a batch's outputs is what the fault-free run gave. */
function compareOutputs(
  outputs: Readonly<Record<string, Tensor>>,
  row: number,
  rows: number,
  clean: ImageValues,
): { readonly differs: boolean; readonly nonFinite: boolean } {
  let differs = false;
  let nonFinite = false;
  for (const [name, { data }] of Object.entries(outputs)) {
    const before = clean.get(name)!;
    const length = data.length / rows;
    const [own, other] = [bitsOf(data), bitsOf(before.data)];
    for (let at = 0; at < length; at++) {
      if (own[row * length + at] === other[at]) continue;
      differs = true;
      if (!isFinite32(data, row * length + at) && isFinite32(before.data, at)) nonFinite = true;
    }
  }
  return { differs, nonFinite };
}

function isFinite32(data: Tensor['data'], at: number): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array) || Number.isFinite(data[at]);
}
