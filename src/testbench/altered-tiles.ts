import { makeNull } from '../top/packets.ts';
import type { PacketError } from '../top/register-map.ts';
import { GAP_BITS, HEADER_BYTES, HEADER_FIELDS, tileHeader } from '../top/tile-header.ts';
import type { TopDesign } from '../top/top-design.ts';
import { keepBytesOf, type StreamBeats } from '../top/transport.ts';

/** A packet that must be dropped, and the flag of `STATUS` that says why. */
export interface BrokenPacket {
  /** What is wrong with it, in words. */
  readonly what: string;
  readonly error: PacketError;
  readonly packet: StreamBeats;
}

/** The longest gap has at least so many cycles: more bits than a byte. */
const LONG_GAP = 300;

/**
 * Make packets, each of which breaks one rule in one place, from tiles that keep all.
 * @param tiles tiles of one job, of which one at least has a C and one has none
 */
export function brokenPackets(top: TopDesign, tiles: readonly StreamBeats[]): BrokenPacket[] {
  const { beats, streamBits, lastBytes } = top;
  const bareBeats = 1 + beats.a + beats.b;
  const whole = tiles.find(({ last }) => last.length > bareBeats)!;
  const bare = tiles.find(({ last }) => last.length === bareBeats)!;
  const ends = { a: 1 + beats.a, b: bareBeats, c: bareBeats + beats.c };
  const start = (count: number) => firstBeats(top, whole, count);
  const altered = (alter: (packet: StreamBeats) => void) => {
    const packet = start(ends.c);
    alter(packet);
    return packet;
  };
  const flipBit = (bit: number) =>
    altered(({ data }) => {
      // Its last beat looks like a header, and must not be taken for one.
      data.copyWithin((ends.c - 1) * (streamBits / 8), 0, HEADER_BYTES);
      data[bit >> 3]! ^= 1 << (bit & 7);
    });
  const nullByte = (beat: number, byte: number) =>
    altered(({ keep }) => {
      makeNull(keep, streamBits, beat, byte, byte + 1);
    });
  const bitOf = (field: string) => HEADER_FIELDS.find(({ name }) => name === field)!.bit;
  return [
    { what: 'another MAGIC', error: 'MAGIC', packet: flipBit(bitOf('MAGIC')) },
    { what: 'a bit of ZERO is 1', error: 'MAGIC', packet: flipBit(bitOf('ZERO')) },
    { what: 'the header alone', error: 'EARLY_LAST', packet: start(1) },
    { what: 'tlast after A', error: 'EARLY_LAST', packet: start(ends.a) },
    { what: 'tlast after B, where C should follow', error: 'EARLY_LAST', packet: start(ends.b) },
    ...(beats.c > 1 ? [{ what: 'tlast within C', error: 'EARLY_LAST' as const, packet: start(ends.c - 1) }] : []),
    { what: 'no tlast after C', error: 'LATE_LAST', packet: longer(whole, start(1)) },
    { what: 'no tlast after B, where no C should follow', error: 'LATE_LAST', packet: longer(bare, start(1)) },
    { what: 'a null byte in the header', error: 'NULL_BYTE', packet: nullByte(0, HEADER_BYTES - 1) },
    { what: 'a null byte at the start of A', error: 'NULL_BYTE', packet: nullByte(1, 0) },
    ...(['a', 'b', 'c'] as const).map((line) => ({
      what: `a null byte at the end of ${line.toUpperCase()}`,
      error: 'NULL_BYTE' as const,
      packet: nullByte(ends[line] - 1, lastBytes[line] - 1),
    })),
  ];
}

/** Tiles of a job with gaps between them that are longer than by default, and when the last one starts. */
export interface SpacedTiles {
  readonly tiles: readonly StreamBeats[];
  /** Cycle of the job in which the last tile starts, and the longest gap, in cycles. */
  readonly lastStart: number;
  readonly mostGap: number;
}

/** Give the tiles of a job longer gaps, and make every byte null that does not count. */
export function spacedTiles(top: TopDesign, tiles: readonly StreamBeats[]): SpacedTiles {
  const { intervalCycles, beats, lastBytes, streamBits } = top;
  const most = Math.floor((2 ** GAP_BITS - 1) / intervalCycles);
  // Gaps of whole intervals are legal after any tile that started at a multiple of one.
  const long = Math.min(most, Math.ceil(LONG_GAP / intervalCycles) + 1) * intervalCycles;
  const short = Math.min(most, 2) * intervalCycles;
  const spaced = tiles.map(({ data, keep, last }, n) => {
    const own = { data: data.slice(), keep: keep.slice(), last };
    const isLast = n === tiles.length - 1;
    const header = tileHeader(
      { last: isLast, gapCycles: isLast ? 0 : n === 0 ? long : short },
      last.length > 1 + beats.a + beats.b,
    );
    new DataView(own.data.buffer, own.data.byteOffset).setUint32(0, header, true);
    let end = 0;
    for (const [count, bytes] of [
      [1, HEADER_BYTES],
      [beats.a, lastBytes.a],
      [beats.b, lastBytes.b],
      [beats.c, lastBytes.c],
    ] as const) {
      end += count;
      if (end > last.length) break;
      makeNull(own.keep, streamBits, end - 1, bytes);
    }
    return own;
  });
  return { tiles: spaced, lastStart: long + (tiles.length - 2) * short, mostGap: long };
}

/** The first beats of a packet as a packet of their own. */
function firstBeats({ streamBits }: TopDesign, { data, keep }: StreamBeats, count: number): StreamBeats {
  return {
    data: data.slice(0, count * (streamBits / 8)),
    keep: keep.slice(0, count * keepBytesOf(streamBits)),
    last: Uint8Array.from({ length: count }, (_, n) => (n === count - 1 ? 1 : 0)),
  };
}

/** A packet that goes on with another one. */
function longer(packet: StreamBeats, more: StreamBeats): StreamBeats {
  const last = Buffer.concat([packet.last, more.last]);
  last[packet.last.length - 1] = 0;
  return {
    data: Buffer.concat([packet.data, more.data]),
    keep: Buffer.concat([packet.keep, more.keep]),
    last,
  };
}
