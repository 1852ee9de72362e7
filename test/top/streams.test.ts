import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTop } from '../../src/backend/open-top.ts';
import type { SimulatedTop } from '../../src/backend/simulated-top.ts';
import { randomStream } from '../../src/check/random.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { defaultStartCycle, jobClocks, type TopDesign, topDesign } from '../../src/top/top-design.ts';
import { designOf } from '../design/support/arrays.ts';
import { drawGap, drawTile } from './support/tiles.ts';

const ARRAYS = [
  { name: 'output stationary, 64 bits', matrix: PRESETS.output_stationary, size: [3, 4, 6], streamBits: 64 },
  { name: 'hexagonal, three phases, 32 bits', matrix: PRESETS.no_local_reuse, size: [3, 3, 3], streamBits: 32 },
] as const;

describe.each(ARRAYS)('the streams of $name', ({ matrix, size, streamBits }) => {
  const top: TopDesign = topDesign(designOf({ matrix, size: [...size] }), streamBits);
  let simulation: SimulatedTop;
  beforeAll(async () => {
    simulation = await openTop(top);
  });
  afterAll(() => simulation.close());

  /** Run tiles in jobs of random length and check every result against the plain loop. */
  async function runTiles(count: number, seed: number): Promise<void> {
    const driver = new TopDriver(top, simulation);
    const random = randomStream(seed, 'jobs');
    const chunk = 100;
    const tilesFrom = (from: number) =>
      Array.from({ length: Math.min(chunk, count - from) }, (_, n) => drawTile(top, seed, from + n));
    const send = async (from: number) => {
      for (const [n, { matrices }] of tilesFrom(from).entries()) {
        const last = from + n === count - 1 || random.chance(1, 10);
        await driver.sendTile(matrices, { last, gapCycles: random.chance(1, 2) ? 0 : drawGap(top, random) });
      }
    };
    // The next tiles wait at the input before the results of these are taken: the core is never empty before the end.
    await send(0);
    for (let from = 0; from < count; from += chunk) {
      await send(from + chunk);
      const tiles = tilesFrom(from);
      const results = await driver.receive(chunk);
      for (const [n, bytes] of results.entries()) {
        expect([...new Int32Array(bytes.buffer)], `tile ${from + n} of seed ${seed}`).toEqual([...tiles[n]!.result]);
      }
    }
    expect(await driver.readCounters()).toMatchObject({ tilesIn: count, tilesOut: count });
    expect(await driver.describeStatus()).toBe('idle');
  }

  it.each([
    [10_000, 'both sides waiting at random', { seed: 1, input: 0.5, output: 0.5, registers: 0 }],
    [1000, 'a slow source', { seed: 2, input: 0.9, output: 0, registers: 0 }],
    [1000, 'a slow sink', { seed: 3, input: 0, output: 0.9, registers: 0 }],
  ])('lose, repeat and reorder nothing in %i tiles with %s, %o', async (count, _, stalls) => {
    await simulation.reset(stalls);
    await runTiles(count, stalls.seed);
  });

  it('never wait in the default schedule when nobody outside waits', async () => {
    await simulation.reset();
    const wide = top.beats.a + top.beats.b + top.beats.c + 1 <= top.design.schedule.initiationSteps;
    const driver = new TopDriver(top, simulation);
    const { matrices } = drawTile(top, 9, 0);
    for (let n = 0; n < 50; n++) await driver.sendTile(matrices, { last: n === 49, gapCycles: 0 });
    await driver.receive(50);
    await simulation.run({ packets: 1, quietClocks: 200 });
    const { cycles, clocks, frozenClocks } = await driver.readCounters();
    expect(frozenClocks > 0).toBe(!wide);
    expect(cycles).toBe(defaultStartCycle(top, 49) + top.design.schedule.latencyCycles);
    expect(clocks - frozenClocks).toBe(jobClocks(top, cycles));
  });
});

describe('the default width of the streams', () => {
  it.each([
    ['output_stationary', [4, 4, 16]],
    ['no_local_reuse', [8, 8, 8]],
  ] as const)('keeps the array of %s busy', async (preset, size) => {
    const top = topDesign(designOf({ matrix: PRESETS[preset], size: [...size] }));
    const simulation = await openTop(top);
    await simulation.reset();
    const driver = new TopDriver(top, simulation);
    for (let n = 0; n < 200; n++) {
      const { a, b, c = new Int32Array(size[0] * size[1]) } = drawTile(top, 5, n).matrices;
      await driver.sendTile({ a, b, c }, { last: n === 199, gapCycles: 0 });
    }
    await driver.receive(200);
    // The first tile of a job starts as soon as it is there; the others of its burst are still on the stream then.
    const { a, b, c } = top.beats;
    const { frozenClocks, clocks } = await driver.readCounters();
    expect(clocks).toBeGreaterThan(200 * top.design.schedule.initiationSteps);
    expect(frozenClocks).toBeLessThanOrEqual((top.burst - 1) * (1 + a + b + c));
    await simulation.close();
  });
});
