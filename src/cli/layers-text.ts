import { grouped } from '../number-text.ts';
import type { LoweredPlan } from '../onnx/plan/plan-layers.ts';
import type { LayersDocument, PlanDocument } from './layers.ts';
import { percent, sides, table } from './text.ts';

/** Tell in a table which layers can run on an array. */
export function describeLayers({ model, layers }: LayersDocument): string[] {
  if (layers.length === 0) return [`${model} has no layers that multiply matrices`];
  const rows = layers.map(({ name, op, weights, reason }) => [
    name,
    op,
    weights ? `${weights.type} [${weights.shape.join(', ')}]` : 'not in the file',
    reason === null ? 'yes' : `no: ${reason}`,
  ]);
  return table([['layer', 'operator', 'weights', 'runs on an array'], ...rows]);
}

/** Tell in a table what an array would do for each layer, with each lowering, and why it cannot run others. */
export function describePlan({ model, array, inputs, layers, totals }: PlanDocument): string[] {
  const rows = layers.flatMap(({ name, op, plans }) =>
    plans.map((plan) => [name, op, plan.lowering ?? '-', ...productCells(plan), ...workCells(plan)]),
  );
  const sums = totals.map((total) => ['all', '', total.lowering, '', '', ...workCells(total)]);
  const left = layers.filter(({ reason }) => reason !== null);
  return [
    `${model} on ${array}, with ${inputs.map(({ name, shape }) => `${name} ${sides(shape)}`).join(', ')}`,
    ...(rows.length > 0 ? table([HEADING, ...rows, ...sums]) : []),
    ...left.map(({ name, op, reason }) => `${name} (${op}) cannot run on it: ${reason}`),
  ];
}

const HEADING = [
  'layer',
  'operator',
  'lowering',
  'products',
  'M×K×N',
  'MACs',
  'tiles',
  'cycles',
  'utilisation',
  'unpadded',
];

function productCells({ products }: LoweredPlan): string[] {
  const total = products.reduce((sum, { count }) => sum + count, 0);
  const [first] = products;
  const shapes = products.map(
    ({ m, k, n, count }) => `${first === products.at(-1) ? '' : `${count} of `}${m}×${k}×${n}`,
  );
  return [grouped(total), shapes.join(', ')];
}

function workCells({ macs, stats }: Pick<LoweredPlan, 'macs' | 'stats'>): (string | number)[] {
  const { tiles, cycles, utilisation, effectiveUtilisation } = stats;
  return [macs, tiles, cycles, percent(utilisation), percent(effectiveUtilisation)];
}
