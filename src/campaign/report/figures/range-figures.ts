import type { TopLevelSpec } from 'vega-lite';
import type { BitGroup, CampaignSummary, CycleGroup, Group } from '../campaign-summary.ts';
import type { FigurePlan } from './figure.ts';
import { inPercent, percentAxis } from './share-panel.ts';

/** Plan the figure of SDC-1 by bit, one panel per node; null when no single bits were faulty. */
export function bitFigure({ nodeBits }: CampaignSummary): FigurePlan | null {
  const rows = nodeBits.flatMap((group) => rangeRow(group, group.node, group.bit));
  if (rows.length === 0) return null;
  return {
    name: 'bits',
    title: 'SDC-1 by bit position and node',
    description: worst('the bits with the most SDC-1', nodeBits, ({ node, bit }: BitGroup) => `bit ${bit} of ${node}`),
    spec: rangePanels(rows, 'Bit'),
  };
}

/** Plan the figure of SDC-1 by the cycle of transient faults, one panel per layer; null for permanent faults. */
export function cycleFigure({ cycles }: CampaignSummary): FigurePlan | null {
  const rows = cycles.flatMap((group) => rangeRow(group, group.layer, (group.from + group.to) / 2));
  if (rows.length === 0) return null;
  return {
    name: 'cycles',
    title: 'SDC-1 by cycle and layer',
    description: worst(
      'the cycles with the most SDC-1',
      cycles,
      ({ value, layer }: CycleGroup) => `cycles ${value} of ${layer}`,
    ),
    spec: rangePanels(rows, 'Cycle of the product'),
  };
}

interface RangeRow {
  readonly panel: string;
  readonly at: number;
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
}

function rangeRow({ shares }: Group, panel: string, at: number): RangeRow[] {
  if (!shares) return [];
  const { estimate, wilson } = shares.sdc_1;
  return [{ panel, at, ...inPercent(estimate, ...wilson) }];
}

function rangePanels(rows: readonly RangeRow[], axisTitle: string): TopLevelSpec {
  const panels = [...new Set(rows.map(({ panel }) => panel))];
  return {
    data: { values: rows },
    facet: { field: 'panel', type: 'nominal', sort: panels, title: null, header: { labelAnchor: 'start' } },
    columns: Math.min(2, panels.length),
    resolve: { scale: { x: 'independent' }, axis: { x: 'independent', y: 'independent' } },
    spec: {
      width: panels.length === 1 ? 560 : 270,
      height: 110,
      encoding: {
        x: {
          field: 'at',
          type: 'quantitative',
          title: axisTitle,
          scale: { zero: false, nice: false, padding: 8 },
          axis: { grid: false, tickMinStep: 1, tickCount: 8, format: 'd' },
        },
        y: percentAxis('share', 'SDC-1 (%)', 4),
      },
      layer: [
        {
          mark: { type: 'rule', color: 'mark', strokeWidth: 1.2 },
          encoding: { y: { field: 'lower' }, y2: { field: 'upper' } },
        },
        { mark: { type: 'point', filled: true, color: 'mark', size: 26, opacity: 1 } },
      ],
    },
  };
}

function worst<G extends Group>(what: string, groups: readonly G[], name: (group: G) => string): string {
  const share = ({ shares }: G) => shares?.sdc_1.estimate ?? -1;
  const first = groups.toSorted((a, b) => share(b) - share(a)).slice(0, 3);
  return `Intervals of the share of SDC-1; ${what} are ${first
    .map((group) => `${name(group)} (${(100 * share(group)).toFixed(2)} %)`)
    .join(', ')}.`;
}
