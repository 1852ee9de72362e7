import { moduleNames } from '../design/design.ts';
import { literal } from '../emit/verilog.ts';
import {
  ADDRESS_BITS,
  addressOf,
  FAULT_BASE,
  FAULT_STRIDE,
  faultAddressOf,
  fieldMask,
  PACKET_ERRORS,
  TOP_ID,
} from '../top/register-map.ts';
import { identityOf, prepareWrites, type RegisterWrite, softResetWrite } from '../top/register-writes.ts';
import { jobClocks, type TopDesign } from '../top/top-design.ts';
import { brokenPackets, spacedTiles } from './altered-tiles.ts';
import { BeatList, type BeatRange } from './beat-list.ts';
import type { TopTestRun } from './top-test-runs.ts';

/** Clocks without a beat or an access, beyond those of the longest tile, after which the core stands still. */
const PATIENCE_CLOCKS = 10_000;

/** Tiles for which the buffers of both streams have room besides: packets may be as short as one beat on the way out. */
const BUFFERED = 6;

/** Clocks in which sides that wait now and then do not move, beyond those of the longest tile. */
const STILL_CLOCKS = 200;

/** What the template of the testbench of a top module prints. */
export function topTestbenchView(top: TopDesign, runs: readonly TopTestRun[]) {
  const { design, streamBits, drainCycles, intervalCycles } = top;
  const { name, hash, toolVersion } = design;
  const keepBits = streamBits / 8;
  const tileBeats = new BeatList(streamBits);
  const resultBeats = new BeatList(streamBits);
  const views = runs.map((run, number) => ({
    number,
    title: run.title,
    writes: prepareWrites(top, run.faults).map(accessView),
    ...addJob(top, run, tileBeats, resultBeats),
    fired: run.firedCycles.map((cycles, slot) => accessView({ address: faultAddressOf(slot, 'FIRED'), value: cycles })),
  }));
  const [first] = runs;
  const again = views[0]!;
  const { tiles } = first!;
  const times = Math.ceil((top.slots + top.outSlots + BUFFERED) / tiles.length);
  const broken = brokenPackets(top, tiles).map(({ what, error, packet }) => {
    return { what, ...tileBeats.add([packet]), flag: statusOf(error) };
  });
  const spaced = spacedTiles(top, tiles);
  const spacedBeats = tileBeats.add(spaced.tiles);
  const spacedView = {
    ...again,
    ...rangeView(spacedBeats),
    ...lengthsView(top, spaced.lastStart + design.schedule.latencyCycles, 1),
  };
  // A tile that is the last of its job, whose result waits at a soft reset, and half of another one.
  const cut = tileBeats.add([tiles.at(-1)!, tiles[0]!]);
  const middle = cut.to - Math.floor(tiles[0]!.last.length / 2);
  const begun = { from: again.tileFrom, to: again.tileEnd - tiles.at(-1)!.last.length };
  const alone = { from: spacedBeats.from, to: spacedBeats.from + tiles[0]!.last.length };
  // Job 0 again after each.
  const resets = softResets(top, { cut, middle, begun, alone });
  return {
    name,
    hash,
    toolVersion,
    top: moduleNames(design).top,
    module: moduleNames(design).topTestbench,
    jobCount: runs.length + 1 + times + resets.length,
    dataBits: streamBits,
    dataRange: `[${streamBits - 1}:0] `,
    keepRange: `[${keepBits - 1}:0] `,
    keepBits,
    addressRange: `[${ADDRESS_BITS - 1}:0] `,
    patienceClocks: PATIENCE_CLOCKS + 4 * (drainCycles + intervalCycles),
    stillClocks: STILL_CLOCKS + 2 * (drainCycles + intervalCycles) + spaced.mostGap,
    identity: Object.entries(identityOf(top)).map(([register, value]) => ({
      ...accessView({ address: addressOf(register), value }),
      register,
    })),
    runs: views,
    refused: {
      written: accessView({ address: addressOf('ID'), value: TOP_ID }),
      // Before the fault slots, and behind them unless they fill the map.
      absent: [FAULT_BASE - 4, FAULT_BASE + design.spec.faultSlots * FAULT_STRIDE]
        .filter((address) => address < 2 ** ADDRESS_BITS)
        .map((address) => accessView({ address, value: 0 })),
    },
    withoutFaults: prepareWrites(top, []).map(accessView),
    broken,
    spaced: spacedView,
    clear: controlView('ENABLE', 'CLEAR'),
    enable: controlView('ENABLE'),
    held: {
      ...again,
      times,
      count: literal(32, times * tiles.length),
      ...lengthsView(top, first!.cycles, times),
      disable: controlView('CLEAR'),
    },
    resets,
    again,
    kept: keptAccesses(top, runs.at(-1)!),
    registers: Object.fromEntries(
      ['STATUS', 'TILES_IN', 'TILES_OUT', 'CYCLE', 'CLOCKS', 'FROZEN_CLOCKS']
        .map((register) => [register, literal(ADDRESS_BITS, addressOf(register))])
        .concat([['CYCLE_HIGH', literal(ADDRESS_BITS, addressOf('CYCLE', 1))]]),
    ),
    busy: statusOf('BUSY'),
    isRunning: statusOf('RUNNING'),
    forgetAlone: controlView('ENABLE', 'FORGET_PACKET'),
    moving: statusOf('BUSY', 'RUNNING', 'FROZEN', 'NO_TILE', 'NO_ROOM'),
    errors: statusOf('SLIPPED', ...PACKET_ERRORS),
    tileBeats: tileBeats.literals,
    tileBeatCount: tileBeats.length,
    resultBeats: resultBeats.literals,
    resultBeatCount: resultBeats.length,
  };
}

