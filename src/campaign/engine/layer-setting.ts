import type { Backend } from '../../backend/backend.ts';
import type { LayerEnding } from '../../onnx/operators/layer-ending.ts';
import { type JobPlan, planJob } from '../../schedule/plan.ts';
import type { CampaignLayer } from '../population/campaign-layer.ts';
import type { LayerCut } from './layer-cut.ts';
import type { LayerSetting } from './layer-fault.ts';
import { productLines } from './layer-lines.ts';
import type { RecordedLayer, RecordedProduct } from './recorded-layer.ts';

/** The place of the data, or the left factor, among the inputs of every operator. */
const DATA = 0;

/** What the faults of a layer share, whatever the image. */
export interface SharedLayer {
  readonly setting: LayerSetting;
  readonly ending: LayerEnding | null;
  readonly shape: Omit<CampaignLayer, 'name'>;
}

/** Work out from one image what is the same for all. */
export function sharedLayer(
  cut: LayerCut,
  backend: Backend,
  { products, operands, sums, result }: RecordedLayer,
): SharedLayer {
  const { design } = backend;
  const { index } = cut.stages;
  const { node, operator } = cut.layer;
  const plans = new Map<string, JobPlan>();
  const planOf = ({ a, b }: RecordedProduct) => {
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
