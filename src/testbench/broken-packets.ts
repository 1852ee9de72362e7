import type { PacketError } from '../top/register-map.ts';
import type { TopDesign } from '../top/top-design.ts';
import { keepBytesOf, type StreamBeats } from '../top/transport.ts';

/** A packet that must be dropped, and the flag of `STATUS` that says why. */
export interface BrokenPacket {
  readonly error: PacketError;
  readonly packet: StreamBeats;
}

/** Make packets, one for each rule, that break it and no other, from one that keeps them all. */
export function brokenPackets({ streamBits }: TopDesign, tile: StreamBeats): BrokenPacket[] {
  const dataBytes = streamBits / 8;
  const keepBytes = keepBytesOf(streamBits);
  const start = (beats: number): StreamBeats => ({
    data: tile.data.slice(0, beats * dataBytes),
    keep: tile.keep.slice(0, beats * keepBytes),
    last: Uint8Array.from({ length: beats }, (_, n) => (n === beats - 1 ? 1 : 0)),
  });
  const foreign = start(1);
  foreign.data[3]! ^= 0xff;
  // The first byte of A.
  const withNull = start(2);
  withNull.keep[keepBytes]! &= 0xfe;
  const late = {
    data: Buffer.concat([tile.data, start(1).data]),
    keep: Buffer.concat([tile.keep, start(1).keep]),
    last: Buffer.concat([tile.last, start(1).last]),
  };
  late.last[tile.last.length - 1] = 0;
  return [
    { error: 'MAGIC', packet: foreign },
    { error: 'EARLY_LAST', packet: start(1) },
    { error: 'LATE_LAST', packet: late },
    { error: 'NULL_BYTE', packet: withNull },
  ];
}
