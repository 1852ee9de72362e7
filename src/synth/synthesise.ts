import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import { EspalierError, ProcessError } from '../errors.ts';
import { unknownWord } from '../spec/suggest.ts';
import type { TopDesign } from '../top/top-design.ts';
import { carryOut, type SynthesisControl } from './carry-out.ts';
import { type CellCounts, countCells } from './cells.ts';
import { type ClockReport, readClockReport } from './clock.ts';
import { type LimitedCells, refuseMisfit } from './fit.ts';
import { findNextpnr } from './nextpnr.ts';
import { pinRegisters } from './pin-wrapper.ts';
import { type Mapping, planCells, planClock, type SynthesisPlan } from './plan.ts';
import { type Device, TARGETS, type Target, type TargetName, targetOf } from './targets.ts';
import { findYosys } from './yosys.ts';

export interface SynthesisOptions {
  readonly target: TargetName;
  /** One of the target's devices; its first when left out. */
  readonly device?: string | undefined;
  /** Whether multipliers may become DSPs; true when left out. */
  readonly dsp?: boolean | undefined;
  /** The top module of the design, to be counted too; its cells decide whether the array fits. */
  readonly top?: TopDesign | undefined;
  /** Whether to place and route, for the clock frequency; iCE40 only. */
  readonly clock?: boolean | undefined;
}

/** The cells of an array: of one PE by itself, and of the grid with all its PEs. */
export interface ArrayCells {
  readonly pe: CellCounts;
  readonly total: CellCounts;
}

/** What the synthesis of an array found. */
export interface SynthesisReport extends ArrayCells {
  readonly target: TargetName;
  readonly device: string;
  readonly dsp: boolean;
  readonly tool: string;
  /** The same array without fault slots; null where it has none. */
  readonly withoutFaults: ArrayCells | null;
  /** The top module, with the grid in it; null where it was not asked for. */
  readonly top: { readonly streamBits: number; readonly cells: CellCounts } | null;
  readonly clock: ClockReport | null;
}

/**
 * Synthesise an array: count the cells of its PE and of the whole, with fault slots also of the array without these, and
 * on request place and route it.
 * @throws {EspalierError} for an unknown device, an array that does not fit the device, or a clock of another target
 * than iCE40, {ToolMissingError} without nextpnr where it is needed, {ProcessError} where a tool fails or warns
 */
export async function synthesise(
  design: Design,
  options: SynthesisOptions,
  { signal, onProgress }: SynthesisControl = {},
): Promise<SynthesisReport> {
  const target = knownTarget(options.target);
  const device = deviceOf(target, options.device);
  const { dsp = true, clock = false, top } = options;
  if (clock && device.ice40 === null) {
    throw new EspalierError(`clock frequencies are found for ice40 only, received target ${target.name}`);
  }
  const nextpnr = clock ? await findNextpnr() : null;
  const mapping: Mapping = { target, device, dsp, yosys: await findYosys() };
  const bare = design.spec.faultSlots === 0 ? null : buildDesign({ ...design.spec, faultSlots: 0 });
  const total = 2 + (bare === null ? 0 : 2) + (clock ? 1 : 0) + (top ? 1 : 0);
  let done = 0;
  const outcome = async (plan: SynthesisPlan): Promise<string> => {
    const text = await carryOut(plan, { signal, onStart: () => onProgress?.(plan.title, done, total) });
    done += 1;
    return text;
  };
  const countPart = async (array: Design, part: Parameters<typeof planCells>[1]) =>
    countCells(await outcome(planCells(array, part, mapping)), target);
  const pe = await countPart(design, 'pe');
  // Large grids take minutes, in vain where their PEs are too many already.
  refuseMisfit(design.name, timesOver(limited(pe, target), design.pes.length), target, device, 'pes');
  const cells: ArrayCells = { pe, total: await countPart(design, 'grid') };
  refuseMisfit(design.name, limited(cells.total, target), target, device);
  if (clock) {
    const needed = limited(cells.total, target);
    // A flip-flop behind another one, with no LUT before it, takes a logic cell and so its LUT.
    const registers = pinRegisters(design);
    const placed = { ...needed, lut: needed.lut + registers, ff: needed.ff + registers };
    refuseMisfit(`${design.name} with the shift registers at its pins`, placed, target, device);
  }
  const topCells = top ? await countPart(design, top) : null;
  if (topCells) refuseMisfit(`${design.name} with its top module`, limited(topCells, target), target, device);
  const withoutFaults = bare && { pe: await countPart(bare, 'pe'), total: await countPart(bare, 'grid') };
  const report =
    nextpnr === null
      ? null
      : readClockReport(await orMisfit(design, device, outcome(planClock(design, mapping, nextpnr))));
  const tool = nextpnr === null ? mapping.yosys.version : `${mapping.yosys.version}, ${nextpnr.version}`;
  return {
    target: target.name,
    device: device.name,
    dsp,
    tool,
    ...cells,
    withoutFaults,
    top: top && topCells ? { streamBits: top.streamBits, cells: topCells } : null,
    clock: report,
  };
}

/** What of the cells a device has only so many of. */
function limited({ lut, ff, dsp, other }: CellCounts, { memories }: Target): LimitedCells {
  const taken = (what: 'ram' | 'lut') =>
    Object.entries(other).reduce((sum, [type, count]) => sum + count * (memories[type]?.[what] ?? 0), 0);
  return { lut: lut + taken('lut'), ff, dsp, ram: taken('ram') };
}

function timesOver({ lut, ff, dsp, ram }: LimitedCells, count: number): LimitedCells {
  return { lut: lut * count, ff: ff * count, dsp: dsp * count, ram: ram * count };
}

/** What nextpnr says, or how the embedded one ends, when it finds no place for a cell. */
const NO_PLACE = /unable to (find|place)|failed to place|no bels remaining|RuntimeError: unreachable/i;

/** Say in a sentence that nextpnr has found no place for everything; how, is with the error of the process. */
async function orMisfit(design: Design, device: Device, report: Promise<string>): Promise<string> {
  try {
    return await report;
  } catch (cause) {
    if (!(cause instanceof ProcessError) || !/nextpnr-ice40 --/.test(cause.failure.command)) throw cause;
    if (!NO_PLACE.test(cause.failure.stderrTail)) throw cause;
    throw new EspalierError(
      `nextpnr finds no place for ${design.name}, with the shift registers at its pins, on ${device.name}; a larger device may do`,
      { cause },
    );
  }
}

function knownTarget(name: TargetName): Target {
  if (!TARGETS.includes(name)) throw new EspalierError(unknownWord('target', String(name), TARGETS));
  return targetOf(name);
}

function deviceOf({ name, devices }: Target, wanted: string | undefined): Device {
  if (wanted === undefined) return devices[0]!;
  const device = devices.find((candidate) => candidate.name === wanted);
  if (device) return device;
  const known = devices.map((candidate) => candidate.name);
  throw new EspalierError(unknownWord(`${name} device`, wanted, known));
}
