import { moduleNames } from '../design/design.ts';
import { ADDRESS_BITS, MAP_VERSION, TOP_ID, typeCodes } from '../top/register-map.ts';
import { bitRange } from '../top/register-table.ts';
import { GAP_BITS, HEADER_FIELDS, HEADER_MAGIC } from '../top/tile-header.ts';
import {
  describeSchedule,
  START_TO_GRID_CYCLES,
  type TopDesign,
  type TopLane,
  type TopPort,
} from '../top/top-design.ts';
import { laneOf, literal, range } from './verilog.ts';

/** A delay line: its taps as one vector, and which value runs along it. */
interface LineView {
  readonly name: string;
  readonly comment: string;
  readonly value: string;
  readonly widthBits: number;
  readonly length: number;
  readonly range: string;
}

/** An instance of a feeder or collector. */
interface LaneView {
  readonly name: string;
  readonly parameters: string;
  /** The tap that tells that a tile starts on the lane, and the one that tells its slot. */
  readonly start: string;
  readonly slot: string;
  /** The lane's part of the vector at the grid. */
  readonly grid: string;
}

/** A vector between the grid and feeders or collectors. */
interface PortView {
  readonly name: string;
  readonly wire: string;
  readonly range: string;
  /** The strobe that tells which beats are of the matrix whose elements the port carries. */
  readonly beat: string;
  readonly lanes: readonly LaneView[];
  /** What drives lanes that no element ever passes, and lanes of tokens. */
  readonly fixed: readonly { readonly target: string; readonly source: string }[];
}

/**
 * What `top.v.hbs` prints.
 * @param grid the module of the grid: the one that is synthesised, or its rolled model
 */
export function topView(top: TopDesign, grid: string) {
  const { design, streamBits, beats, lastBytes, slots, outSlots, lastFeedCycle, drainCycles } = top;
  const { schedule, spec, faultPort, hash } = design;
  const slotBits = bitsFor(slots);
  const outSlotBits = bitsFor(outSlots);
  const keepBits = streamBits / 8;
  const [n1, n2, n3] = spec.size;
  return {
    top: moduleNames(design).top,
    grid,
    streamBits,
    dataRange: range(streamBits),
    keepRange: range(keepBits),
    addressRange: range(ADDRESS_BITS),
    wordRange: range(ADDRESS_BITS - 2),
    slotRange: `[${slotBits - 1}:0] `,
    outSlotRange: `[${outSlotBits - 1}:0] `,
    gapRange: range(GAP_BITS),
    addressBits: ADDRESS_BITS,
    keepBits,
    gapBits: GAP_BITS,
    magic: literal(8, HEADER_MAGIC),
    headerFields: HEADER_FIELDS.map((field) => ({
      bits: bitRange(field).replace(' … ', '..').padEnd(6),
      name: field.name.padEnd(6),
      does: field.does,
    })),
    defaultSchedule: describeSchedule(top),
    returnGap: top.returnGapCycles,
    beats,
    lastBytes,
    slots,
    slotBits,
    outSlots,
    outSlotBits,
    burst: top.burst,
    interval: top.intervalCycles,
    startToGrid: START_TO_GRID_CYCLES,
    hashLiteral: literal(64, BigInt(`0x${hash}`)),
    idLiteral: literal(32, TOP_ID),
    versionLiteral: literal(32, MAP_VERSION),
    typesLiteral: literal(24, typeCodes(spec.types)),
    sides: { n1, n2, n3 },
    faults: spec.faultSlots > 0,
    faultPort,
    faultRanges: {
      slots: `[${spec.faultSlots - 1}:0] `,
      pe: `[${spec.faultSlots * faultPort.peBits - 1}:0] `,
      node: `[${spec.faultSlots * faultPort.nodeBits - 1}:0] `,
      kind: `[${spec.faultSlots * 2 - 1}:0] `,
      data: `[${spec.faultSlots * faultPort.dataBits - 1}:0] `,
    },
    lines: [
      line('starts', 'a tile starts', 'start', 1, drainCycles + 1),
      line('starts_with_c', 'a tile starts that brings a C', 'start_with_c', 1, drainCycles + 1),
      line('lasts', 'the last tile of a job starts', 'start_last', 1, drainCycles + 1),
      line('slots', 'slot of its elements', 'start_slot', slotBits, Math.max(2, lastFeedCycle + 1)),
      line('out_slots', 'slot of its results', 'start_out_slot', outSlotBits, schedule.latencyCycles + 2),
    ],
    fedTap: `starts[${lastFeedCycle}]`,
    doneTap: `starts[${schedule.latencyCycles + 1}]`,
    drainedTap: `lasts[${drainCycles}]`,
    firstTap: 'starts[0]',
    endTap: `lasts[${schedule.latencyCycles}]`,
    ports: [
      ...top.ports.map((port) => feedView(top, port, slotBits)),
      ...top.tokens.map((port) => tokenView(top, port)),
    ],
    output: collectView(top, outSlotBits),
  };
}

