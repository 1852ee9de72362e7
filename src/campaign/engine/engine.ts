import type { Backend } from '../../backend/backend.ts';
import type { OnnxModel } from '../../onnx/file/model.ts';
import { chooseLayers } from '../../onnx/graph/layers.ts';
import type { Lowering } from '../../onnx/lowering/lowering.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { Outcome } from '../outcome.ts';
import type { CampaignLayer } from '../population/campaign-layer.ts';
import type { ImageValidation } from '../validate/validate-image.ts';
import { sameValues } from './image-values.ts';
import { IMAGES_TOGETHER, openLayerCut, pieces } from './layer-cut.ts';
import { LayerEngine, type LayerEngineOptions, type LayerImage, type OutcomeClassifier } from './layer-engine.ts';
import { scoreKindOf } from './score-kind.ts';

/** The inputs of a model for one image, a batch of one each. */
export type ImageInputs = Readonly<Record<string, Tensor>>;

export interface EngineOptions {
  readonly model: OnnxModel;
  /** The array; the functional simulator of it is the one to take. */
  readonly backend: Backend;
  /** Where products run that a fault reaches; left out, only what the fault can reach is recomputed. */
  readonly faultyBackend?: Backend | undefined;
  /** Judges images whose outputs a fault changed; by their scores when left out. */
  readonly classifier?: OutcomeClassifier | undefined;
  /** Names of the layers, in the order in which faults number them. */
  readonly layers: readonly string[];
  readonly lowering: Lowering;
  /** Places of the images in the data set. */
  readonly images: readonly number[];
  /** Read images by their places. */
  readonly read: (places: readonly number[]) => Promise<readonly ImageInputs[]>;
  /** How much memory may be taken by what is kept of images, in bytes. */
  readonly memoryBytes?: number | undefined;
}

const DEFAULT_MEMORY_BYTES = 256 << 20;

/** How many images are run both by themselves and together, to see whether a batch changes them. */
const BATCH_TRIALS = 6;

/**
 * Runs the faults of a campaign on its images. What comes before a layer is computed once per image; of the layer, only the sums
 * that a fault can reach; the rest of the model for those images alone whose layer result changed, in one batch. The
 * outcomes are those of a plain run of the whole model for each fault and image, bit for bit.
 */
export class CampaignEngine {
  readonly #options: EngineOptions;
  readonly #layers: readonly LayerEngine[];
  /** Images to a chunk: all of them if they fit into memory. */
  #chunk: number;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  readonly #prepared = new Map<string, readonly LayerImage[]>();

  private constructor(options: EngineOptions, layers: readonly LayerEngine[]) {
    this.#options = options;
    this.#layers = layers;
    this.#chunk = options.images.length;
  }

  /**
   * Cut the model around each layer and see how much memory an image takes.
   * @throws {ModelError} for a layer that the array cannot run, or images that do not fit the model.
   */
  static async open(options: EngineOptions): Promise<CampaignEngine> {
    const { model, backend, faultyBackend = null, classifier, layers: names, lowering, images, read } = options;
    const scoreKind = scoreKindOf(model);
    const trial = await read(images.slice(0, BATCH_TRIALS));
    const layers: LayerEngine[] = [];
    try {
      for (const name of names) {
        const [layer] = chooseLayers(model, backend.design.spec.types, [name]);
        const cut = await openLayerCut(model, layer!, lowering);
        layers.push(await openLayer({ model, cut, backend, faultyBackend, scoreKind, classifier }, trial));
      }
    } catch (error) {
      for (const layer of layers) await layer.close();
      throw error;
    }
    const engine = new CampaignEngine(options, layers);
    await engine.#measure();
    return engine;
  }

  /** What the layers are to a population of faults. */
  get layers(): readonly CampaignLayer[] {
    return this.#layers.map((layer, n) => ({ name: this.#options.layers[n]!, ...layer.shape }));
  }

  /** Run faults on all images; outcomes in the order of the faults, and of the images in each. */
  async run(faults: readonly CampaignFault[], signal?: AbortSignal): Promise<Outcome[][]> {
    return await this.#inTurn(() => this.#run(faults, signal));
  }

