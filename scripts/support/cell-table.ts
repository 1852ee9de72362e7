import { tableLine } from './guide-marks.ts';
import type { CountedCells, PeCase, TableTarget } from './synthesise-pe.ts';

/** A line of the table: a PE on a target. */
export interface SynthesisRow {
  readonly pe: PeCase;
  readonly target: TableTarget;
  readonly cells: CountedCells;
}

const INT8: PeCase['types'] = { a: 'int8', b: 'int8', c: 'int32' };
const FLOATS: readonly PeCase['types'][] = [
  { a: 'float32', b: 'float32', c: 'float32' },
  { a: 'bfloat16', b: 'bfloat16', c: 'float32' },
];

/** Faults at the three registers alone. */
const REGISTERS: PeCase['faultNodes'] = ['a', 'b', 'c'];

/** The PEs of the guide, in its order. */
export const PE_CASES: readonly PeCase[] = [
  ...[0, 1].flatMap((multiplierStages) =>
    [
      { faultSlots: 0 },
      { faultSlots: 1 },
      ...[1, 2, 4].map((faultSlots) => ({ faultSlots, faultNodes: REGISTERS })),
    ].map((faults): PeCase => ({ types: INT8, multiplierStages, adderStages: 1, ...faults })),
  ),
  ...[0, 1, 2, 4].map(
    (faultSlots): PeCase => ({
      types: INT8,
      multiplierStages: 0,
      adderStages: 1,
      multiplierStyle: 'booth',
      faultSlots,
      faultNodes: faultSlots === 0 ? null : REGISTERS,
    }),
  ),
  ...FLOATS.flatMap((types) =>
    [
      [0, 1],
      [1, 1],
      [3, 4],
    ].flatMap(([multiplierStages, adderStages]) =>
      [0, 1].map(
        (faultSlots): PeCase => ({ types, multiplierStages: multiplierStages!, adderStages: adderStages!, faultSlots }),
      ),
    ),
  ),
];

const HEADINGS = [
  ['multiplier / adder stages', '---'],
  ['fault slots', '---'],
  ['target', '---'],
  ...['LUT', 'FF', 'carry', 'DSP', 'mux', 'estimated LCs'].map((name) => [name, '--:']),
  ['other', '---'],
] as const;

/** Print rows as one Markdown table for each set of dtypes, below a line about the tool. */
export function renderTables(rows: readonly SynthesisRow[]): string {
  const sections = Map.groupBy(rows, ({ pe }) => tableTitle(pe));
  const tables = Array.from(sections, ([title, group]) =>
    [
      `### ${title}`,
      '',
      tableLine(HEADINGS.map(([name]) => name)),
      `|${HEADINGS.map(([, rule]) => rule).join('|')}|`,
      ...group.map(renderRow),
    ].join('\n'),
  );
  return [toolLine(rows[0]!.cells), ...tables].join('\n\n');
}

/** The title of the table that a PE belongs to. */
export function tableTitle({ types }: PeCase): string {
  return `${types.a} × ${types.b} + ${types.c}`;
}

/** Print one row. */
export function renderRow({ pe, target, cells }: SynthesisRow): string {
  const { lut, ff, carry, dsp, mux, other, estimatedLogicCells } = cells;
  const others = Object.entries(other).map(([type, count]) => `${count} ${type}`);
  const stages = `${pe.multiplierStages} / ${pe.adderStages}${pe.multiplierStyle === 'booth' ? ', Booth' : ''}`;
  const slots = pe.faultNodes ? `${pe.faultSlots} on ${pe.faultNodes.join(', ')}` : pe.faultSlots;
  const figures = [lut, ff, carry, dsp, mux, estimatedLogicCells ?? '–'];
  return tableLine([stages, slots, target.name, ...figures, others.join(', ') || '–']);
}

/** The sentence on the tool that the figures belong to. */
export function toolLine({ tool }: CountedCells): string {
  return `Counted with ${tool}.`;
}

/** A figure of a PE for int8 × int8 + int32 on Xilinx 7 that has a limit. */
export interface Limit {
  readonly title: string;
  readonly atMost: number;
  readonly kind: 'lut' | 'ff' | 'dsp';
  readonly pe: PeCase;
  /** The PE without fault slots, where what these add has the limit and not the whole. */
  readonly bare: PeCase | null;
  readonly dsp: boolean;
}

const BARE: PeCase = { types: INT8, multiplierStages: 0, adderStages: 1, faultSlots: 0 };
const SLOT: PeCase = { ...BARE, faultSlots: 1, faultNodes: REGISTERS };
const BOOTH = { multiplierStyle: 'booth' } as const;

const ADDED = 'LUTs that a fault slot on a, b and c adds to the PE';

export const LIMITS: readonly Limit[] = [
  { title: 'LUTs, no DSP, Booth', atMost: 117, kind: 'lut', pe: { ...BARE, ...BOOTH }, bare: null, dsp: false },
  { title: 'FFs, no DSP, Booth', atMost: 98, kind: 'ff', pe: { ...BARE, ...BOOTH }, bare: null, dsp: false },
  { title: 'DSPs', atMost: 1, kind: 'dsp', pe: BARE, bare: null, dsp: true },
  { title: 'LUTs beside the DSP', atMost: 60, kind: 'lut', pe: BARE, bare: null, dsp: true },
  { title: `${ADDED}, beside a DSP`, atMost: 60, kind: 'lut', pe: SLOT, bare: BARE, dsp: true },
  {
    title: `${ADDED}, no DSP, Booth`,
    atMost: 60,
    kind: 'lut',
    pe: { ...SLOT, ...BOOTH },
    bare: { ...BARE, ...BOOTH },
    dsp: false,
  },
];

/** Print figures beside their limits. */
export function renderLimits(reached: readonly number[]): string {
  const rows = LIMITS.map((limit, n) => limitRow(limit, reached[n]!));
  return ['| PE for int8 × int8 + int32, Xilinx 7 | at most | reached |', '|---|--:|--:|', ...rows].join('\n');
}

export function limitRow({ title, atMost }: Limit, reached: number): string {
  return tableLine([title, atMost, reached]);
}