/** The modules of `rtl/` that a top module instantiates, besides those of its grid. */
export function topLibrary({ design }: TopDesign): string[] {
  const faults = ['espalier_fault_slot.v', 'espalier_fault_slots.v'];
  return [
    'espalier_axil.v',
    'espalier_collect_lane.v',
    'espalier_delay_line.v',
    ...(design.spec.faultSlots > 0 ? faults : []),
    'espalier_feed_lane.v',
    'espalier_job_cycle.v',
    'espalier_loader.v',
    'espalier_packer.v',
    'espalier_ram.v',
    'espalier_registers.v',
    'espalier_sequencer.v',
    'espalier_skid.v',
    'espalier_turns.v',
    'espalier_walk.v',
  ];
}

function line(name: string, comment: string, value: string, widthBits: number, length: number): LineView {
  return { name, comment, value, widthBits, length, range: `[${length * widthBits - 1}:0] ` };
}

function feedView(top: TopDesign, port: TopPort, slotBits: number): PortView {
  const { lanes, laneBits } = top.design.inputs.find(({ name }) => name === port.name)!;
  const wire = wireOf(port.name);
  const starts = port.line === 'c' ? 'starts_with_c' : 'starts';
  const stored = new Set(port.lanes.map(({ lane }) => lane));
  return {
    name: port.name,
    wire,
    range: `[${lanes * laneBits - 1}:0] `,
    beat: `beat_${port.line}`,
    lanes: port.lanes.map((lane) => ({
      name: `u_${wire}_${lane.lane}`,
      parameters: laneParameters(lane, laneBits, top.burst, top.slots, slotBits),
      start: `${starts}[${lane.cycle}]`,
      slot: tap('slots', lane.cycle, slotBits),
      grid: laneOf(wire, lane.lane, laneBits, lanes),
    })),
    fixed: Array.from({ length: lanes }, (_, lane) => lane)
      .filter((lane) => !stored.has(lane))
      .map((lane) => ({ target: laneOf(wire, lane, laneBits, lanes), source: `${laneBits}'d0` })),
  };
}

/** A token is the very fact that a tile starts, as late as a feeder would bring it. */
function tokenView(top: TopDesign, port: TopDesign['tokens'][number]): PortView {
  const { lanes } = top.design.inputs.find(({ name }) => name === port.name)!;
  const wire = wireOf(port.name);
  const cycles = new Map(port.lanes.map(({ lane, cycle }) => [lane, cycle]));
  return {
    name: port.name,
    wire,
    range: `[${lanes - 1}:0] `,
    beat: '',
    lanes: [],
    fixed: Array.from({ length: lanes }, (_, lane) => {
      const cycle = cycles.get(lane);
      const source = cycle === undefined ? "1'b0" : `starts[${cycle + 2}]`;
      return { target: lanes === 1 ? wire : `${wire}[${lane}]`, source };
    }),
  };
}

function collectView(top: TopDesign, outSlotBits: number): PortView & { readonly beats: readonly string[] } {
  const { lanes, laneBits, name } = top.design.output;
  const wire = wireOf(name);
  const views = top.output.lanes.map((lane) => ({
    name: `u_${wire}_${lane.lane}`,
    beat: `beat_${wire}_${lane.lane}`,
    parameters: laneParameters(lane, laneBits, top.burst, top.outSlots, outSlotBits),
    start: `starts[${lane.cycle + 2}]`,
    slot: tap('out_slots', lane.cycle + 2, outSlotBits),
    grid: laneOf(wire, lane.lane, laneBits, lanes),
  }));
  return {
    name,
    wire,
    range: `[${lanes * laneBits - 1}:0] `,
    beat: '',
    lanes: views,
    fixed: [],
    beats: views.map(({ beat }) => beat),
  };
}

/** The wires between grid and feeders are named after the grid's ports: `a_i` is fed by `grid_a`. */
function wireOf(port: string): string {
  return `grid_${port.slice(0, -2)}${port.endsWith('_o') ? '_out' : ''}`;
}

function tap(name: string, index: number, widthBits: number): string {
  return widthBits === 1 ? `${name}[${index}]` : `${name}[${(index + 1) * widthBits - 1}:${index * widthBits}]`;
}

function laneParameters(lane: TopLane, widthBits: number, period: number, slots: number, slotBits: number): string {
  const values = {
    WIDTH: widthBits,
    ELEMENTS: lane.elements,
    FIRST: lane.first,
    STRIDE: lane.stride,
    COUNT: lane.count,
    DESCENDING: lane.descending ? 1 : 0,
    PERIOD: period,
    BANKS: lane.banks,
    UNIT: lane.unit,
    SLOTS: slots,
    SLOT_BITS: slotBits,
  };
  return Object.entries(values)
    .map(([name, value]) => `.${name}(${value})`)
    .join(', ');
}

/** Bits that count from 0 to count − 1, at least one. */
function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}
