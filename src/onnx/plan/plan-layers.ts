import { setImmediate } from 'node:timers/promises';
import type { RunStats } from '../../backend/backend.ts';
import { jobStats } from '../../backend/job.ts';
import type { Design } from '../../design/design.ts';
import { ModelError } from '../../errors.ts';
import type { OnnxModel } from '../file/model.ts';
import { type CompatibleLayer, type LayerInfo, layersFor } from '../graph/layers.ts';
import { LOWERINGS, type Lowering } from '../lowering/lowering.ts';
import type { ProductShape } from '../lowering/product-shape.ts';
import { sumStats } from '../run/layer-report.ts';
import { valueShapes } from './value-shapes.ts';
import { type InputSizes, zeroInputs } from './zero-inputs.ts';

export interface PlanOptions extends InputSizes {
  /** Lowerings to plan convolutions with; all when left out. */
  readonly lowerings?: readonly Lowering[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each layer. */
  readonly onProgress?: ((layer: string, done: number, total: number) => void) | undefined;
}

/** What an array would do for a model, worked out from shapes alone. */
export interface ModelPlan {
  /** The shapes that the model's inputs were taken to have. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly layers: readonly LayerPlan[];
  /** All layers that can run on the array together, for each lowering that was asked for. */
  readonly totals: readonly { readonly lowering: Lowering; readonly macs: number; readonly stats: RunStats }[];
}

/** A layer of the model; `reason` and `compatible` are about this array. */
export interface LayerPlan extends LayerInfo {
  /**
   * One per lowering that is really used: one for a layer that has no choice, none for a layer that cannot run on the
   * array.
   */
  readonly plans: readonly LoweredPlan[];
}

/** What a run of a layer will report; {@link LayerReport} explains the fields. */
export interface LoweredPlan {
  readonly lowering: Lowering | null;
  readonly products: readonly ProductShape[];
  readonly macs: number;
  readonly stats: RunStats;
}

/**
 * Work out products, tiles and cycles of every layer of a model on an array, without data. Shapes come from one run of
 * the model in ONNX Runtime on zeros; layers inside loops and branches are not planned.
 * @throws {ModelError} for sizes that do not fit the model, or a model that ONNX Runtime cannot run with them.
 */
export async function planLayers(model: OnnxModel, design: Design, options: PlanOptions = {}): Promise<ModelPlan> {
  const { lowerings = LOWERINGS, signal, onProgress } = options;
  const found = layersFor(model, design.spec.types);
  const inputs = zeroInputs(model, options);
  const needed = found.flatMap(({ layer }) => layer?.node.input ?? []).filter((name) => name !== '');
  const shapes = await valueShapes(model, needed, inputs);
  const statsOf = statsCache(design);
  const layers: LayerPlan[] = [];
  const chosen = lowerings.map((): LoweredPlan[] => []);
  for (const { info, layer } of found) {
    onProgress?.(info.name, layers.length, found.length);
    await setImmediate();
    signal?.throwIfAborted();
    const plans = layer ? attempt(() => lowerings.map((lowering) => planLayer(layer, shapes, lowering, statsOf))) : [];
    if (typeof plans === 'string') {
      layers.push({ ...info, compatible: false, reason: plans, plans: [] });
      continue;
    }
    for (const [at, plan] of plans.entries()) chosen[at]!.push(plan);
    const used = plans.filter((plan, at) => plans.findIndex(({ lowering }) => lowering === plan.lowering) === at);
    layers.push({ ...info, plans: used });
  }
  return {
    inputs: Object.entries(inputs).map(([name, { shape }]) => ({ name, shape })),
    layers,
    totals: lowerings.map((lowering, at) => ({ lowering, ...sumPlans(chosen[at]!) })),
  };
}

function planLayer(
  { node, operator }: CompatibleLayer,
  shapes: ReadonlyMap<string, readonly number[]>,
  wanted: Lowering,
  statsOf: (product: ProductShape) => RunStats,
): LoweredPlan {
  const inputShapes = node.input.map((name) => shapes.get(name) ?? null);
  const { lowering, shapes: products } = operator.products(node, inputShapes, wanted);
  const empty = products.find(({ m, k, n }) => m * k * n === 0);
  if (empty) throw new ModelError(`its product ${empty.m}×${empty.k}×${empty.n} is empty`);
  const plans = products.map((product) => ({
    macs: product.count * product.m * product.k * product.n,
    stats: repeated(statsOf(product), product.count),
  }));
  return { lowering, products, ...sumPlans(plans) };
}

/** Plan each shape of a product once. */
function statsCache(design: Design): (product: ProductShape) => RunStats {
  const known = new Map<string, RunStats>();
  return ({ m, k, n }) => {
    const key = `${m} ${k} ${n}`;
    const stats = known.get(key) ?? jobStats(design, m, k, n);
    known.set(key, stats);
    return stats;
  };
}

function repeated(stats: RunStats, count: number): RunStats {
  return { ...stats, tiles: stats.tiles * count, cycles: stats.cycles * count };
}

function sumPlans(plans: readonly Pick<LoweredPlan, 'macs' | 'stats'>[]): Pick<LoweredPlan, 'macs' | 'stats'> {
  return {
    macs: plans.reduce((sum, { macs }) => sum + macs, 0),
    stats: sumStats(plans.map(({ stats }) => stats)),
  };
}

/** Give the sentence of a {ModelError} in place of the result. */
function attempt<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}
