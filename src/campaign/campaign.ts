import type { Backend, BackendKind } from '../backend/backend.ts';
import { functionalBackend } from '../backend/functional.ts';
import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import type { OnnxModel } from '../onnx/file/model.ts';
import type { CampaignFault } from './campaign-fault.ts';
import type { CampaignSpec } from './campaign-spec.ts';
import { CampaignEngine, type ImageInputs } from './engine/engine.ts';
import type { OutcomeClassifier } from './engine/layer-engine.ts';
import type { ImageSource } from './inputs/campaign-images.ts';
import { Mistakes } from './inputs/mistakes.ts';
import { openInputs } from './inputs/open-inputs.ts';
import type { FaultOutcome, Outcome } from './outcome.ts';
import type { CampaignLayer } from './population/campaign-layer.ts';
import { channelMistakes, populationMistakes } from './population/coordinates.ts';
import { openPopulation, type Population } from './population/population.ts';
import { runOrRecord } from './run-or-record.ts';
import { RunningTally } from './running-tally.ts';
import { planSample, type SamplePlan } from './sampling/plan-sample.ts';
import type { CleanRow } from './store/tables.ts';
import type { ImageValidation } from './validate/validate-image.ts';

/** Pieces of a campaign that a program may replace. */
export interface CampaignPieces {
  /** Images instead of those that the spec names. */
  readonly images?: ImageSource | undefined;
  /** Chooses which faults are run, and their numbers. */
  readonly sampler?: ((spec: CampaignSpec, population: Population) => SamplePlan) | undefined;
  /** Judges images whose outputs a fault changed. */
  readonly classifier?: OutcomeClassifier | undefined;
}

export interface CampaignOptions extends CampaignPieces {
  /** Where the paths of the spec start; the current directory when left out. */
  readonly folder?: string | undefined;
  /** How much memory the values kept of images may take, in bytes; 256 MiB when left out. */
  readonly memoryBytes?: number | undefined;
  /** Runs the products that a fault reaches, such as the RTL; what is reached is recomputed by the simulator when left out. */
  readonly faultyBackend?: Backend | undefined;
}

/**
 * A fault-injection campaign, ready to run: everything has been checked. The fault with number n is a pure function of
 * the spec, the model and n.
 */
export class Campaign {
  readonly spec: CampaignSpec;
  readonly design: Design;
  readonly model: OnnxModel;
  readonly layers: readonly CampaignLayer[];
  /** Places of the images in the data set, in the order in which they are run. */
  readonly images: readonly number[];
  readonly population: Population;
  readonly sample: SamplePlan;
  /** What runs the products that a fault reaches. */
  readonly backend: BackendKind;
  /** Which pieces the program has replaced by its own. */
  readonly ownPieces: readonly string[];
  readonly #engine: CampaignEngine;
  readonly #source: ImageSource;
  readonly #labels: Int32Array | null;
  readonly #strata: ReturnType<Population['strata']>;

  private constructor(
    spec: CampaignSpec,
    parts: Pick<Campaign, 'design' | 'model' | 'images'> & {
      readonly engine: CampaignEngine;
      readonly source: ImageSource;
      readonly labels: Int32Array | null;
    },
    { images, sampler, classifier, faultyBackend }: CampaignOptions,
  ) {
    this.backend = faultyBackend?.kind ?? 'functional';
    this.ownPieces = Object.entries({ images, sampler, classifier }).flatMap(([name, own]) => (own ? [name] : []));
    this.spec = spec;
    this.design = parts.design;
    this.model = parts.model;
    this.images = parts.images;
    this.#engine = parts.engine;
    this.#source = parts.source;
    this.#labels = parts.labels;
    this.layers = parts.engine.layers;
    this.population = openPopulation(this.design, spec, this.layers);
    this.#strata = this.population.strata(spec.strata);
    this.sample = sampler ? sampler(spec, this.population) : planSample(spec, this.population);
  }

