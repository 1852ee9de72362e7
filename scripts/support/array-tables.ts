import { buildDesign } from '../../src/design/build-design.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { type SynthesisReport, synthesise } from '../../src/synth/synthesise.ts';
import { tableLine } from './guide-marks.ts';

/** PEs on a side. */
const SIDE = 4;

/** An array of 4×4 PEs in a table of the guide. */
export interface ArrayCase {
  readonly title: string;
  readonly input: Pick<ArrayInput, 'multiplierStages' | 'multiplierStyle' | 'faultSlots' | 'faultNodes'>;
}

/** Arrays with fault slots at the three registers, on Xilinx. */
export const SLOT_CASES: readonly ArrayCase[] = [1, 2, 4].map((faultSlots) => ({
  title: String(faultSlots),
  input: { faultSlots, faultNodes: ['a', 'b', 'c'] },
}));

/** Arrays with a product register, placed and routed on an iCE40. */
export const CLOCK_CASES: readonly ArrayCase[] = [
  { title: 'inferred, product register', input: { multiplierStages: 1 } },
  { title: 'Booth, product register', input: { multiplierStages: 1, multiplierStyle: 'booth' } },
  {
    title: 'Booth, product register and one between the rows',
    input: { multiplierStages: 2, multiplierStyle: 'booth' },
  },
];

/** Synthesise an output-stationary array of 4×4 PEs, unless the cache has its figures. */
export async function synthesiseArray({ input }: ArrayCase, clock: boolean): Promise<SynthesisReport> {
  const design = buildDesign({
    ...input,
    name: 'mac',
    size: [SIDE, SIDE, SIDE],
    projection: { preset: 'output_stationary', matrix: PRESETS.output_stationary },
    types: { a: 'int8', b: 'int8', c: 'int32' },
  });
  return synthesise(design, { target: clock ? 'ice40' : 'xilinx', clock });
}

/** Print what fault slots add to an array, as a Markdown table. */
export function renderSlots(reports: readonly SynthesisReport[]): string {
  return [
    `Counted with ${reports[0]!.tool}.`,
    '',
    '| fault slots | LUTs of one PE | added to it | LUTs of the array | added to it, per PE | FFs added to it, per PE |',
    '|--:|--:|--:|--:|--:|--:|',
    ...reports.map((report, n) => slotRow(SLOT_CASES[n]!, report)),
  ].join('\n');
}

export function slotRow({ title }: ArrayCase, { pe, total, withoutFaults }: SynthesisReport): string {
  const { pe: barePe, total: bare } = withoutFaults!;
  const perPe = (cells: number) => (cells / (SIDE * SIDE)).toFixed(1);
  const figures = [pe.lut, pe.lut - barePe.lut, total.lut, perPe(total.lut - bare.lut), perPe(total.ff - bare.ff)];
  return tableLine([title, ...figures]);
}

/** Print how fast arrays run, as a Markdown table. */
export function renderClocks(reports: readonly SynthesisReport[]): string {
  return [
    `Placed and routed on ${reports[0]!.device} with ${reports[0]!.tool}.`,
    '',
    '| multiplier | LUTs of one PE | FFs of one PE | MHz | of the first | slowest path | in wires |',
    '|---|--:|--:|--:|--:|---|--:|',
    ...reports.map((report, n) => clockRow(CLOCK_CASES[n]!, report, reports[0]!.clock!.megahertz)),
  ].join('\n');
}

export function clockRow({ title }: ArrayCase, { pe, clock }: SynthesisReport, firstMegahertz: number): string {
  const { from, to, nanoseconds, routingShare } = clock!.criticalPath;
  const path = `${nanoseconds.toFixed(2)} ns from ${register(from)} to ${register(to)}`;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const { megahertz } = clock!;
  const speed = [megahertz.toFixed(1), percent(megahertz / firstMegahertz)];
  return tableLine([title, pe.lut, pe.ff, ...speed, path, percent(routingShare)]);
}

/** A register's name in its PE. */
function register(name: string): string {
  return `\`${name.split('.').at(-1)}\``;
}
