import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { randomStream } from '../../src/check/random.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { fieldMask, PACKET_ERRORS, type PacketError } from '../../src/top/register-map.ts';
import type { StreamBeats } from '../../src/top/transport.ts';
import { BYTES, KEEP, slice, tile, top } from './support/part-packets.ts';
import { drawTile } from './support/tiles.ts';

/** The packet goes on after its last beat. */
function longer(beats: StreamBeats): StreamBeats {
  const count = beats.last.length + 3;
  const data = new Uint8Array(count * BYTES);
  data.set(beats.data);
  const last = new Uint8Array(count);
  last[count - 1] = 1;
  return { data, keep: new Uint8Array(count * KEEP).fill(255), last };
}

const broken: readonly [name: string, error: PacketError, make: () => StreamBeats][] = [
  [
    'another magic',
    'MAGIC',
    () =>
      with_(tile(1), (beats) => {
        beats.data[3] = 0xe4;
      }),
  ],
  [
    'a bit set that must be zero',
    'MAGIC',
    () =>
      with_(tile(1), (beats) => {
        beats.data[2]! |= 0x80;
      }),
  ],
  ['a header alone', 'EARLY_LAST', () => ({ ...slice(tile(1), 1), last: Uint8Array.of(1) })],
  ['an end within A', 'EARLY_LAST', () => endAt(tile(1), 2)],
  ['an end after B where C should follow', 'EARLY_LAST', () => endAt(tile(1), 1 + top.beats.a + top.beats.b)],
  ['an end one beat early', 'EARLY_LAST', () => endAt(tile(1), tile(1).last.length - 1)],
  ['beats after its end', 'LATE_LAST', () => longer(tile(1))],
  ['beats after B where nothing should follow', 'LATE_LAST', () => longer(tile(1, false))],
  [
    'a null byte in the header',
    'NULL_BYTE',
    () =>
      with_(tile(1), (beats) => {
        beats.keep[0]! &= ~4;
      }),
  ],
  [
    'a null byte in B',
    'NULL_BYTE',
    () =>
      with_(tile(1), (beats) => {
        beats.keep[KEEP * (1 + top.beats.a)]! &= ~1;
      }),
  ],
  [
    'a null byte at the end of C',
    'NULL_BYTE',
    () =>
      with_(tile(1), (beats) => {
        beats.keep[beats.keep.length - 1]! &= ~(1 << 3);
      }),
  ],
];

function with_(beats: StreamBeats, change: (beats: StreamBeats) => void): StreamBeats {
  change(beats);
  return beats;
}

function endAt(beats: StreamBeats, count: number): StreamBeats {
  const cut = slice(beats, count);
  cut.last[count - 1] = 1;
  return cut;
}

describe('a packet', () => {
  let simulation: SimulatedTop;
  let driver: TopDriver;
  beforeAll(async () => {
    simulation = await openTop(top);
  });
  afterAll(() => simulation.close());

  const errors = async (): Promise<PacketError[]> => {
    const status = await driver.readRegister('STATUS');
    return PACKET_ERRORS.filter((name) => (status & fieldMask('STATUS', name)) !== 0);
  };
  const sendGood = (n: number) => driver.sendTile(drawTile(top, 11, n).matrices, { last: true, gapCycles: 0 });
  const expectGood = async (...tiles: number[]): Promise<void> => {
    const results = await driver.receive(tiles.length);
    expect(results.map((bytes) => [...new Int32Array(bytes.buffer)])).toEqual(
      tiles.map((n) => [...drawTile(top, 11, n).result]),
    );
  };

  for (const stalls of [0, 0.4]) {
    it.each(broken)(
      `with %s is dropped and named; the tiles around it are not (waits in ${stalls} of the clocks)`,
      async (_, error, make) => {
        await simulation.reset({ seed: 12, input: stalls, output: stalls, registers: 0 });
        driver = new TopDriver(top, simulation);
        await sendGood(2);
        await driver.sendBeats(make());
        await sendGood(3);
        await expectGood(2, 3);
        expect(await errors()).toEqual([error]);
        expect(await driver.readCounters()).toMatchObject({ tilesIn: 2, tilesOut: 2 });
        await driver.prepare([]);
        expect(await errors()).toEqual([]);
      },
    );
  }

  it('may have null bytes beyond the end of a matrix', async () => {
    await simulation.reset();
    driver = new TopDriver(top, simulation);
    const beats = tile(4);
    beats.keep[KEEP * top.beats.a + 1]! &= 0x7f;
    beats.keep[beats.keep.length - 1] = 0x0f;
    beats.keep[1] = 0;
    await driver.sendBeats(beats);
    await driver.receive(1);
    expect(await errors()).toEqual([]);
  });

  it('of any bits leaves the core alive', async () => {
    const random = randomStream(13, 'noise');
    for (let trial = 0; trial < 40; trial++) {
      await simulation.reset({ seed: trial, input: 0.2, output: 0.2, registers: 0 });
      driver = new TopDriver(top, simulation);
      const count = random.int(1, 30);
      const data = Uint8Array.from({ length: count * BYTES }, () => random.int(0, 255));
      for (let n = 0; n < count; n++) if (random.chance(1, 3)) data[n * BYTES + 3] = 0xe5;
      const keep = Uint8Array.from({ length: count * KEEP }, () => (random.chance(9, 10) ? 255 : random.int(0, 255)));
      const last = Uint8Array.from({ length: count }, (_, n) => (n === count - 1 || random.chance(1, 8) ? 1 : 0));
      await driver.sendBeats({ data, keep, last });
      await simulation.run({ packets: 1000, quietClocks: 500 });
      await driver.softReset();
      await sendGood(5);
      await expectGood(5);
    }
  });
});
