import type { Backend } from '../../backend/backend.ts';
import { type Dtype, dtypeInfo, integerRange, isDtype } from '../../dtype/dtype.ts';
import { ModelError } from '../../errors.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import { type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Lowering } from '../lowering/lowering.ts';
import type { LayerProducts } from '../lowering/product-shape.ts';
import type { ExactProduct, ExactSums } from './exact-sums.ts';
import { type FaultyProduct, faultyProduct } from './faulty-product.ts';
import { type LayerReport, repeatStats, sumFaults, sumStats } from './layer-report.ts';
import type { ChannelLines, PlacedFault } from './placed-fault.ts';

/** A layer's way to the array: runs its products and keeps account of them. */
export interface ArrayPort {
  readonly types: ArraySpec['types'];
  /** Say how many products the layer is going to run, and how it was lowered if there was a choice. */
  expect(products: number, lowering?: Lowering): void;
  /** Run A×B + C: M×N elements of the array's dtype c. A product without terms never reaches the array. */
  multiply(a: Tensor, b: Tensor, product: PortProduct): Promise<Tensor>;
  /** Gives the sums of an integer layer where no fault acts and they are known without the array; null elsewhere. */
  readonly exact: ((product: ExactProduct, planned: PlannedLayer) => Promise<Int32Array | null>) | null;
  /** Takes the sums of the layer, in the shape of its result, before bias and requantisation; null if nobody asks. */
  readonly showSums: ((sums: Tensor) => void) | null;
}

/** The products that a layer would hand to the array. */
export interface PlannedLayer extends LayerProducts {
  /** Element types of the operands. */
  readonly types: readonly [a: ElementType, b: ElementType];
  /** How many terms the finished sums have. */
  readonly terms: number;
}

/** Elements of a product's result that are sums of its layer: n = 0 … count − 1 at `first + n·step` belong at `place + n`. */
export interface SumRun {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  /** Counts the elements of the layer's result. */
  readonly place: number;
}

/** What else there is to say of a product. */
export interface PortProduct {
  /** Where its finished sums belong in the layer's result; none when its sums go on into another product. */
  readonly sums: readonly SumRun[];
  /** A result of this port whose sums go on; zeros when left out. */
  readonly c?: Tensor | undefined;
  /** Which output channels its rows or columns are; columns from 0 when left out. */
  readonly channels?: ChannelLines | undefined;
}

const COLUMNS: ChannelLines = { axis: 'columns', first: 0 };

export interface PortProgress {
  readonly doneProducts: number;
  readonly totalProducts: number;
  /** Of the present product; both 0 when it has just been finished. */
  readonly doneTiles: number;
  readonly totalTiles: number;
}

export interface PortOptions {
  /** Those of this layer and of all layers. */
  readonly faults: readonly PlacedFault[];
  readonly signal?: AbortSignal | undefined;
  /** Computes what the array need not; left out to have all products on the array. */
  readonly exactSums?: ExactSums | undefined;
  readonly onSums?: ((sums: Tensor) => void) | undefined;
  /** How many terms the finished sums have: products are refused if sums of so many may not fit the accumulator. */
  readonly strictTerms?: number | undefined;
  /** Called after each product, and whenever the backend tells how far it is in one. */
  readonly onProgress?: ((progress: PortProgress) => void) | undefined;
}

/** Open a port for one run of one layer; `report` tells what went through it. */
export function openPort(
  backend: Backend,
  { faults, signal, exactSums, onSums, strictTerms, onProgress }: PortOptions,
): { readonly port: ArrayPort; readonly report: (name: string, op: string) => Omit<LayerReport, 'comparison'> } {
  const { types } = backend.design.spec;
  const { kind, widthBits } = dtypeInfo(types.c);
  const results: Pick<FaultyProduct, 'stats' | 'firedCycles'>[] = [];
  let products = 0;
  let macs = 0;
  let neededBits = 0;
  let totalProducts = 0;
  let usedLowering: Lowering | null = null;
  /** How many terms the sums of a result have. */
  const termsOf = new WeakMap<Tensor, number>();
  const tell = (doneTiles: number, totalTiles: number): void =>
    onProgress?.({ doneProducts: products, totalProducts, doneTiles, totalTiles });
  const checkStrict = (a: ElementType, b: ElementType): void => {
    if (strictTerms === undefined || kind === 'float') return;
    const bits = accumulatorBits(a, b, strictTerms, types.c);
    if (bits > widthBits) {
      throw new ModelError(
        `its sums of ${strictTerms} products ${a} × ${b} need an accumulator of ${bits} bits, received ${types.c} of ${widthBits}`,
      );
    }
  };
  const multiply = async (a: Tensor, b: Tensor, { c, channels = COLUMNS }: PortProduct): Promise<Tensor> => {
    signal?.throwIfAborted();
    const [rows = 0] = a.shape;
    const [inner = 0, columns = 0] = b.shape;
    if (rows * inner * columns === 0) return c ?? tensor(types.c, [rows, columns]);
    checkStrict(a.type, b.type);
    const options = { signal, onProgress: tell };
    const { result, stats, firedCycles } = await faultyProduct(
      backend,
      { a, b, c },
      faults,
      channels,
      options,
      products,
    );
    results.push({ stats, firedCycles });
    products++;
    tell(0, 0);
    macs += rows * inner * columns;
    const terms = inner + (c ? (termsOf.get(c) ?? 0) : 0);
    termsOf.set(result, terms);
    if (kind === 'integer') neededBits = Math.max(neededBits, accumulatorBits(a.type, b.type, terms, types.c));
    return result;
  };
  const exact = async (product: ExactProduct, { shapes, lowering, types: [a, b], terms }: PlannedLayer) => {
    checkStrict(a, b);
    const sums = await exactSums!.compute(product);
    if (!sums) return null;
    for (const { m, k, n, count } of shapes) {
      const stats = backend.exactStats!(m, k, n);
      results.push({ stats: repeatStats(stats, count), firedCycles: [] });
      products += count;
      macs += count * m * k * n;
    }
    usedLowering = lowering;
    neededBits = accumulatorBits(a, b, terms, types.c);
    return sums;
  };
  const isExact = exactSums && backend.exactStats && faults.length === 0 && widthBits >= 32;
  // A layer may go on to work on its sums in place.
  const showSums = onSums ? (sums: Tensor) => onSums(tensor(sums.type, sums.shape, sums.data.slice())) : null;
  const report = (name: string, op: string): Omit<LayerReport, 'comparison'> => ({
    name,
    op,
    lowering: usedLowering,
    products,
    macs,
    stats: sumStats(results.map(({ stats }) => stats)),
    faults: sumFaults(
      faults,
      results.map(({ firedCycles }) => firedCycles),
    ),
    accumulator: kind === 'float' ? null : { neededBits, widthBits },
  });
  const expect = (products: number, lowering?: Lowering): void => {
    totalProducts = products;
    usedLowering = lowering ?? null;
  };
  return { port: { types, expect, multiply, exact: isExact ? exact : null, showSums }, report };
}

/** Bits that an accumulator needs to hold every sum of `terms` products of two types; one for the sign if it has one. */
function accumulatorBits(a: ElementType, b: ElementType, terms: number, accumulator: Dtype): number {
  if (!isDtype(a) || !isDtype(b)) return 0;
  const [x, y] = [integerRange(a), integerRange(b)];
  const corners = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max].map((corner) => corner * BigInt(terms));
  const sign = dtypeInfo(accumulator).signed || corners.some((corner) => corner < 0n) ? 1 : 0;
  return sign + Math.max(...corners.map((corner) => (corner < 0n ? ~corner : corner).toString(2).length));
}
