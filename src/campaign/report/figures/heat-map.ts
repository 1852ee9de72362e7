import type { CampaignSummary, PeGroup } from '../campaign-summary.ts';
import type { FigurePlan } from './figure.ts';
import type { ColourName } from './theme.ts';

/** Pixels that the longer side of the array takes at most. */
const SIDE = 560;
const LARGEST_CELL = 34;
const STEPS = 7;

const NOT_RUN = 'no fault run';
const NONE = '0';

/** Plan the map of SDC-1 by PE, each at its own place; null when nothing was run. */
export function heatMap({ pes }: CampaignSummary): FigurePlan | null {
  const shares = pes.flatMap(({ sdc1 }) => (sdc1 ? [100 * sdc1.estimate] : []));
  if (shares.length === 0) return null;
  const classes = heatClasses(Math.max(...shares));
  const values = pes.map((pe) => ({
    x: pe.x - 0.5,
    x2: pe.x + 0.5,
    y: pe.y - 0.5,
    y2: pe.y + 0.5,
    class: classOf(pe),
  }));
  function classOf({ sdc1 }: PeGroup): string {
    if (!sdc1) return NOT_RUN;
    return classes.find(({ upTo }) => 100 * sdc1.estimate <= upTo)!.label;
  }
  const used = [
    ...classes.map(({ label, colour }) => ({ label, colour: colour as string })),
    ...(shares.length < pes.length ? [{ label: NOT_RUN, colour: 'paper' }] : []),
  ];
  const rank = new Map(used.map(({ label }, at) => [label, at]));
  const [x, y] = [extent(pes.map((pe) => pe.x)), extent(pes.map((pe) => pe.y))];
  const cell = Math.min(LARGEST_CELL, SIDE / Math.max(x[1] - x[0], y[1] - y[0]));
  const worst = pes.reduce((most, pe) => ((pe.sdc1?.estimate ?? -1) > (most.sdc1?.estimate ?? -1) ? pe : most));
  const axis = { grid: false, domain: false, tickMinStep: 1, format: 'd', tickCount: 8 } as const;
  const scale = (domain: readonly [number, number]) => ({ domain: [...domain], nice: false, zero: false });
  return {
    name: 'pes',
    title: 'SDC-1 by PE',
    description:
      `The array with its ${pes.length} PEs at their places, darker for more SDC-1; ` +
      `the most is ${(100 * worst.sdc1!.estimate).toFixed(2)} % in PE (${worst.x}, ${worst.y}).`,
    spec: {
      width: Math.round(cell * (x[1] - x[0])),
      height: Math.round(cell * (y[1] - y[0])),
      // Squares of one colour, one after the other, become one path.
      data: { values: values.toSorted((a, b) => rank.get(a.class)! - rank.get(b.class)!) },
      mark: { type: 'rect', strokeWidth: cell >= 6 ? 0.75 : 0 },
      encoding: {
        x: { field: 'x', type: 'quantitative', title: 'PE x', scale: scale(x), axis },
        x2: { field: 'x2' },
        y: { field: 'y', type: 'quantitative', title: 'PE y', scale: scale(y), axis },
        y2: { field: 'y2' },
        stroke: { condition: { test: `datum.class === '${NOT_RUN}'`, value: 'faint' }, value: 'paper' },
        fill: {
          field: 'class',
          type: 'nominal',
          title: 'SDC-1 (%)',
          scale: { domain: used.map(({ label }) => label), range: used.map(({ colour }) => colour) },
          legend: { symbolType: 'square', symbolSize: 180, symbolStrokeColor: 'line', symbolStrokeWidth: 0.5 },
        },
      },
    },
  };
}

interface HeatClass {
  readonly label: string;
  /** In per cent, included. */
  readonly upTo: number;
  readonly colour: ColourName;
}

/** Cut per cent from 0 to `most` into none and ranges of equal, round length. */
function heatClasses(most: number): HeatClass[] {
  const none: HeatClass = { label: NONE, upTo: 0, colour: 'heat0' };
  if (most === 0) return [none];
  const step = roundStep(most / STEPS);
  const text = (value: number) => String(Number(value.toPrecision(6)));
  const count = Math.ceil(most / step - 1e-9);
  // Few ranges take colours far apart.
  const colourOf = (at: number) =>
    `heat${STEPS - Math.round(((count - 1 - at) * (STEPS - 1)) / Math.max(1, count - 1))}`;
  const ranges = Array.from({ length: count }, (_, at) => ({
    label: `${at === 0 ? '>0' : text(at * step)}–${text((at + 1) * step)}`,
    upTo: (at + 1) * step + 1e-9,
    colour: colourOf(at) as ColourName,
  }));
  return [none, ...ranges];
}

/** The least of 1, 2, 2.5, 5 × 10ⁿ that is no smaller. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((step) => step >= least * (1 - 1e-9))!;
}

function extent(values: readonly number[]): readonly [number, number] {
  const reduce = (pick: (a: number, b: number) => number) => values.reduce(pick);
  return [reduce((a, b) => Math.min(a, b)) - 0.5, reduce((a, b) => Math.max(a, b)) + 0.5];
}
