import type { LayerEnding } from '../../onnx/operators/layer-ending.ts';
import { fromRuntime, type RuntimeTensor, toRuntime } from '../../onnx/run/session.ts';
import { concatenate } from '../../tensor/concatenate.ts';
import { allocate, bitsOf, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';
import { IMAGES_TOGETHER, type LayerCut } from './layer-cut.ts';
import type { LayerImage } from './layer-engine.ts';

/** Changed images that go through the rest of the model together. */
export interface ChangedBatch {
  /** Their numbers among the images of the fault. */
  readonly images: readonly number[];
  readonly feeds: ReadonlyMap<string, RuntimeTensor>;
  /** The model's outputs, from what the rest of the model computed and what was known before. */
  outputs(computed: ReadonlyMap<string, RuntimeTensor> | null): Record<string, Tensor>;
}

/** The results of a layer that a fault changed, image after image in one storage that serves all faults. */
export class ChangedImages {
  readonly #cut: LayerCut;
  #images: readonly LayerImage[] = [];
  #numbers: number[] = [];
  #storage: TensorData = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);

  constructor(cut: LayerCut) {
    this.#cut = cut;
  }

  get count(): number {
    return this.#numbers.length;
  }

  /** Forget what there is and begin with another fault. */
  begin(images: readonly LayerImage[]): void {
    this.#images = images;
    this.#numbers = [];
    const [first] = images;
    if (!first) return;
    const { type, data } = first.recorded.result;
    if (this.#storage.length >= images.length * data.length) return;
    this.#storage = allocate(type, images.length * data.length);
    this.#words = bitsOf(this.#storage) as Int32Array;
  }

  /**
   * Take an image whose layer result differs in some elements, unless these turn out to be the same, at once or after the
   * Relu behind the layer.
   * @returns where the image is as without the fault; null when it was taken
   */
  addSparse(
    n: number,
    ending: LayerEnding,
    elements: Int32Array,
    sums: Int32Array,
    count: number,
  ): 'layer' | 'activation' | null {
    const { data } = this.#images[n]!.recorded.result;
    const base = this.#numbers.length * data.length;
    const clean = bitsOf(data) as Int32Array;
    this.#words.set(clean, base);
    ending(elements, sums, count, this.#storage, base);
    const relu = this.#cut.feedsRelu && this.#storage instanceof Float32Array ? this.#storage : null;
    let masked: 'layer' | 'activation' = 'layer';
    for (let at = 0; at < count; at++) {
      const element = elements[at]!;
      if (this.#words[base + element] === clean[element]) continue;
      // Of two negative numbers, Relu makes the same zero.
      if (relu && relu[base + element]! < 0 && (data[element] as number) < 0) {
        masked = 'activation';
        continue;
      }
      this.#numbers.push(n);
      return null;
    }
    return masked;
  }

  /** Take an image with another layer result. */
  add(n: number, { data }: Tensor): void {
    this.#words.set(bitsOf(data) as Int32Array, this.#numbers.length * data.length);
    this.#numbers.push(n);
  }

  /** The layer's changed result for an image. */
  resultOf(n: number): Tensor {
    return this.#results(this.#numbers.indexOf(n), 1);
  }

  /** Put the images into batches, or each into its own. */
  *batches(together: boolean): Generator<ChangedBatch> {
    const size = together ? IMAGES_TOGETHER : 1;
    for (let at = 0; at < this.#numbers.length; at += size) {
      yield this.#batch(at, Math.min(size, this.#numbers.length - at));
    }
  }

  #results(first: number, count: number): Tensor {
    const { type, shape, data } = this.#images[0]!.recorded.result;
    const own = this.#storage.subarray(first * data.length, (first + count) * data.length) as TensorData;
    return tensor(type, [count * (shape[0] ?? 1), ...shape.slice(1)], own);
  }

  #batch(first: number, count: number): ChangedBatch {
    const { result, after, outputs } = this.#cut;
    const numbers = this.#numbers.slice(first, first + count);
    const valueNamed = (name: string): Tensor => {
      if (name === result) return this.#results(first, count);
      return concatenate(
        numbers.map((n) => this.#images[n]!.values.get(name)!),
        name,
      );
    };
    return {
      images: numbers,
      feeds: new Map((after?.inputs ?? []).map((name) => [name, toRuntime(valueNamed(name))])),
      outputs: (computed) =>
        Object.fromEntries(
          outputs.map((name) => {
            const value = computed?.get(name);
            return [name, value ? fromRuntime(value, name) : valueNamed(name)];
          }),
        ),
    };
  }
}
