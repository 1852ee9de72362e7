import type { Backend } from '../../backend/backend.ts';
import type { Design } from '../../design/design.ts';
import { driveFault } from '../../fault/resolve.ts';
import { faultyProduct } from '../../onnx/run/faulty-product.ts';
import type { PlacedFault } from '../../onnx/run/placed-fault.ts';
import type { JobPlan } from '../../schedule/plan.ts';
import { type SingleFault, singleFault } from '../../sim/single-fault/single-fault.ts';
import { bitsOf, type Tensor } from '../../tensor/tensor.ts';
import type { CampaignFault } from '../campaign-fault.ts';
import type { Pattern } from '../outcome.ts';
import { sameBits, wordReader } from './image-values.ts';
import { channelOf, hasChannel, type ProductLines, pixelOf, sumShift } from './layer-lines.ts';
import { PatternFinder } from './pattern.ts';
import { cutJob, mergePart, type ReachedPart, reachedPart } from './reached-job.ts';
import type { RecordedLayer, RecordedProduct } from './recorded-layer.ts';

/** What a fault changed in the sums of a layer; valid until the next image. */
export interface LayerChange {
  readonly fired: boolean;
  /** How many sums differ, as the array gave them, and how they lie. */
  readonly corrupted: number;
  readonly pattern: Pattern | null;
  /** The places of those sums in the layer and the new sums, as a layer ending takes them. */
  readonly elements: Int32Array;
  readonly sums: Int32Array;
  /** All results of the layer's products, where only a run of the whole layer can say what becomes of them; null else. */
  readonly results: readonly Tensor[] | null;
}

/** What all faults of one layer share. */
export interface LayerSetting {
  readonly design: Design;
  /** Runs products that nothing faster covers. */
  readonly backend: Backend;
  /** One per product of an image. */
  readonly lines: readonly ProductLines[];
  readonly plans: readonly JobPlan[];
  /** Whether single sums can be changed: no product takes the sums of another, and the operator has an ending. */
  readonly isSparse: boolean;
}

/** A product as a backend ran it; its result is the recorded one where nothing differs. */
export interface ProductRun {
  readonly result: Tensor;
  readonly fired: boolean;
}

/** One fault of a campaign, ready to act in its layer on one image after the other. */
export class LayerFault {
  readonly #setting: LayerSetting;
  readonly #fault: CampaignFault;
  readonly #placed: PlacedFault;
  readonly #singles = new Map<JobPlan, SingleFault | null>();
  readonly #parts = new Map<JobPlan, Promise<ReachedPart | null>>();
  readonly #pattern: PatternFinder;
  readonly #shift: number;
  #elements = new Int32Array(256);
  #sums = new Int32Array(256);

  constructor(setting: LayerSetting, fault: CampaignFault) {
    const { design, lines } = setting;
    this.#setting = setting;
    this.#fault = fault;
    const { channel, product } = fault;
    this.#placed = { fault: fault.fault, layer: null, channel, product };
    const [n1, n2] = design.spec.size;
    this.#pattern = new PatternFinder(lines[0]?.channelsAreRows ? [n2, n1] : [n1, n2]);
    this.#shift = sumShift(design);
  }

