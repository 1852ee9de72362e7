import { moduleNames } from '../design/design.ts';
import { literal } from '../emit/verilog.ts';
import { ADDRESS_BITS, addressOf, faultAddressOf, fieldMask, PACKET_ERRORS } from '../top/register-map.ts';
import { identityOf, prepareWrites, type RegisterWrite, softResetWrite } from '../top/register-writes.ts';
import type { TopDesign } from '../top/top-design.ts';
import { keepBytesOf, type StreamBeats } from '../top/transport.ts';
import { bitsOf } from './test-vectors.ts';
import type { TopTestRun } from './top-test-runs.ts';

/** Clocks without a beat or an access, beyond those of the longest tile, after which the core stands still. */
const PATIENCE_CLOCKS = 10_000;

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
    ...playView(run, tileBeats, resultBeats),
    fired: run.firedCycles.map((cycles, slot) => accessView({ address: faultAddressOf(slot, 'FIRED'), value: cycles })),
  }));
  // The soft reset comes when the result of one tile waits and half of the next one is in; then a job must be right.
  const [first, last] = [runs[0]!.tiles[0]!, runs[0]!.tiles.at(-1)!];
  const cut = tileBeats.length + last.last.length + Math.ceil(first.last.length / 2);
  tileBeats.add([last, first]);
  const restEnd = tileBeats.length;
  return {
    name,
    hash,
    toolVersion,
    top: moduleNames(design).top,
    module: moduleNames(design).topTestbench,
    jobCount: runs.length + 1,
    dataBits: streamBits,
    dataRange: `[${streamBits - 1}:0] `,
    keepRange: `[${keepBits - 1}:0] `,
    keepBits,
    addressRange: `[${ADDRESS_BITS - 1}:0] `,
    patienceClocks: PATIENCE_CLOCKS + 4 * (drainCycles + intervalCycles),
    identity: Object.entries(identityOf(top)).map(([register, value]) => ({
      ...accessView({ address: addressOf(register), value }),
      register,
    })),
    runs: views,
    cut,
    restEnd,
    reset: accessView(softResetWrite()),
    withoutFaults: prepareWrites(top, []).map(accessView),
    afterReset: playView(runs[0]!, tileBeats, resultBeats),
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
        const kept = bitsOf(keep.subarray(n * keepBytes, (n + 1) * keepBytes)) | (BigInt(last[n]!) << BigInt(bits / 8));
        const word = bitsOf(data.subarray(n * dataBytes, (n + 1) * dataBytes)) | (kept << BigInt(bits));
        this.literals.push({ at: this.length, word: literal(bits + bits / 8 + 1, word) });
      }
    }
  }
}

/** Put the beats of a run behind those before; tells where they end, and how many packets there are. */
function playView({ tiles, results }: TopTestRun, tileBeats: BeatList, resultBeats: BeatList) {
  tileBeats.add(tiles);
  resultBeats.add(results);
  return { tileEnd: tileBeats.length, resultEnd: resultBeats.length, count: literal(32, tiles.length) };
}

/** A register and what is written to it, or must be read from it. */
function accessView({ address, value }: RegisterWrite) {
  return { address: literal(ADDRESS_BITS, address), value: literal(32, value) };
}
