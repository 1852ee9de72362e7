import { grouped } from '../number-text.ts';
import { type ArrayCells, type SynthesisReport, synthesise } from '../synth/synthesise.ts';
import { CELL_KINDS, type TargetName, targetOf } from '../synth/targets.ts';
import { openArray, type TopFlags, topOf } from './array.ts';
import type { Action } from './program.ts';
import { percent, table } from './text.ts';

interface Flags extends TopFlags {
  readonly target: TargetName;
  readonly device?: string;
  readonly dsp: boolean;
  readonly clock?: boolean;
}

/** What `espalier synth --json` prints. */
export interface SynthDocument extends SynthesisReport {
  readonly array: string;
  readonly hash: string;
  readonly pes: number;
  readonly faultSlots: number;
}

export const synth: Action<[spec: string], Flags> = async ({ signal, progress, report }, [spec], flags) => {
  const { design } = openArray(spec);
  const top = topOf(design, flags);
  const found = await synthesise(
    design,
    { ...flags, top },
    {
      signal,
      onProgress: (what, done, total) => progress.tell(what, done, total),
    },
  );
  const document: SynthDocument = {
    array: design.name,
    hash: design.hash,
    pes: design.pes.length,
    faultSlots: design.spec.faultSlots,
    ...found,
  };
  report(document, describe(document));
};

function describe(document: SynthDocument): string[] {
  const { array, pes, target, device, dsp, tool, withoutFaults, top, clock } = document;
  const counted = [...arraysOf(document).flatMap(({ pe, total }) => [pe, total]), ...(top ? [top.cells] : [])];
  const others = [...new Set(counted.flatMap(otherTypes))];
  const row = (what: string, cells: ArrayCells['pe']) => [
    what,
    ...CELL_KINDS.map((kind) => cells[kind]),
    ...others.map((type) => cells.other[type] ?? 0),
  ];
  const rows = [
    row('one PE', document.pe),
    row(`grid of ${pes} PEs`, document.total),
    ...(withoutFaults
      ? [row('one PE without faults', withoutFaults.pe), row('grid without faults', withoutFaults.total)]
      : []),
    ...(top ? [row(`top module of ${top.streamBits} bits`, top.cells)] : []),
  ];
  return [
    `${array} on ${targetOf(target).title} ${device}${dsp ? '' : ', no DSPs'}, ${tool}`,
    ...table([['', 'LUT', 'FF', 'carry', 'DSP', 'mux', ...others], ...rows]),
    ...describeOverhead(document),
    ...(clock ? describeClock(clock) : []),
  ];
}

function arraysOf({ pe, total, withoutFaults }: SynthDocument): ArrayCells[] {
  return [{ pe, total }, ...(withoutFaults ? [withoutFaults] : [])];
}

function otherTypes({ other }: ArrayCells['pe']): string[] {
  return Object.keys(other);
}

function describeOverhead({ pe, total, withoutFaults, faultSlots }: SynthDocument): string[] {
  if (withoutFaults === null) return [];
  const more = (kind: 'lut' | 'ff') =>
    `${grouped(pe[kind] - withoutFaults.pe[kind])} per PE, ${grouped(total[kind] - withoutFaults.total[kind])} in all`;
  const slots = faultSlots === 1 ? '1 fault slot takes' : `${faultSlots} fault slots take`;
  return [`${slots} LUTs: ${more('lut')}; flip-flops: ${more('ff')}`];
}

function describeClock({ megahertz, logicCells, criticalPath }: NonNullable<SynthDocument['clock']>): string[] {
  const { from, to, nanoseconds, routingShare } = criticalPath;
  return [
    `placed and routed: ${megahertz.toFixed(1)} MHz, ${logicCells} logic cells with the shift registers at the pins`,
    `slowest path: ${nanoseconds.toFixed(2)} ns, ${percent(routingShare)} in wires, from ${from} to ${to}`,
  ];
}
