import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { randomStream } from '../../src/check/random.ts';
import { TopDriver } from '../../src/top/driver.ts';
import {
  ADDRESS_BITS,
  addressOf,
  FAULT_BASE,
  FAULT_STRIDE,
  faultAddressOf,
  faultRegistersOf,
  REGISTERS,
} from '../../src/top/register-map.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { designOf } from '../design/support/arrays.ts';
import { drawTile } from './support/tiles.ts';

const SLOTS = 2;
const top = topDesign(designOf({ size: [2, 3, 4], faultSlots: SLOTS }), 64);
const FAULT_REGISTERS = faultRegistersOf(top.design.faultPort.dataBits);

/** Words of the map that can be read, and of these the ones that can be written. */
function mappedWords(): { read: Set<number>; write: Set<number> } {
  const read = new Set<number>();
  const write = new Set<number>();
  const add = (base: number, entries: typeof REGISTERS) => {
    for (const { address, words, access } of entries) {
      for (let n = 0; n < words; n++) {
        read.add(base + address + 4 * n);
        if (access === 'read-write') write.add(base + address + 4 * n);
      }
    }
  };
  add(0, REGISTERS);
  for (let slot = 0; slot < SLOTS; slot++) add(FAULT_BASE + slot * FAULT_STRIDE, FAULT_REGISTERS);
  return { read, write };
}

describe('the registers of a top module', () => {
  let simulation: SimulatedTop;
  beforeAll(async () => {
    simulation = await openTop(top);
  });
  afterAll(() => simulation.close());

  it('tell which core it is', async () => {
    await simulation.reset();
    await new TopDriver(top, simulation).identify();
    const other = topDesign(designOf({ size: [2, 3, 5], faultSlots: SLOTS }), 64);
    await expect(new TopDriver(other, simulation).identify()).rejects.toThrow(
      /^the core is not the top module of sample: register HASH_LOW reads \d+, \d+ was expected$/,
    );
  });

  it.each([0, 0.6])(
    'answer every address, SLVERR where the map has none (waits in %s of the clocks)',
    async (registers) => {
      await simulation.reset({ seed: 4, input: 0, output: 0, registers });
      const mapped = mappedWords();
      const control = addressOf('CONTROL');
      for (let address = 0; address < 2 ** ADDRESS_BITS; address += 4) {
        const [read, write] = await Promise.all([
          simulation.readRegister(address),
          simulation.writeRegister(address, address === control ? 1 : 0),
        ]);
        expect([address, read.isError, write.isError]).toEqual([
          address,
          !mapped.read.has(address),
          !mapped.write.has(address),
        ]);
        if (read.isError) expect(read.value).toBe(0);
      }
    },
  );

  it('keep what is written, byte by byte', async () => {
    await simulation.reset({ seed: 5, input: 0, output: 0, registers: 0.4 });
    const random = randomStream(5, 'registers');
    const bits: Readonly<Record<string, number>> = {
      FIRST: 64,
      LAST: 64,
      MASK: 32,
      VALUE: 32,
      KIND: 2,
      ENABLE: 1,
      PE: 3,
      NODE: 4,
    };
    const kept = new Map<number, number>();
    for (let n = 0; n < 400; n++) {
      const name = random.pick(Object.keys(bits));
      const word = bits[name]! > 32 ? random.int(0, 1) : 0;
      const address = faultAddressOf(random.int(0, SLOTS - 1), name, word);
      const strobe = random.int(0, 15);
      const value = random.word() >>> 0;
      await simulation.writeRegister(address, value, strobe);
      let mask = 0;
      for (let byte = 0; byte < 4; byte++) if ((strobe >> byte) & 1) mask += 0xff * 2 ** (8 * byte);
      const all = bits[name]! >= 32 ? 0xffff_ffff : 2 ** bits[name]! - 1;
      const before = BigInt(kept.get(address) ?? 0);
      const after = ((before & ~BigInt(mask)) | (BigInt(value) & BigInt(mask))) & BigInt(all);
      kept.set(address, Number(after));
      expect((await simulation.readRegister(address)).value, `${name} after write ${n}`).toBe(Number(after));
    }
    for (const [address, value] of kept) expect((await simulation.readRegister(address)).value).toBe(value);
  });

  it('hold tiles back while ENABLE is 0', async () => {
    await simulation.reset();
    const driver = new TopDriver(top, simulation);
    const { matrices, result } = drawTile(top, 6, 0);
    await simulation.writeRegister(addressOf('CONTROL'), 0);
    await driver.sendTile(matrices, { last: true, gapCycles: 0 });
    const { beats } = await simulation.run({ packets: 1, mostClocks: 2000 });
    expect(beats.last.length).toBe(0);
    expect(await driver.describeStatus()).toMatch(/^BUSY/);
    await simulation.writeRegister(addressOf('CONTROL'), 1);
    expect([...new Int32Array((await driver.receive(1))[0]!.buffer)]).toEqual([...result]);
    expect((await driver.readCounters()).cycles).toBe(top.design.schedule.latencyCycles);
  });

  it('say why the grid stands still', async () => {
    await simulation.reset({ seed: 7, input: 0, output: 1, registers: 0 });
    const driver = new TopDriver(top, simulation);
    await driver.sendTile(drawTile(top, 7, 0).matrices, { last: false, gapCycles: 0 });
    await simulation.run({ packets: 1, mostClocks: 500 });
    expect(await driver.describeStatus()).toBe(
      'BUSY (a job runs, there are tiles or results in the core, or a packet is open on its input), RUNNING (a job runs), FROZEN (the grid stands still because a tile is due that cannot start), NO_TILE (because it is not there)',
    );
    for (let n = 1; n < 40; n++) await driver.sendTile(drawTile(top, 7, n).matrices, { last: n === 39, gapCycles: 0 });
    await simulation.run({ packets: 1, mostClocks: 5000 });
    expect(await driver.describeStatus()).toMatch(/FROZEN .* NO_ROOM \(because no output slot is free\)$/);
  });

  it('clear counters and flags on request', async () => {
    await simulation.reset();
    const driver = new TopDriver(top, simulation);
    await driver.sendTile(drawTile(top, 8, 0).matrices, { last: true, gapCycles: 0 });
    await driver.receive(1);
    expect(await driver.readCounters()).toMatchObject({ tilesIn: 1, tilesOut: 1 });
    await driver.prepare([]);
    expect(await driver.readCounters()).toMatchObject({ tilesIn: 0, tilesOut: 0, clocks: 0, frozenClocks: 0 });
  });
});
