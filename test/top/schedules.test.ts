import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { randomStream } from '../../src/check/random.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { addressOf, fieldMask } from '../../src/top/register-map.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { designOf } from '../design/support/arrays.ts';
import { drawTile } from './support/tiles.ts';

const top = topDesign(designOf({ size: [3, 4, 6], faultSlots: 0 }), 512);

describe('a schedule that is no legal one', () => {
  let simulation: SimulatedTop;
  beforeAll(async () => {
    simulation = await openTop(top);
  });
  afterAll(() => simulation.close());

  it('never hangs the core: every tile gives a packet, and the job after it is right', async () => {
    const random = randomStream(19, 'gaps');
    let slipped = 0;
    for (let trial = 0; trial < 60; trial++) {
      await simulation.reset({
        seed: trial,
        input: random.pick([0, 0.3]),
        output: random.pick([0, 0.7]),
        registers: 0,
      });
      const driver = new TopDriver(top, simulation);
      const tiles = random.int(2, 40);
      const most = random.pick([1, 3, 2 * top.intervalCycles]);
      for (let n = 0; n < tiles; n++) {
        const { matrices } = drawTile(top, 19, n);
        await driver.sendTile(matrices, { last: n === tiles - 1, gapCycles: random.int(1, most) });
      }
      const place = `trial ${trial}`;
      expect(await driver.receive(tiles), place).toHaveLength(tiles);
      await simulation.run({ packets: 1, quietClocks: 200 });
      const status = await driver.describeStatus();
      expect(status, place).toMatch(/^(idle$|SLIPPED)/);
      if (status !== 'idle') {
        slipped++;
        await expect(driver.assertInTime(), place).rejects.toThrow('the tiles of a job must start in the cycles');
      }
      await driver.prepare([]);
      await driver.assertInTime();
      const { matrices, result } = drawTile(top, 19, 99);
      await driver.sendTile(matrices, { last: true, gapCycles: 0 });
      const [bytes] = await driver.receive(1);
      expect([...new Int32Array(bytes!.buffer)], place).toEqual([...result]);
    }
    expect(slipped).toBeGreaterThan(5);
    expect(slipped).toBeLessThan(55);
  });

  it('lets the grid stand still at ENABLE 0 like any other', async () => {
    const cycle = async () => (await simulation.readRegister(addressOf('CYCLE'))).value;
    for (let clocks = 20; clocks < 60; clocks++) {
      await simulation.reset();
      const driver = new TopDriver(top, simulation);
      for (let n = 0; n < 20; n++) await driver.sendTile(drawTile(top, 20, n).matrices, { last: false, gapCycles: 1 });
      await simulation.run({ packets: 100, mostClocks: clocks });
      await simulation.writeRegister(addressOf('CONTROL'), 0);
      const stood = await cycle();
      await simulation.run({ packets: 100, mostClocks: 200 });
      expect(await cycle(), `after ${clocks} clocks`).toBe(stood);
      await simulation.writeRegister(addressOf('CONTROL'), fieldMask('CONTROL', 'ENABLE'));
      await simulation.run({ packets: 100, mostClocks: 50 });
      expect(await cycle(), `after ${clocks} clocks`).toBeGreaterThan(stood);
    }
  });
});
