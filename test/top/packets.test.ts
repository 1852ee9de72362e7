import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { type Random, randomStream } from '../../src/check/random.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { encodeTile } from '../../src/top/packets.ts';
import { addressOf, fieldMask, PACKET_ERRORS, type PacketError } from '../../src/top/register-map.ts';
import { topDesign } from '../../src/top/top-design.ts';
import type { StreamBeats } from '../../src/top/transport.ts';
import { designOf } from '../design/support/arrays.ts';
import { drawTile } from './support/tiles.ts';

// A of 3 × 5 bytes ends in the middle of a beat, and so does B; C is two beats and a half.
const top = topDesign(designOf({ size: [3, 5, 5], faultSlots: 0 }), 128);
const KEEP = 2;
const BYTES = 16;

/** Copies of a tile's beats to be broken. */
function tile(n: number, withC = true) {
  const { matrices } = drawTile(top, 11, n);
  const c = withC ? (matrices.c ?? new Int32Array(15)) : undefined;
  const { data, keep, last } = encodeTile(top, { ...matrices, c }, { last: true, gapCycles: 0 });
  return { data: data.slice(), keep: keep.slice(), last: last.slice() };
}

function slice({ data, keep, last }: StreamBeats, to: number): StreamBeats {
  return { data: data.slice(0, to * BYTES), keep: keep.slice(0, to * KEEP), last: last.slice(0, to) };
}

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

function tailOf({ data, keep, last }: StreamBeats, from: number): StreamBeats {
  return { data: data.slice(from * BYTES), keep: keep.slice(from * KEEP), last: last.slice(from) };
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

describe('a soft reset', () => {
  let simulation: SimulatedTop;
  beforeAll(async () => {
    simulation = await openTop(top);
  });
  afterAll(() => simulation.close());

  /** Send some tiles and a part of a packet, or none; returns the rest of it, which comes after the reset and must be dropped. */
  async function sendSome(driver: TopDriver, random: Random): Promise<StreamBeats> {
    const tiles = random.int(0, 4);
    for (let n = 0; n < tiles; n++) {
      await driver.sendTile(drawTile(top, 14, n).matrices, { last: random.chance(1, 3), gapCycles: 0 });
    }
    const whole = tile(6);
    const part = random.int(0, whole.last.length - 1);
    await driver.sendBeats(slice(whole, part));
    return part === 0 ? slice(whole, 0) : tailOf(whole, part);
  }

  it('at any time ends the job, drops the open packet, closes an open result, and the next job is right', async () => {
    const random = randomStream(15, 'soft resets');
    let closed = 0;
    for (let trial = 0; trial < 150; trial++) {
      await simulation.reset({ seed: trial, input: 0.1, output: 0.5, registers: 0.1 });
      const driver = new TopDriver(top, simulation);
      const rest = await sendSome(driver, random);
      const before = [await simulation.run({ packets: 100, mostClocks: random.int(1, 60) })];
      while (before.at(-1)!.waitingBeats > 0) before.push(await simulation.run({ packets: 100, mostClocks: 1 }));
      await simulation.writeRegister(
        addressOf('CONTROL'),
        fieldMask('CONTROL', 'ENABLE') + fieldMask('CONTROL', 'SOFT_RESET'),
      );
      await driver.sendBeats(rest);
      await driver.sendTile(drawTile(top, 14, 9).matrices, { last: true, gapCycles: 0 });
      const after = await simulation.run({ packets: 100, quietClocks: 400 });
      const { data, keep, last } = after.beats;
      const place = `trial ${trial}`;
      const start = (last.length - top.beats.c) * BYTES;
      expect([...new Int32Array(data.slice(start, start + 60).buffer)], place).toEqual([
        ...drawTile(top, 14, 9).result,
      ]);
      // Every packet before it has ended, one that was cut short with a beat of null bytes.
      const ends = [...before.flatMap(({ beats }) => [...beats.last]), ...last];
      if (ends.length > top.beats.c) expect(ends.at(-1 - top.beats.c), place).toBe(1);
      last.forEach((end, n) => {
        if (keep[n * KEEP] !== 0) return;
        expect(end, place).toBe(1);
        closed++;
      });
      expect(await driver.describeStatus(), place).toBe('idle');
      // Neither a beat that closed a packet nor the tail of one begun before the reset is a result.
      expect(await driver.readCounters(), place).toMatchObject({ tilesIn: 1, tilesOut: 1 });
    }
    expect(closed).toBeGreaterThan(5);
  });

  it('by the driver leaves it ready for the next tile, whatever was open or waiting', async () => {
    const random = randomStream(16, 'soft resets of the driver');
    for (let trial = 0; trial < 60; trial++) {
      await simulation.reset({ seed: trial, input: 0.1, output: 0.5, registers: 0.1 });
      const driver = new TopDriver(top, simulation);
      const rest = await sendSome(driver, random);
      await simulation.run({ packets: 100, mostClocks: random.int(1, 200) });
      await driver.softReset();
      const place = `trial ${trial}`;
      expect(await driver.readCounters(), place).toMatchObject({ tilesIn: 0, tilesOut: 0 });
      await driver.sendBeats(rest);
      const { matrices, result } = drawTile(top, 14, 9);
      await driver.sendTile(matrices, { last: true, gapCycles: 0 });
      const [bytes] = await driver.receive(1);
      expect([...new Int32Array(bytes!.buffer)], place).toEqual([...result]);
      expect(await driver.readCounters(), place).toMatchObject({ tilesIn: 1, tilesOut: 1 });
      expect(await driver.describeStatus(), place).toBe('idle');
    }
  });

  it('recovers from a source that withdraws beats and changes those that wait', async () => {
    let upset = 0;
    for (let seed = 0; seed < 60; seed++) {
      const breachClocks = 100 + 5 * seed;
      await simulation.reset({ seed, input: 0.1, output: 0.95, registers: 0.1, breachClocks });
      const driver = new TopDriver(top, simulation);
      for (let n = 0; n < 40; n++) await driver.sendBeats(tile(n));
      await simulation.run({ packets: 100, mostClocks: breachClocks });
      if (/packet was dropped/.test(await driver.describeStatus())) upset++;
      await driver.softReset();
      const { matrices, result } = drawTile(top, 17, seed);
      await driver.sendTile(matrices, { last: true, gapCycles: 0 });
      const [bytes] = await driver.receive(1);
      expect([...new Int32Array(bytes!.buffer)], `seed ${seed}`).toEqual([...result]);
    }
    expect(upset).toBeGreaterThan(5);
  });

  it('keeps the settings', async () => {
    await simulation.reset();
    const driver = new TopDriver(top, simulation);
    await driver.softReset();
    await driver.identify();
    expect(await driver.readCounters()).toEqual({ cycles: 0, clocks: 0, frozenClocks: 0, tilesIn: 0, tilesOut: 0 });
  });
});