  /** Compare every sum of a fault's layer with another backend, for each image. */
  async validate(fault: CampaignFault, other: Backend): Promise<ImageValidation[]> {
    return await this.#inTurn(async () => {
      const found: ImageValidation[] = [];
      for (let from = 0; from < this.#options.images.length; from += this.#chunk) {
        const images = await this.#imagesOf(fault.layer, from);
        found.push(...(await this.#layers[fault.layer]!.validate(fault, images, other)));
      }
      return found;
    });
  }

  /** Forget what was computed of images; they are computed again when a fault needs them. */
  release(): void {
    this.#prepared.clear();
  }

  /** The images of a layer as they are without faults, chunk by chunk. */
  async *cleanImages(layer: number): AsyncGenerator<readonly LayerImage[]> {
    for (let from = 0; from < this.#options.images.length; from += this.#chunk) yield await this.#imagesOf(layer, from);
  }

  /** Closing it again does nothing. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.release();
    for (const layer of this.#layers) await layer.close();
  }

  async #run(faults: readonly CampaignFault[], signal: AbortSignal | undefined): Promise<Outcome[][]> {
    const outcomes: Outcome[][] = faults.map(() => []);
    const layers = new Set(faults.map(({ layer }) => layer));
    for (let from = 0; from < this.#options.images.length; from += this.#chunk) {
      for (const layer of layers) {
        const images = await this.#imagesOf(layer, from);
        const places = [...faults.keys()].filter((n) => faults[n]!.layer === layer);
        const own = places.map((n) => faults[n]!);
        const found = await this.#layers[layer]!.run(own, images, signal);
        for (const [at, n] of places.entries()) outcomes[n]!.push(...found[at]!);
      }
    }
    return outcomes;
  }

  /** Calls that come at the same time wait for each other: storage of a layer serves one fault at a time. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #imagesOf(layer: number, from: number): Promise<readonly LayerImage[]> {
    const key = `${layer} ${from}`;
    const known = this.#prepared.get(key);
    if (known) return known;
    // Where not all images fit, only the chunk at hand is kept.
    if (this.#chunk < this.#options.images.length) this.#prepared.clear();
    const places = this.#options.images.slice(from, from + this.#chunk);
    const images: LayerImage[] = [];
    for (const some of pieces(places, IMAGES_TOGETHER)) {
      images.push(...(await this.#layers[layer]!.prepare(await this.#options.read(some), some)));
    }
    this.#prepared.set(key, images);
    return images;
  }

  async #measure(): Promise<void> {
    const { images, read, memoryBytes = DEFAULT_MEMORY_BYTES } = this.#options;
    let bytes = 0;
    const [first] = await read(images.slice(0, 1));
    for (const layer of this.#layers) {
      const [image] = await layer.prepare([first!], images.slice(0, 1));
      bytes += bytesOfImage(image!);
    }
    this.#chunk = Math.max(1, Math.min(images.length, Math.floor(memoryBytes / bytes)));
  }
}

/** Open a layer's engine: with batches, if images come out of ONNX Runtime in a batch as they do by themselves. */
async function openLayer(
  options: Omit<LayerEngineOptions, 'isBatchable'>,
  inputs: readonly ImageInputs[],
): Promise<LayerEngine> {
  const places = inputs.map((_, n) => n);
  const apart = new LayerEngine({ ...options, isBatchable: false });
  const expected = await apart.prepare(inputs, places);
  const together = new LayerEngine({ ...options, isBatchable: true });
  const found = inputs.length > 1 ? await together.prepare(inputs, places).catch(() => null) : null;
  const isSame = found?.every(
    ({ values, outputs }, n) => sameValues(values, expected[n]!.values) && sameValues(outputs, expected[n]!.outputs),
  );
  return isSame ? together : apart;
}

function bytesOfImage({ values, recorded, outputs }: LayerImage): number {
  const tensors = new Set<Tensor>([...values.values(), ...outputs.values(), recorded.sums, recorded.result]);
  // The right factor is the weights in nearly every layer, and shared.
  for (const { a, result } of recorded.products) tensors.add(a).add(result);
  return [...tensors].reduce((sum, { data }) => sum + data.byteLength, 0);
}
