import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { type Random, randomStream } from '../../src/check/random.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { addressOf, fieldMask } from '../../src/top/register-map.ts';
import { softResetWrite } from '../../src/top/register-writes.ts';
import type { StreamBeats } from '../../src/top/transport.ts';
import { BYTES, KEEP, slice, tailOf, tile, top } from './support/part-packets.ts';
import { drawTile } from './support/tiles.ts';

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
      await simulation.writeRegister(addressOf('CONTROL'), fieldMask('CONTROL', 'ENABLE', 'SOFT_RESET'));
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

  it('recovers from a source that gives up its packet', async () => {
    const random = randomStream(18, 'sources that give up');
    let open = 0;
    for (let trial = 0; trial < 60; trial++) {
      await simulation.reset({ seed: trial, input: 0.1, output: 0.5, registers: 0.1 });
      const driver = new TopDriver(top, simulation);
      const rest = await sendSome(driver, random);
      await simulation.run({ packets: 100, mostClocks: random.int(1, 200) });
      const place = `trial ${trial}`;
      // A source that goes on may be waited for; one that never does must not be.
      await driver.softReset();
      if (rest.last.length > 0) expect(await driver.describeStatus(), place).toMatch(/^BUSY \([^)]*\)$/);
      if (rest.last.length > 0) open++;
      await driver.softReset({ forgetPacket: true });
      expect(await driver.describeStatus(), place).toBe('idle');
      const { matrices, result } = drawTile(top, 14, 9);
      await driver.sendTile(matrices, { last: true, gapCycles: 0 });
      const [bytes] = await driver.receive(1);
      expect([...new Int32Array(bytes!.buffer)], place).toEqual([...result]);
      expect(await driver.readCounters(), place).toMatchObject({ tilesIn: 1, tilesOut: 1 });
    }
    expect(open).toBeGreaterThan(30);
  });

  it('forgets an open packet in one write, and from the next clock on the core is as after a reset', async () => {
    await simulation.reset();
    const driver = new TopDriver(top, simulation);
    await driver.sendBeats(slice(tile(6), 3));
    await simulation.run({ packets: 1, quietClocks: 20 });
    const { address, value } = softResetWrite({ forgetPacket: true });
    // Beside another strobe the write does nothing.
    await simulation.writeRegister(address, value, 0b1110);
    expect(await driver.describeStatus()).toMatch(/^BUSY/);
    await simulation.writeRegister(address, fieldMask('CONTROL', 'ENABLE', 'FORGET_PACKET'));
    expect(await driver.describeStatus()).toMatch(/^BUSY/);
    await simulation.writeRegister(address, value);
    expect(await driver.describeStatus()).toBe('idle');
    expect(await driver.readRegister('CONTROL')).toBe(fieldMask('CONTROL', 'ENABLE'));
    // What was on its way from the old source is taken for a header; once it is there, another write ends it.
    await driver.sendBeats(slice(tailOf(tile(6), 4), 1));
    await simulation.run({ packets: 1, quietClocks: 20 });
    expect(await driver.describeStatus()).toMatch(/^BUSY .*, MAGIC /);
    await simulation.writeRegister(address, value);
    expect(await driver.describeStatus()).toBe('idle');
  });

  it('recovers from a source that withdraws beats, changes those that wait, and leaves accesses half done', async () => {
    let upset = 0;
    for (let seed = 0; seed < 60; seed++) {
      const breachClocks = 100 + 5 * seed;
      await simulation.reset({ seed, input: 0.1, output: 0.95, registers: 0.1, breachClocks });
      const driver = new TopDriver(top, simulation);
      for (let n = 0; n < 40; n++) await driver.sendBeats(tile(n));
      // Reads and writes that nobody waits for the answers of.
      for (let n = 0; n < seed % 15; n++) await simulation.writeRegister(addressOf('CONTROL'), seed % 2);
      for (let n = 0; n < seed % 4; n++) await simulation.readRegister(addressOf('ID'));
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