  /** Find what the fault changes for an image, by the fast way; null where that does not cover it. */
  applyFast({ products, sums }: RecordedLayer): LayerChange | null {
    if (!this.#setting.isSparse) return null;
    this.#pattern.clear();
    let fired = false;
    let count = 0;
    for (let n = 0; n < products.length; n++) {
      if (!this.#actsIn(n)) continue;
      const single = this.#singleOf(this.#setting.plans[n]!);
      if (!single) return null;
      const { a, b, result } = products[n]!;
      const changes = single({ a: a.data, b: b.data, c: null, result: result.data });
      if (changes.fired === null) return null;
      fired ||= changes.fired;
      this.#grow(count + changes.count);
      count = this.#take(n, changes.count, changes.elements, changes.values, result, sums, count);
    }
    return this.#change(fired, count, null);
  }

  /** Find it by running the products in which the fault acts, the whole of each. */
  async apply(recorded: RecordedLayer): Promise<LayerChange> {
    return this.finish(recorded, await this.start(recorded));
  }

  /**
   * Run the products in which the fault acts on a backend; several images may be under way.
   * @param extent the whole of each product, or the tiles alone that the fault reaches
   */
  async start(
    { products }: RecordedLayer,
    backend: Backend = this.#setting.backend,
    extent: 'whole' | 'reached' = 'whole',
  ): Promise<ProductRun[]> {
    const runs: ProductRun[] = [];
    for (const [n, product] of products.entries()) {
      const c = product.previous === null ? undefined : runs[product.previous]!.result;
      const isClean = product.previous === null || c === products[product.previous]!.result;
      if (!this.#actsIn(n) && isClean) {
        runs.push({ result: product.result, fired: false });
        continue;
      }
      const ran =
        (extent === 'reached' && isClean ? await this.#runReached(n, product, backend) : null) ??
        (await this.#runWhole(n, product, c, backend));
      const isSame = sameBits(product.result, ran.result);
      runs.push({ result: isSame ? product.result : ran.result, fired: ran.fired });
    }
    return runs;
  }

  /** Tell what the runs of an image's products changed. */
  finish({ products, sums }: RecordedLayer, runs: readonly ProductRun[]): LayerChange {
    this.#pattern.clear();
    let count = 0;
    for (const [n, product] of products.entries()) {
      const { result } = runs[n]!;
      if (result === product.result) continue;
      const differing = differences(product, result);
      this.#grow(count + differing.length);
      const values = Int32Array.from(differing, wordReader(result.data));
      count = this.#take(n, differing.length, differing, values, product.result, sums, count);
    }
    const fired = runs.some((run) => run.fired);
    const results = runs.map(({ result }) => result);
    return this.#change(fired, count, this.#setting.isSparse || count === 0 ? null : results);
  }

  async #runWhole(n: number, { a, b, channels }: RecordedProduct, c: Tensor | undefined, backend: Backend) {
    const { result, firedCycles } = await faultyProduct(backend, { a, b, c }, [this.#placed], channels, {}, n);
    return { result, fired: firedCycles[0]! > 0 };
  }

  /** Run the tiles that the fault reaches; null where all must run. Where it reaches none, nothing is run at all. */
  async #runReached(n: number, { a, b, previous, result }: RecordedProduct, backend: Backend) {
    if (this.#fault.channel !== null || previous !== null) return null;
    const plan = this.#setting.plans[n]!;
    const { design } = this.#setting;
    const part = this.#parts.get(plan) ?? reachedPart(design, plan, this.#fault.fault);
    this.#parts.set(plan, part);
    const reached = await part;
    if (!reached) return null;
    if (reached.rows.length === 0) {
      const fired = this.#singleOf(plan)?.({ a: a.data, b: b.data, c: null, result: result.data }).fired ?? null;
      return fired === null ? null : { result, fired };
    }
    const ran = await backend.matmul(cutJob({ a, b }, reached), { faults: [reached.fault] });
    return { result: mergePart(result, ran.result, reached), fired: ran.faults[0]!.firedCycles > 0 };
  }

  #singleOf(plan: JobPlan): SingleFault | null {
    const { design } = this.#setting;
    if (!this.#singles.has(plan)) {
      this.#singles.set(plan, singleFault(design, plan, driveFault(design, plan, this.#fault.fault)));
    }
    return this.#singles.get(plan)!;
  }

  /** A fault that shows in one channel is none to a product that lacks it. */
  #actsIn(product: number): boolean {
    const { channel, product: only } = this.#fault;
    if (only !== null && only !== product) return false;
    return channel === null || hasChannel(this.#setting.lines[product]!, channel);
  }

  /** Turn changed elements of a product into changed sums of the layer, from `at` on; gives the end. */
  #take(
    product: number,
    count: number,
    elements: Int32Array,
    values: Int32Array,
    result: Tensor,
    sums: Tensor,
    at: number,
  ): number {
    const lines = this.#setting.lines[product]!;
    const { channel } = this.#fault;
    const isFloat = sums.type !== 'int32';
    const cleanWord = isFloat ? null : wordReader(result.data);
    const own = sums.data as Int32Array;
    const shift = this.#shift;
    let end = at;
    for (let n = 0; n < count; n++) {
      const element = elements[n]!;
      const place = lines.places[element]!;
      if (place < 0) continue;
      const ofElement = channelOf(lines, element);
      if (channel !== null && ofElement !== channel) continue;
      this.#pattern.add(pixelOf(lines, element), ofElement);
      this.#elements[end] = place;
      this.#sums[end++] = cleanWord
        ? (own[place]! + ((values[n]! << shift) >> shift) - ((cleanWord(element) << shift) >> shift)) | 0
        : values[n]!;
    }
    return end;
  }

  #grow(count: number): void {
    if (count <= this.#elements.length) return;
    const length = 2 ** Math.ceil(Math.log2(count));
    [this.#elements, this.#sums] = [this.#elements, this.#sums].map((list) => {
      const larger = new Int32Array(length);
      larger.set(list);
      return larger;
    }) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
  }

  #change(fired: boolean, corrupted: number, results: readonly Tensor[] | null): LayerChange {
    const { pattern } = this.#pattern;
    return { fired, corrupted, pattern, elements: this.#elements, sums: this.#sums, results };
  }
}

/** List the elements in which a result differs from the recorded one. */
function differences({ result }: RecordedProduct, faulty: Tensor): Int32Array {
  const [before, after] = [bitsOf(result.data), bitsOf(faulty.data)];
  const found: number[] = [];
  for (let at = 0; at < before.length; at++) if (before[at] !== after[at]) found.push(at);
  return Int32Array.from(found);
}
