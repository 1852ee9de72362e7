import type { Backend, MatmulResult, RunOptions } from '../../backend/backend.ts';
import { type Dtype, dtypeInfo, integerRange, isDtype } from '../../dtype/dtype.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import { type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Lowering } from '../lowering/lowering.ts';
import { type LayerReport, sumFaults, sumStats } from './layer-report.ts';

/** A layer's way to the array: runs its products and keeps account of them. */
export interface ArrayPort {
  readonly types: ArraySpec['types'];
  /** Say how many products the layer is going to run, and how it was lowered if there was a choice. */
  expect(products: number, lowering?: Lowering): void;
  /**
   * Run A×B + C: M×N elements of the array's dtype c. A product without terms never reaches the array.
   * @param c a result of this port whose sums go on; zeros when left out
   */
  multiply(a: Tensor, b: Tensor, c?: Tensor): Promise<Tensor>;
}

export interface PortProgress {
  readonly doneProducts: number;
  readonly totalProducts: number;
  /** Of the present product; both 0 when it has just been finished. */
  readonly doneTiles: number;
  readonly totalTiles: number;
}

export interface PortOptions extends Omit<RunOptions, 'onProgress'> {
  /** Called after each product, and whenever the backend tells how far it is in one. */
  readonly onProgress?: ((progress: PortProgress) => void) | undefined;
}

/** Open a port for one run of one layer; `report` tells what went through it. */
export function openPort(
  backend: Backend,
  { onProgress, ...options }: PortOptions,
): { readonly port: ArrayPort; readonly report: (name: string, op: string) => LayerReport } {
  const { types } = backend.design.spec;
  const { kind, widthBits } = dtypeInfo(types.c);
  const results: Pick<MatmulResult, 'stats' | 'faults'>[] = [];
  let macs = 0;
  let neededBits = 0;
  let totalProducts = 0;
  let usedLowering: Lowering | null = null;
  /** How many terms the sums of a result have. */
  const termsOf = new WeakMap<Tensor, number>();
  const tell = (doneTiles: number, totalTiles: number): void =>
    onProgress?.({ doneProducts: results.length, totalProducts, doneTiles, totalTiles });
  const multiply = async (a: Tensor, b: Tensor, c?: Tensor): Promise<Tensor> => {
    options.signal?.throwIfAborted();
    const [rows = 0] = a.shape;
    const [inner = 0, columns = 0] = b.shape;
    if (rows * inner * columns === 0) return c ?? tensor(types.c, [rows, columns]);
    const { result, stats, faults } = await backend.matmul({ a, b, c }, { ...options, onProgress: tell });
    results.push({ stats, faults });
    tell(0, 0);
    macs += rows * inner * columns;
    const terms = inner + (c ? (termsOf.get(c) ?? 0) : 0);
    termsOf.set(result, terms);
    if (kind === 'integer') neededBits = Math.max(neededBits, accumulatorBits(a.type, b.type, terms, types.c));
    return result;
  };
  const report = (name: string, op: string): LayerReport => ({
    name,
    op,
    lowering: usedLowering,
    products: results.length,
    macs,
    stats: sumStats(results.map(({ stats }) => stats)),
    faults: sumFaults(results.map(({ faults }) => faults)),
    accumulator: kind === 'float' ? null : { neededBits, widthBits },
  });
  const expect = (products: number, lowering?: Lowering): void => {
    totalProducts = products;
    usedLowering = lowering ?? null;
  };
  return { port: { types, expect, multiply }, report };
}

/** Bits that an accumulator needs to hold every sum of `terms` products of two types; one for the sign if it has one. */
function accumulatorBits(a: ElementType, b: ElementType, terms: number, accumulator: Dtype): number {
  if (!isDtype(a) || !isDtype(b)) return 0;
  const [x, y] = [integerRange(a), integerRange(b)];
  const corners = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max].map((corner) => corner * BigInt(terms));
  const sign = dtypeInfo(accumulator).signed || corners.some((corner) => corner < 0n) ? 1 : 0;
  return sign + Math.max(...corners.map((corner) => (corner < 0n ? ~corner : corner).toString(2).length));
}
