import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycleBackend, functionalBackend } from '../../src/backend/functional.ts';
import { openTopBackend } from '../../src/backend/open-top.ts';
import { randomStream } from '../../src/check/random.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { topDesign, topPlanning } from '../../src/top/top-design.ts';
import { designOf, MATRICES, specOf, specs } from '../design/support/arrays.ts';
import { compareTrials } from './support/compare-trials.ts';

const STALLS = { seed: 21, input: 0.3, output: 0.4, registers: 0.2 };

describe('the top module gives the results and fired counts of the simulators under random faults:', () => {
  it.each(Object.entries(MATRICES))('%s', async (_, matrix) => {
    const backend = await openTopBackend(designOf({ matrix, size: [3, 2, 4], multiplierStages: 1 }), {
      streamBits: 64,
      stalls: STALLS,
    });
    await compareTrials(backend, 22, 60);
    await backend.close();
  });

  it('any legal matrix, size, dtypes and stream width', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const widths = [undefined, 32, 64, 128, 256];
    for (const [n, spec] of fc.sample(specs, { numRuns: 3, seed }).entries()) {
      const design = buildDesign(spec);
      const widest = Math.max(...Object.values(design.lines).map(({ widthBits }) => widthBits));
      const width = widths[(seed + n) % widths.length];
      const streamBits = width && Math.max(width, widest);
      const backend = await openTopBackend(design, { streamBits, stalls: n % 2 === 0 ? STALLS : undefined });
      await compareTrials(backend, seed, 30);
      await backend.close();
    }
  });

  it('an array on which a tile starts in every cycle, so that many are on their way at once', async () => {
    const matrix: Matrix3 = [
      [1, 2, 2],
      [-1, 1, 2],
      [1, 3, 3],
    ];
    const design = designOf({ matrix, size: [1, 4, 4] });
    const backend = await openTopBackend(design, { streamBits: 64, stalls: STALLS });
    await compareTrials(backend, 24, 60);
    const random = randomStream(24, 'long job');
    const elements = (count: number) => Int8Array.from({ length: count }, () => random.word());
    const job = { a: tensor('int8', [70, 4], elements(280)), b: tensor('int8', [4, 4], elements(16)) };
    const { result, stats } = await backend.matmul(job);
    expect([...result.data]).toEqual([...(await functionalBackend(design).matmul(job)).result.data]);
    expect(stats.cycles).toBe(69 + design.schedule.latencyCycles);
    await backend.close();
  });

  it('a pipelined float array on which four tiles interleave', async () => {
    const spec = specOf({
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 4],
      ],
      types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' },
      size: [3, 3, 2],
      multiplierStages: 3,
      adderStages: 4,
    });
    const backend = await openTopBackend(buildDesign(spec), { stalls: STALLS });
    await compareTrials(backend, 23, 60);
    await backend.close();
  });
});

describe('a fault of one cycle', () => {
  it('meets that very cycle of the grid, whichever it is', async () => {
    const design = designOf({ size: [2, 2, 3] });
    const backend = await openTopBackend(design, { stalls: STALLS });
    const cycle = cycleBackend(design, topPlanning(design));
    const job = {
      a: tensor(
        'int8',
        [4, 5],
        Int8Array.from({ length: 20 }, (_, n) => 7 * n - 60),
      ),
      b: tensor(
        'int8',
        [5, 3],
        Int8Array.from({ length: 15 }, (_, n) => 11 * n - 70),
      ),
    };
    const { cycles } = (await cycle.matmul(job)).stats;
    for (let at = 0; at < cycles + 3; at++) {
      const faults = [
        `flip bit 4 of c at (1, 2) cycles =${at}`,
        `set bits 0xff to 0x55 of a at (2, 1) cycles =${at}`,
      ].map((text) => resolveFault(design, parseFault(text)));
      const [found, wanted] = [await backend.matmul(job, { faults }), await cycle.matmul(job, { faults })];
      expect([...found.result.data], `cycle ${at}`).toEqual([...wanted.result.data]);
      expect(found.faults.map(({ firedCycles }) => firedCycles)).toEqual(
        wanted.faults.map(({ firedCycles }) => firedCycles),
      );
    }
    await backend.close();
  });
});

describe('a plan for sums that return through the host', () => {
  it('gives them the time to leave, and no other tile more than it needs', async () => {
    const design = designOf({ size: [2, 2, 3] });
    const job = { a: tensor('int8', [2, 6]), b: tensor('int8', [6, 2]) };
    const [near, far] = [functionalBackend(design), functionalBackend(design, topPlanning(design))];
    const difference = (await far.matmul(job)).stats.cycles - (await near.matmul(job)).stats.cycles;
    expect(difference).toBeGreaterThan(0);
    expect((await far.matmul(job)).stats.cycles).toBe(
      topDesign(design).returnGapCycles + design.schedule.latencyCycles,
    );
  });
});
