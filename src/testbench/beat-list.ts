import { literal } from '../emit/verilog.ts';
import { keepBytesOf, type StreamBeats } from '../top/transport.ts';
import { fromLittleEndian } from './test-vectors.ts';

/** Beats of a list from one on, up to the one before another. */
export interface BeatRange {
  readonly from: number;
  readonly to: number;
}

/** Beats as words of tlast, tkeep and tdata, the first at 0. */
export class BeatList {
  readonly literals: { readonly at: number; readonly word: string }[] = [];
  readonly #streamBits: number;

  constructor(streamBits: number) {
    this.#streamBits = streamBits;
  }

  get length(): number {
    return this.literals.length;
  }

  /** Put packets behind those before; tells where their beats lie. */
  add(packets: readonly StreamBeats[]): BeatRange {
    const from = this.length;
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
    return { from, to: this.length };
  }
}
