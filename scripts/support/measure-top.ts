import { openTop } from '../../src/backend/open-top.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../src/projection/space-time.ts';
import { allocate } from '../../src/tensor/tensor.ts';
import { TopDriver } from '../../src/top/driver.ts';
import { defaultStartCycle, topDesign } from '../../src/top/top-design.ts';

const TILES = 64;
const SIDE = 16;
const DEPTH = 64;

/** How well the top module of an array of 16×16 PEs uses it, for tiles of depth 64 on streams that never wait. */
export interface TopRate {
  readonly preset: PresetName;
  readonly size: readonly [number, number, number];
  readonly streamBits: number;
  readonly withC: boolean;
  /** Steps of 64 tiles by the PE-cycles from the first tile's start to the last result, as shares of the bound. */
  readonly wholeOfBound: number;
  /** The same if nothing but the schedule took time: from the first tile's start to the last element that leaves the grid. */
  readonly scheduleOfBound: number;
  /** The same without what filling and draining the grid take. */
  readonly steadyOfBound: number;
  readonly bound: number;
  readonly frozenClocks: number;
}

/** Run back-to-back tiles in the default schedule on the top modules of all presets. */
export async function measureTop(presets: readonly PresetName[] = PRESET_NAMES): Promise<TopRate[]> {
  const rates: TopRate[] = [];
  for (const preset of presets) {
    const design = buildDesign({
      name: preset,
      size: sizeOf(preset),
      projection: { preset, matrix: PRESETS[preset] },
      types: { a: 'int8', b: 'int8', c: 'int32' },
    });
    const top = topDesign(design);
    const simulation = await openTop(top);
    for (const withC of [false, true]) {
      await simulation.reset();
      const driver = new TopDriver(top, simulation);
      const [n1, n2, n3] = design.spec.size;
      const matrices = {
        a: allocate('int8', n1 * n3).fill(1 as never),
        b: allocate('int8', n3 * n2).fill(2 as never),
        c: withC ? allocate('int32', n1 * n2) : undefined,
      };
      for (let n = 0; n < TILES; n++) await driver.sendTile(matrices, { last: n === TILES - 1, gapCycles: 0 });
      const results = await driver.receive(TILES);
      assertResults(results, 2 * n3, preset);
      const { clocks, frozenClocks } = await driver.readCounters();
      const { latencyCycles, utilisationBound } = design.schedule;
      // Clocks that the schedule takes from the first start to the last, and from there to the end of the job.
      const lastStart = defaultStartCycle(top, TILES - 1);
      const ideal = TILES * design.schedule.initiationSteps;
      rates.push({
        preset,
        size: design.spec.size,
        streamBits: top.streamBits,
        withC,
        wholeOfBound: ideal / clocks,
        scheduleOfBound: ideal / (lastStart + latencyCycles),
        steadyOfBound: ideal / (ideal + frozenClocks),
        bound: utilisationBound,
        frozenClocks,
      });
      if (clocks < lastStart + latencyCycles) throw new RangeError(`${preset}: ${clocks} clocks are too few`);
    }
    await simulation.close();
  }
  return rates;
}

/** The figures count for nothing where the products are wrong. */
function assertResults(results: readonly Uint8Array[], expected: number, preset: PresetName): void {
  const isRight = results.every((bytes) => new Int32Array(bytes.slice().buffer).every((value) => value === expected));
  if (!isRight) throw new RangeError(`the top module of ${preset} gives wrong results`);
}

/** The dimension that is not spread over PEs is the depth; where all are, the last one. */
function sizeOf(preset: PresetName): readonly [number, number, number] {
  const [x, y] = PRESETS[preset];
  const depth = [0, 1, 2].find((axis) => x[axis] === 0 && y[axis] === 0) ?? 2;
  const size = [SIDE, SIDE, SIDE];
  size[depth] = DEPTH;
  return size as [number, number, number];
}
