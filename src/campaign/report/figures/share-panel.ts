import type { TopLevelSpec } from 'vega-lite';
import type { Estimate } from '../campaign-summary.ts';
import { shareText } from '../page/numbers.ts';

/** One share of a figure. */
export interface ShareRow {
  readonly label: string;
  readonly share: Estimate;
}

/** An estimate in per cent, as Vega gets it. */
export interface PercentRow {
  readonly label: string;
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
}

const WIDTH = 420;

/** A bar shows a part of a whole, a point one of several values to compare. */
export type ShareMark = 'bar' | 'point';

export type SharePanel = Extract<TopLevelSpec, { layer: unknown }>;

/** Plan a panel of horizontal shares with their intervals and, at the right, their numbers. */
export function sharePanel(rows: readonly ShareRow[], axisTitle: string, mark: ShareMark): SharePanel {
  const values = rows.map(percentRow);
  const y = { field: 'label', type: 'nominal', sort: null, title: null } as const;
  return {
    width: WIDTH,
    height: { step: 24 },
    data: { values },
    encoding: {
      y: { ...y, axis: { ticks: false, domain: mark === 'bar', grid: mark === 'point', labelPadding: 8 } },
      x: percentAxis('share', axisTitle, 6),
    },
    layer: [
      mark === 'bar'
        ? { mark: { type: 'bar', color: 'bar', height: { band: 0.62 } } }
        : { mark: { type: 'point', filled: true, color: 'mark', size: 50, opacity: 1 } },
      {
        mark: { type: 'rule', color: mark === 'bar' ? 'ink' : 'mark', strokeWidth: 1.5 },
        encoding: { x: { field: 'lower' }, x2: { field: 'upper' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 11 },
        encoding: { text: { field: 'text' }, x: { value: WIDTH + 12 } },
      },
    ],
  };
}

/** Put an estimate in per cent. */
function percentRow({ label, share }: ShareRow): PercentRow {
  const [lower, upper] = share.wilson;
  return { label, ...inPercent(share.estimate, lower, upper), text: shareText(share) };
}

export function inPercent(share: number, lower: number, upper: number) {
  return { share: 100 * share, lower: 100 * lower, upper: 100 * upper };
}

/** An axis of per cent from 0. */
export function percentAxis(field: string, title: string, tickCount: number) {
  return {
    field,
    type: 'quantitative',
    title,
    scale: { zero: true, nice: true },
    axis: { format: '~f', tickCount },
  } as const;
}
