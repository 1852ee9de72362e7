import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type CheckOptions, crossCheck } from '../../src/check/cross-check.ts';
import { describeMismatch } from '../../src/check/mismatch.ts';
import { replayCase } from '../../src/check/replay-case.ts';
import { FAULT_KINDS } from '../../src/fault/fault.ts';
import type { MachineJob } from '../../src/sim/machine.ts';
import { BIN } from '../cli/support/espalier.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import { operatorFile } from '../spec/operator-file.ts';
import {
  corruptRegister,
  type Defect,
  defectiveFunctional,
  defectiveRtl,
  ignoresWindowEnd,
  miscountsFirings,
  spoilsLastSample,
  swapsFaultOrder,
} from './support/defects.ts';

const design = designOf();
const SIMULATORS = { trials: 100, seed: 1, rtl: null } satisfies CheckOptions;

/** Check against an RTL with a defect, which must be found. */
async function mismatchOf(defect: Defect, options: Partial<CheckOptions> = {}) {
  const { mismatch } = await crossCheck(design, {
    trials: 500,
    seed: 1,
    rtl: defectiveRtl(design, defect),
    ...options,
  });
  return mismatch!;
}

describe('a cross-check', () => {
  test.each(Object.keys(MATRICES))('finds the models equal, with projection %s', async (name) => {
    for (const multiplierStages of [0, 1]) {
      const array = designOf({
        matrix: MATRICES[name]!,
        multiplierStages,
        types: { a: 'uint8', b: 'int8', c: 'int32' },
      });
      const { mismatch } = await crossCheck(array, { ...SIMULATORS, rtl: defectiveRtl(array) });
      expect(mismatch && describeMismatch(mismatch)).toBeNull();
    }
  });

  it('tells what it exercised', async () => {
    const { tally, ...report } = await crossCheck(design, { ...SIMULATORS, trials: 600 });
    expect(report).toEqual({
      array: 'sample',
      designHash: design.hash,
      models: ['reference', 'functional', 'cycle'],
      seed: 1,
      mismatch: null,
    });
    const { faults } = tally;
    expect(tally.trials).toBe(600);
    expect(tally.faultFree).toBeGreaterThan(100);
    expect(tally.tiled).toBeGreaterThan(300);
    expect(tally.reentered).toBeGreaterThan(150);
    expect(tally.peCycles).toBeGreaterThan(600 * design.pes.length * design.schedule.latencyCycles);
    expect(faults.fired).toBeGreaterThan(faults.total / 2);
    expect(tally.resultChanged).toBeGreaterThan(150);
    const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count);
    for (const counts of [faults.byNode, faults.byKind, faults.byWindow]) expect(sum(counts)).toBe(faults.total);
    expect(faults.byNode.p).toBe(0);
    for (const { node } of design.faultSites) expect(faults.byNode[node]).toBeGreaterThan(50);
    for (const kind of FAULT_KINDS) expect(faults.byKind[kind]).toBeGreaterThan(100);
  });

  it('gives the same report for the same seed, and reports its progress', async () => {
    const progress: number[] = [];
    const report = await crossCheck(design, { ...SIMULATORS, onProgress: (done) => progress.push(done) });
    expect(await crossCheck(design, SIMULATORS)).toEqual(report);
    expect(await crossCheck(design, { ...SIMULATORS, seed: 2 })).not.toEqual(report);
    expect(progress).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  test.each([0, 1, 2, 3])('drives an RTL of %i fault slots with no more faults than that', async (faultSlots) => {
    const array = designOf({ faultSlots });
    const seen = new Set<number>();
    const watch = (job: MachineJob) => {
      seen.add(job.faults.length);
      return job;
    };
    const { mismatch } = await crossCheck(array, { ...SIMULATORS, rtl: defectiveRtl(array, { job: watch }) });
    expect(mismatch).toBeNull();
    expect(seen).toEqual(new Set(Array.from({ length: faultSlots + 1 }, (_, n) => n)));
  });

  it('can be aborted', async () => {
    const abort = new AbortController();
    const onProgress = (done: number) => done === 20 && abort.abort(new Error('enough'));
    for (const rtl of [null, defectiveRtl(design)]) {
      const check = crossCheck(design, { trials: 1e6, seed: 1, rtl, signal: abort.signal, onProgress });
      await expect(check).rejects.toThrow(new Error('enough'));
    }
  });

  it('fails with the error of an RTL that fails', async () => {
    const breaks: Defect = {
      run(run) {
        if (run.firedCycles.length === 3) throw new Error('the process is gone');
        return run;
      },
    };
    await expect(mismatchOf(breaks)).rejects.toThrow(new Error('the process is gone'));
  });
});

describe('a seeded defect', () => {
  it.each([
    ['a_q', 0, 0, 7],
    ['b_q', 5, 3, 0],
    ['c_q', 2, 9, 31],
    ['last_q', 1, 6, 0],
    ['s_q', 4, 4, 12],
  ])('in register %s of PE number %i after cycle %i is found there', async (register, peIndex, cycle, bit) => {
    const { differences, checkCase } = await mismatchOf(corruptRegister(design, register, peIndex, cycle, bit));
    const { x, y } = design.pes[peIndex]!;
    expect(differences).toEqual([
      {
        kind: 'register',
        models: ['cycle', 'rtl'],
        cycle,
        register,
        pe: { x, y },
        widthBits: design.registers.find(({ name }) => name === register)!.widthBits,
        values: [0n, 1n << BigInt(bit)],
      },
    ]);
    expect(checkCase).toMatchObject({ a: { shape: [1, 1] }, b: { shape: [1, 1] }, faults: [] });
    for (const matrix of [checkCase.a, checkCase.b, checkCase.c]) expect([...matrix.data]).toEqual([0]);
  });

  it('that ignores the end of a fault window is found in the cycle after it', async () => {
    const { checkCase, differences } = await mismatchOf(ignoresWindowEnd);
    expect(checkCase.faults.length).toBe(1);
    const [fault] = checkCase.faults;
    const [difference] = differences;
    expect(fault!.window.from).toBe(fault!.window.to);
    expect(difference).toMatchObject({ kind: 'register', models: ['cycle', 'rtl'] });
    expect((difference as { cycle: number }).cycle).toBeGreaterThan(fault!.window.to);
    expect([...checkCase.c.data].length).toBe(1);
  });

  it('that swaps the order of faults is found with two faults on one node', async () => {
    const { checkCase, differences } = await mismatchOf(swapsFaultOrder, { trials: 5000 });
    const [first, second] = checkCase.faults;
    expect(checkCase.faults.length).toBe(2);
    expect(second).toMatchObject({ node: first!.node, pe: first!.pe });
    expect(differences[0]).toMatchObject({ kind: expect.stringMatching('register|fired'), models: ['cycle', 'rtl'] });
  });

  it('that counts fired faults wrong is found with one fault', async () => {
    const { checkCase, differences } = await mismatchOf(miscountsFirings);
    expect(checkCase.faults.length).toBe(1);
    const [{ values } = { values: [] }] = differences as readonly { values: readonly number[] }[];
    expect(differences).toEqual([
      { kind: 'fired', models: ['cycle', 'rtl'], fault: 0, values: [values[0], values[0]! + 1] },
    ]);
  });

  it('that spoils a sample is found in the result alone', async () => {
    const { checkCase, differences } = await mismatchOf(spoilsLastSample);
    expect(checkCase).toMatchObject({ a: { shape: [1, 1] }, b: { shape: [1, 1] }, faults: [] });
    expect(differences).toEqual([
      { kind: 'result', models: ['cycle', 'rtl'], row: 0, column: 0, widthBits: 32, values: [0n, 1n] },
    ]);
  });

  it('in the functional simulator is found in its result, with the smallest job that shows it', async () => {
    // The sum of a second slice along K is wrong where C is not zero.
    const functional = defectiveFunctional(design, (result, { a, c }) => {
      if (a.shape[1]! > 4) {
        const sums = result as Int32Array;
        for (let n = 0; n < sums.length; n++) if (c!.data[n] !== 0) sums[n]! ^= 4;
      }
    });
    const { mismatch } = await crossCheck(design, { ...SIMULATORS, functional });
    expect(mismatch!.checkCase).toMatchObject({ a: { shape: [1, 5] }, b: { shape: [5, 1] }, faults: [] });
    expect([...mismatch!.checkCase.c.data]).toEqual([1]);
    expect(mismatch!.differences).toEqual([
      { kind: 'result', models: ['functional', 'cycle'], row: 0, column: 0, widthBits: 32, values: [5n, 1n] },
    ]);
  });

  it('gives the smallest case in words', async () => {
    const mismatch = await mismatchOf(corruptRegister(design, 'c_q', 2, 5, 4));
    expect(describeMismatch(mismatch)).toEqual([
      'models differ in trial 0 of seed 1; the smallest case found:',
      '  M = 1, K = 1, N = 1',
      '  A = zeros',
      '  B = zeros',
      '  C = zeros',
      '  no faults',
      'register c_q of PE (2, 1) after cycle 5 is 0x00000000 (cycle) and 0x00000010 (rtl)',
    ]);
  });

  it('is shrunk within the given number of attempts', async () => {
    const mismatch = await mismatchOf(ignoresWindowEnd, { shrinkLimit: 3 });
    expect(mismatch.shrinkAttempts).toBe(3);
    expect(mismatch.differences.length).toBeGreaterThan(0);
  });
});

describe('the files of a mismatch', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'espalier-check-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('hold the shrunk case, which shows the same differences when it is run again', async () => {
    const deep = join(directory, 'new', 'folder');
    const mismatch = await mismatchOf(ignoresWindowEnd, { directory: deep });
    expect(mismatch.replayPath).toBe(join(deep, `sample-seed1-trial${mismatch.trial}.replay.json`));
    expect(mismatch.vcdPath).toBeNull();
    const openRtl = async (array: typeof design) => defectiveRtl(array, ignoresWindowEnd);
    const replayed = await replayCase(mismatch.replayPath!, { openRtl });
    expect(replayed).toMatchObject({ seed: 1, trial: mismatch.trial, toolVersion: design.toolVersion });
    expect(replayed.design.hash).toBe(design.hash);
    expect(replayed.checkCase).toEqual(mismatch.checkCase);
    expect(replayed.differences).toEqual(mismatch.differences);
    expect((await replayCase(mismatch.replayPath!)).differences).toEqual([]);
  });

  it('load own operators wherever they lie, from any working directory', async () => {
    const [operators, elsewhere] = [join(directory, 'operators'), join(directory, 'elsewhere')];
    for (const folder of [operators, elsewhere]) await mkdir(folder);
    const own = designOf({
      operators: { multiplier: operatorFile(operators, 'multiplier', 'times'), adder: null },
    });
    const { mismatch } = await crossCheck(own, {
      ...SIMULATORS,
      rtl: defectiveRtl(own, spoilsLastSample),
      directory: relative('.', join(directory, 'replays')),
    });
    const path = mismatch!.replayPath!;
    expect(await readFile(path, 'utf8')).toContain('multiplier \\"../operators/times\\"');
    const args = [BIN, 'check', '--replay', resolve(path), '--no-rtl'];
    const { stdout } = await execa(process.execPath, args, { cwd: elsewhere });
    expect(stdout).toMatch(/^sample, seed 1: reference, functional, cycle agree on the case of /);
  });

  it('are the same bytes for the same check', async () => {
    const text = async (folder: string) => {
      const { replayPath } = await mismatchOf(swapsFaultOrder, { trials: 5000, directory: join(directory, folder) });
      return readFile(replayPath!, 'utf8');
    };
    expect(await text('once')).toBe(await text('twice'));
  });

  it('are not written where no directory is given', async () => {
    const { replayPath, vcdPath } = await mismatchOf(ignoresWindowEnd);
    expect([replayPath, vcdPath]).toEqual([null, null]);
    expect(existsSync('sample-seed1-trial0.replay.json')).toBe(false);
  });
});