  /**
   * Open everything that a campaign needs and check it against each other.
   * @param spec from `loadCampaign` or `parseSpec`, which have checked it by itself
   * @throws {EspalierError} with all that is wrong between spec, model, data and array, and the errors of files that cannot be read
   */
  static async open(spec: CampaignSpec, options: CampaignOptions = {}): Promise<Campaign> {
    const { folder = '.', images: ownImages, classifier, faultyBackend, memoryBytes } = options;
    const mistakes = new Mistakes();
    const design = await mistakes.attempt({ word: 'array' }, () => buildDesign(spec.array));
    if (design) mistakes.add(populationMistakes(design, spec.population));
    const { model, layers, source, images, labels } = await openInputs(spec, folder, ownImages, mistakes);
    let engine: CampaignEngine | undefined;
    try {
      // Only a run of the layers tells how many channels each has.
      if (design && model && source && layers.length > 0 && !mistakes.isAt('data', 'layers')) {
        const backend = functionalBackend(design);
        const read = (places: readonly number[]) => source.read(places);
        const { lowering } = spec;
        engine = await CampaignEngine.open({
          model,
          backend,
          faultyBackend,
          classifier,
          layers,
          lowering,
          images,
          read,
          memoryBytes,
        });
        mistakes.add(channelMistakes(spec.channels, engine.layers));
      }
      mistakes.refuse(spec);
      return new Campaign(
        spec,
        { design: design!, model: model!, images, engine: engine!, source: source!, labels },
        options,
      );
    } catch (error) {
      await engine?.close();
      await source?.close();
      throw error;
    }
  }

  /** Give fault number n, from 0 to `sample.planned` − 1. */
  fault(n: number): CampaignFault {
    const { stratum, index } = this.sample.indexOf(n);
    return { n, stratum, ...this.#strata[stratum]!.faultAt(index) };
  }

  /** Run some faults on all images. */
  async run(numbers: readonly number[], signal?: AbortSignal): Promise<Outcome[][]> {
    return await this.#engine.run(
      numbers.map((n) => this.fault(n)),
      signal,
    );
  }

  /** Run a fault's products on another backend as well and compare every sum, for each image. */
  async validate(n: number, other: Backend): Promise<ImageValidation[]> {
    return await this.#engine.validate(this.fault(n), other);
  }

  /**
   * Run all faults, one after the other, in this process. A fault that fails twice comes as an error; with sequential
   * sampling it ends where every outcome is known to the margin.
   */
  async *outcomes(signal?: AbortSignal): AsyncGenerator<FaultOutcome, void> {
    const { sampling } = this.spec;
    const tally = new RunningTally(this.sample, this.spec);
    const runner = { run: (numbers: readonly number[]) => this.run(numbers, signal) };
    let end = this.sample.planned;
    for (let n = 0; n < end; n++) {
      signal?.throwIfAborted();
      const [outcome] = await runOrRecord(runner, [n], signal);
      yield outcome!;
      tally.add(n, outcome!.images, (counted) => {
        if (sampling.method === 'sequential' && tally.isPrecise(sampling.margin)) end = counted;
      });
    }
  }

  /** The fault-free run of each image, for each layer; what it computed is not kept. */
  async *clean(): AsyncGenerator<CleanRow, void> {
    for (const layer of this.layers.keys()) {
      for await (const images of this.#engine.cleanImages(layer)) {
        for (const { image, scores } of images) {
          const correct = this.#labels && scores.prediction === this.#labels[image];
          const { prediction, confidence } = scores;
          yield { layer, image, prediction, confidence, correct: prediction === null ? null : correct };
        }
      }
    }
    this.#engine.release();
  }

  /** Count the images that outcomes put into their true class; null without labels or scores. */
  countCorrect(outcomes: readonly Pick<Outcome, 'image' | 'prediction'>[]): number | null {
    const labels = this.#labels;
    if (!labels || outcomes.some(({ prediction }) => prediction === null)) return null;
    return outcomes.filter(({ image, prediction }) => prediction === labels[image]).length;
  }

  /** Read images by their places in the data set: for each the inputs of the model, a batch of one. */
  read(places: readonly number[]): Promise<readonly ImageInputs[]> {
    return this.#source.read(places);
  }

  /** Let go of what running faults in this process needs, where others run them: it can do everything else afterwards. */
  async release(): Promise<void> {
    await this.#engine.close();
  }

  async close(): Promise<void> {
    await this.#engine.close();
    await this.#source.close();
  }
}
