import { moduleNames } from '../design/design.ts';
import { literal } from '../emit/verilog.ts';
import {
  ADDRESS_BITS,
  addressOf,
  FAULT_BASE,
  faultAddressOf,
  fieldMask,
  PACKET_ERRORS,
  TOP_ID,
} from '../top/register-map.ts';
import { identityOf, prepareWrites, type RegisterWrite, softResetWrite } from '../top/register-writes.ts';
import type { TopDesign } from '../top/top-design.ts';
import { keepBytesOf, type StreamBeats } from '../top/transport.ts';
import { brokenPackets } from './broken-packets.ts';
import { fromLittleEndian } from './test-vectors.ts';
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
    ...addJob(run, tileBeats, resultBeats),
    fired: run.firedCycles.map((cycles, slot) => accessView({ address: faultAddressOf(slot, 'FIRED'), value: cycles })),
  }));
  const again = views[0]!;
  const { tiles } = runs[0]!;
  const times = Math.ceil((top.slots + top.outSlots + BUFFERED) / tiles.length);
  const broken = brokenPackets(top, tiles[0]!).map(({ error, packet }) => {
    const from = tileBeats.length;
    tileBeats.add([packet]);
    return { error, from, to: tileBeats.length, flag: literal(32, fieldMask('STATUS', error)) };
  });
  // At a soft reset the result of one tile waits and half of the next one is in.
  const cutFrom = tileBeats.length;
  tileBeats.add([tiles.at(-1)!, tiles[0]!]);
  const cutTo = tileBeats.length;
  return {
    name,
    hash,
    toolVersion,
    top: moduleNames(design).top,
    module: moduleNames(design).topTestbench,
    jobCount: runs.length + times + 2,
    dataBits: streamBits,
    dataRange: `[${streamBits - 1}:0] `,
    keepRange: `[${keepBits - 1}:0] `,
    keepBits,
    addressRange: `[${ADDRESS_BITS - 1}:0] `,
    patienceClocks: PATIENCE_CLOCKS + 4 * (drainCycles + intervalCycles),
    stillClocks: STILL_CLOCKS + 2 * (drainCycles + intervalCycles),
    identity: Object.entries(identityOf(top)).map(([register, value]) => ({
      ...accessView({ address: addressOf(register), value }),
      register,
    })),
    runs: views,
    refused: {
      written: accessView({ address: addressOf('ID'), value: TOP_ID }),
      absent: accessView({ address: FAULT_BASE - 4, value: 0 }),
    },
    withoutFaults: prepareWrites(top, []).map(accessView),
    broken,
    clear: controlView('ENABLE', 'CLEAR'),
    held: {
      ...again,
      times,
      count: literal(32, times * tiles.length),
      disable: controlView('CLEAR'),
      enable: controlView('ENABLE'),
      running: literal(32, fieldMask('STATUS', 'RUNNING')),
    },
    cut: { from: cutFrom, middle: cutTo - Math.floor(tiles[0]!.last.length / 2), to: cutTo },
    resets: [
      {
        ...accessView(softResetWrite()),
        forgets: false,
        holdName: 'hold',
        waits: 'the first beat',
        rest: 'whose rest is dropped',
      },
      {
        ...accessView(softResetWrite({ forgetPacket: true })),
        forgets: true,
        holdName: 'hold_last',
        waits: 'the last beat',
        rest: 'whose rest never comes',
      },
    ],
    again,
    tilesIn: literal(ADDRESS_BITS, addressOf('TILES_IN')),
    tilesOut: literal(ADDRESS_BITS, addressOf('TILES_OUT')),
    status: literal(ADDRESS_BITS, addressOf('STATUS')),
    busy: literal(32, fieldMask('STATUS', 'BUSY')),
    errors: literal(
      32,
      PACKET_ERRORS.reduce((sum, error) => sum + fieldMask('STATUS', error), fieldMask('STATUS', 'SLIPPED')),
    ),
    tileBeats: tileBeats.literals,
    tileBeatCount: tileBeats.length,
    resultBeats: resultBeats.literals,
    resultBeatCount: resultBeats.length,
  };
}

/** Beats as words of tlast, tkeep and tdata, the first at 0. */
class BeatList {
  readonly literals: { readonly at: number; readonly word: string }[] = [];
  readonly #streamBits: number;

  constructor(streamBits: number) {
    this.#streamBits = streamBits;
  }

  get length(): number {
    return this.literals.length;
  }

  add(packets: readonly StreamBeats[]): void {
    const bits = this.#streamBits;
    const [dataBytes, keepBytes] = [bits / 8, keepBytesOf(bits)];
    for (const { data, keep, last } of packets) {
      for (let n = 0; n < last.length; n++) {
        const kept =
          fromLittleEndian(keep.subarray(n * keepBytes, (n + 1) * keepBytes)) | (BigInt(last[n]!) << BigInt(bits / 8));
        const word = fromLittleEndian(data.subarray(n * dataBytes, (n + 1) * dataBytes)) | (kept << BigInt(bits));
        this.literals.push({ at: this.length, word: literal(bits + bits / 8 + 1, word) });
      }
    }
  }
}

/** Put the beats of a job behind those before; tells where they lie, and how many packets there are. */
function addJob({ tiles, results }: TopTestRun, tileBeats: BeatList, resultBeats: BeatList) {
  const [tileFrom, resultFrom] = [tileBeats.length, resultBeats.length];
  tileBeats.add(tiles);
  resultBeats.add(results);
  const [tileEnd, resultEnd] = [tileBeats.length, resultBeats.length];
  return { tileFrom, tileEnd, resultFrom, resultEnd, count: literal(32, tiles.length) };
}

/** A write to CONTROL that sets these fields and no other. */
function controlView(...fields: readonly string[]) {
  const value = fields.reduce((sum, field) => sum + fieldMask('CONTROL', field), 0);
  return accessView({ address: addressOf('CONTROL'), value });
}

/** A register and what is written to it, or must be read from it. */
function accessView({ address, value }: RegisterWrite) {
  return { address: literal(ADDRESS_BITS, address), value: literal(32, value) };
}
