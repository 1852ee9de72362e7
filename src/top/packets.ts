import type { Line } from '../projection/space-time.ts';
import type { TensorData } from '../tensor/tensor.ts';
import { type TileSchedule, tileHeader } from './tile-header.ts';
import type { TopDesign } from './top-design.ts';
import { keepBytesOf, type StreamBeats } from './transport.ts';

/** The elements of a tile's matrices, row-major, as the array's dtypes store them; a C that is left out is zero. */
export interface TileMatrices {
  readonly a: TensorData;
  readonly b: TensorData;
  readonly c?: TensorData | undefined;
}

/**
 * Encode a tile as the beats of one packet.
 * @param matrices A of N1×N3, B of N3×N2 and C of N1×N2, in the array's dtypes
 * @throws {RangeError} for a matrix of another size, and for a gap that no header can hold
 */
export function encodeTile(top: TopDesign, matrices: TileMatrices, schedule: TileSchedule): StreamBeats {
  const { streamBits, beats } = top;
  const beatBytes = streamBits / 8;
  const count = 1 + beats.a + beats.b + (matrices.c ? beats.c : 0);
  const data = new Uint8Array(count * beatBytes);
  new DataView(data.buffer).setUint32(0, tileHeader(schedule, matrices.c !== undefined), true);
  let beat = 1;
  const put = (line: Line, elements: TensorData): void => {
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    if (bytes.length !== (beats[line] - 1) * beatBytes + top.lastBytes[line]) {
      throw new RangeError(`a tile of ${top.design.name} has another size of ${line} than ${bytes.length} bytes`);
    }
    data.set(bytes, beat * beatBytes);
    beat += beats[line];
  };
  put('a', matrices.a);
  put('b', matrices.b);
  if (matrices.c) put('c', matrices.c);
  return wholeBeats(data, streamBits);
}

/** Encode the elements of R, N1×N2 row-major in the dtype of C, as the beats in which they leave. */
export function encodeResult({ streamBits, beats, lastBytes }: TopDesign, elements: TensorData): StreamBeats {
  const data = new Uint8Array((beats.c * streamBits) / 8);
  data.set(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
  const whole = wholeBeats(data, streamBits);
  makeNull(whole.keep, streamBits, beats.c - 1, lastBytes.c);
  return whole;
}

/** Make bytes of one beat of a packet null: those from one on, up to the one before another, or to the end of the beat. */
export function makeNull(keep: Uint8Array, streamBits: number, beat: number, from: number, to = streamBits / 8): void {
  const start = beat * keepBytesOf(streamBits);
  for (let byte = from; byte < to; byte++) keep[start + (byte >> 3)]! &= ~(1 << (byte & 7));
}

/** Make one packet of whole beats: the bytes of data are a multiple of those of a beat, and all of them count. */
export function wholeBeats(data: Uint8Array, streamBits: number): StreamBeats {
  const count = data.length / (streamBits / 8);
  const keep = new Uint8Array(count * keepBytesOf(streamBits)).fill(streamBits < 64 ? 2 ** (streamBits / 8) - 1 : 255);
  const last = new Uint8Array(count);
  last[count - 1] = 1;
  return { data, keep, last };
}

/**
 * Takes the beats of results as they come and makes packets of them. What a soft reset cut short, up to its closing beat
 * without a byte, is no packet.
 */
export class ResultReader {
  readonly #top: TopDesign;
  #bytes: Uint8Array;
  #beat = 0;

  constructor(top: TopDesign) {
    this.#top = top;
    this.#bytes = this.#newPacket();
  }

  /**
   * Take beats; returns the bytes of R, row-major, for every packet that they complete.
   * @throws {RangeError} for a packet that is none of R
   */
  take({ data, keep, last }: StreamBeats): Uint8Array[] {
    const { streamBits, beats, lastBytes } = this.#top;
    const beatBytes = streamBits / 8;
    const keepBytes = keepBytesOf(streamBits);
    const packets: Uint8Array[] = [];
    for (let n = 0; n < last.length; n++) {
      const ends = this.#beat === beats.c - 1;
      const kept = countKept(keep.subarray(n * keepBytes, (n + 1) * keepBytes));
      if (kept === 0 && last[n] === 1) {
        this.#beat = 0;
        continue;
      }
      if ((last[n] === 1) !== ends || kept !== (ends ? lastBytes.c : beatBytes)) {
        throw new RangeError(
          `beat ${this.#beat} of a packet of results has ${kept} bytes and ${last[n] === 1 ? 'ends' : 'does not end'} the packet`,
        );
      }
      this.#bytes.set(data.subarray(n * beatBytes, n * beatBytes + kept), this.#beat * beatBytes);
      this.#beat++;
      if (ends) {
        packets.push(this.#bytes);
        this.#bytes = this.#newPacket();
        this.#beat = 0;
      }
    }
    return packets;
  }

  #newPacket(): Uint8Array {
    const { beats, lastBytes, streamBits } = this.#top;
    return new Uint8Array(((beats.c - 1) * streamBits) / 8 + lastBytes.c);
  }
}

function countKept(keep: Uint8Array): number {
  let count = 0;
  for (const byte of keep) for (let bits = byte; bits > 0; bits >>= 1) count += bits & 1;
  return count;
}