/** Put the beats of a job behind those before; tells where they lie, how many packets there are, and how long it takes. */
function addJob(top: TopDesign, { tiles, results, cycles }: TopTestRun, tileBeats: BeatList, resultBeats: BeatList) {
  const { from, to } = resultBeats.add(results);
  return {
    ...rangeView(tileBeats.add(tiles)),
    resultFrom: from,
    resultEnd: to,
    count: literal(32, tiles.length),
    ...lengthsView(top, cycles, 1),
  };
}

function rangeView({ from, to }: BeatRange) {
  return { tileFrom: from, tileEnd: to };
}

/** How long a job of so many cycles takes, and the clocks in which the grid works for so many of them. */
function lengthsView(top: TopDesign, cycles: number, times: number) {
  return { cycles: literal(32, cycles), worked: literal(32, times * jobClocks(top, cycles)) };
}

interface ResetBeats {
  /** A tile that is the last of its job and another one, cut at `middle`. */
  readonly cut: BeatRange;
  readonly middle: number;
  /** A job without its last tile. */
  readonly begun: BeatRange;
  /** A tile with a long gap behind it. */
  readonly alone: BeatRange;
}

/** The soft resets of the testbench: what comes before each, and what must be so when it comes. */
function softResets({ outSlots, beats }: TopDesign, { cut, middle, begun, alone }: ResetBeats) {
  const [plain, forgetful] = [accessView(softResetWrite()), accessView(softResetWrite({ forgetPacket: true }))];
  // The packer and the buffer behind it keep three beats.
  const roomFor = outSlots + Math.floor(3 / beats.c);
  return [
    {
      ...plain,
      when: 'while a result waits at its first beat and a packet is half in, whose rest is dropped',
      from: cut.from,
      to: middle,
      rest: cut.to,
      times: 1,
      hold: 'hold',
      waits: 'm_axis_tvalid',
    },
    {
      ...forgetful,
      when: 'while a result waits at its last beat and a packet is half in, whose rest never comes',
      from: cut.from,
      to: middle,
      times: 1,
      hold: 'hold_last',
      waits: '(m_axis_tvalid && m_axis_tlast)',
    },
    { ...plain, when: 'while a tile is in the grid', ...alone, times: 1, running: statusOf('BUSY', 'RUNNING') },
    {
      ...forgetful,
      when: 'while the grid stands still for want of a tile',
      ...begun,
      times: 1,
      still: statusOf('BUSY', 'RUNNING', 'FROZEN', 'NO_TILE'),
    },
    {
      ...plain,
      when: 'while the grid stands still for want of room',
      ...alone,
      times: roomFor + 1,
      hold: 'hold',
      still: statusOf('BUSY', 'RUNNING', 'FROZEN', 'NO_ROOM'),
    },
  ];
}

/** What the registers of the fault slots read after jobs of which the last one with faults has set them up. */
function keptAccesses(top: TopDesign, { faults }: TopTestRun) {
  const values = new Map<number, number>();
  for (const { address, value } of prepareWrites(top, faults)) values.set(address, value);
  for (const { address, value } of prepareWrites(top, [])) values.set(address, value);
  values.delete(addressOf('CONTROL'));
  return [...values].map(([address, value]) => accessView({ address, value }));
}

/** Fields of STATUS that are set together. */
function statusOf(...fields: readonly string[]): string {
  return literal(32, fieldMask('STATUS', ...fields));
}

/** A write to CONTROL that sets these fields and no other. */
function controlView(...fields: readonly string[]) {
  return accessView({ address: addressOf('CONTROL'), value: fieldMask('CONTROL', ...fields) });
}

/** A register and what is written to it, or must be read from it. */
function accessView({ address, value }: RegisterWrite) {
  return { address: literal(ADDRESS_BITS, address), value: literal(32, value) };
}
