import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { type Matrix3, PRESETS } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { emitTestbench, emitTopTestbench } from '../../src/testbench/emit-testbench.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { installed } from '../emit/support/tools.ts';
import { TOP_DEFECTS, type TopDefect } from './support/top-defects.ts';

const INT8 = { a: 'int8', b: 'int8', c: 'int32' } as const;
const SLOW: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [2, 1, 3],
];

type Case = readonly [
  name: string,
  matrix: Matrix3,
  spec: Pick<ArrayInput, 'types' | 'faultSlots' | 'multiplierStages'> &
    Partial<Pick<ArrayInput, 'size'>> & { streamBits?: number },
];

const CASES: readonly Case[] = [
  ['os', PRESETS.output_stationary, { types: INT8, faultSlots: 2, multiplierStages: 0 }],
  ['cs', PRESETS.col_stationary, { types: { ...INT8, a: 'uint8' }, faultSlots: 1, multiplierStages: 1 }],
  ['hex', PRESETS.no_local_reuse, { types: INT8, faultSlots: 0, multiplierStages: 0 }],
  ['slow', SLOW, { types: { a: 'float32', b: 'float32', c: 'float32' }, faultSlots: 3, multiplierStages: 0 }],
];

/** With streams of 1024 bits each matrix is one beat, so that their buffers hold whole packets. */
const BEATS: Case = [
  'beats',
  PRESETS.output_stationary,
  { types: INT8, faultSlots: 0, multiplierStages: 0, size: [1, 1, 1], streamBits: 1024 },
];

const SIMULATORS = {
  iverilog: (module: string) => ({
    build: ['iverilog', ['-g2005', '-y', '.', '-o', 'tb.vvp', `tb/${module}.v`]] as const,
    run: ['vvp', ['-N', 'tb.vvp']] as const,
  }),
  verilator: (module: string) => ({
    build: [
      'verilator',
      ['--binary', '-Wall', '-CFLAGS', '-O0', '-y', '.', '--top-module', module, `tb/${module}.v`],
    ] as const,
    run: [`obj_dir/V${module}`, []] as const,
  }),
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-testbench-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function simulate(cwd: string, module: string, simulator: keyof typeof SIMULATORS) {
  const { build, run } = SIMULATORS[simulator](module);
  const built = await execa(build[0], build[1], { cwd, reject: false });
  expect({ exitCode: built.exitCode, stderr: built.stderr }).toEqual({ exitCode: 0, stderr: '' });
  return await execa(run[0], run[1], { cwd, reject: false, preferLocal: false });
}

describe.each(Object.keys(SIMULATORS) as (keyof typeof SIMULATORS)[])('in %s', (simulator) => {
  describe.skipIf(!installed(simulator))('the testbench', () => {
    // Each build by Verilator takes tens of seconds.
    it.each(simulator === 'verilator' ? CASES.slice(0, 1) : CASES)(
      'of %s passes, and fails when the PE has a defect',
      async (name, matrix, spec) => {
        const design = buildDesign({ name, size: [2, 3, 4], projection: { preset: null, matrix }, ...spec });
        const place = join(folder, simulator, name);
        await writeFiles(place, [...emitDesign(design), await emitTestbench(design)]);
        const right = await simulate(place, `${name}_tb`, simulator);
        expect(right.stdout).toMatch(
          new RegExp(`^PASS: ${name}_grid, ${spec.faultSlots === 0 ? 1 : 5} runs, \\d+ results`),
        );
        expect(right.exitCode).toBe(0);

        const pe = join(place, `${name}_pe.v`);
        const text = readFileSync(pe, 'utf8');
        const broken = text
          .replace('a_q <= a_d;', `a_q <= a_d ^ ${design.lines.a.widthBits}'d2;`)
          .replace('a_q <= a_i;', `a_q <= a_i ^ ${design.lines.a.widthBits}'d2;`);
        expect(broken).not.toBe(text);
        writeFileSync(pe, broken);
        const wrong = await simulate(place, `${name}_tb`, simulator);
        expect(wrong.stdout).toMatch(
          new RegExp(`^run 0, step \\d+: ._o is [0-9a-f]+, expected .*\n[^]*FAIL: ${name}_grid, \\d+ differences`),
        );
        expect(wrong.exitCode).not.toBe(0);
      },
    );

    const tops = simulator === 'verilator' ? CASES.slice(2) : [...CASES, BEATS];
    it.each(tops.map((given) => ({ name: given[0], given })))(
      'of the top module of $name passes',
      async ({ given }) => {
        const { place, name, jobs, beats } = await writeTop(simulator, given);
        const { stdout, exitCode } = await simulate(place, `${name}_top_tb`, simulator);
        expect(stdout).toMatch(new RegExp(`^PASS: ${name}_top, ${jobs} jobs, ${beats} beats of results`));
        expect(exitCode).toBe(0);
      },
    );
  });
});

/** Write the top module of a case with its testbench; A and B end within a beat. */
async function writeTop(folderName: string, [name, matrix, { streamBits = 32, ...spec }]: Case) {
  const design = buildDesign({ name, size: [2, 3, 5], projection: { preset: null, matrix }, ...spec });
  const top = topDesign(design, streamBits);
  const place = join(folder, `${folderName}_top`, name);
  await writeFiles(place, [...emitDesign(design, { top }), await emitTopTestbench(top)]);
  // One job fault-free and four with faults, one with gaps, more tiles than there is room for, one after each soft reset.
  const tiles = Math.min(design.periodCycles, 4) + 1;
  const jobs = (spec.faultSlots === 0 ? 1 : 5) + 1 + Math.ceil((top.slots + top.outSlots + 6) / tiles) + 5;
  return { place, name, jobs, beats: jobs * tiles * top.beats.c };
}

/** Seed a defect in the top module of the first case, and run its testbench. */
async function expectFail([title, file, from, to]: TopDefect, simulator: keyof typeof SIMULATORS) {
  const { place } = await writeTop(`${simulator}_${title.replaceAll(' ', '_')}`, CASES[0]!);
  const path = join(place, file);
  const text = readFileSync(path, 'utf8');
  const broken = text.replace(from, to);
  expect(broken).not.toBe(text);
  writeFileSync(path, broken);
  const { stdout, exitCode } = await simulate(place, 'os_top_tb', simulator);
  expect(stdout).toMatch(/\nFAIL: os_top, \d+ differences/);
  expect(exitCode).not.toBe(0);
}

describe('the testbench of a top module fails', () => {
  describe.skipIf(!installed('iverilog'))('in iverilog', () => {
    it.each(TOP_DEFECTS)('where %s', (...defect) => expectFail(defect, 'iverilog'));
  });

  it.skipIf(!installed('verilator'))(`in verilator where ${TOP_DEFECTS[0]![0]}`, () =>
    expectFail(TOP_DEFECTS[0]!, 'verilator'),
  );
});

it('the same design gives the same testbench', async () => {
  const [name, matrix, spec] = CASES[0]!;
  const design = () => buildDesign({ name, size: [2, 3, 4], projection: { preset: null, matrix }, ...spec });
  expect(await emitTestbench(design())).toEqual(await emitTestbench(design()));
  const top = () => topDesign(design(), 64);
  expect(await emitTopTestbench(top())).toEqual(await emitTopTestbench(top()));
});
