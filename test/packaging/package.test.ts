import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type EmittedFile, emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { emitPackage } from '../../src/packaging/emit-package.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { emitTestbench } from '../../src/testbench/emit-testbench.ts';
import { installed, run } from '../emit/support/tools.ts';

const DESIGN = buildDesign({
  name: 'tiny',
  size: [2, 2, 2],
  projection: { preset: 'output_stationary', matrix: PRESETS.output_stationary },
  types: { a: 'int8', b: 'int8', c: 'int32' },
  faultSlots: 1,
});

let place: string;
let verilog: EmittedFile[];
let files: EmittedFile[];

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'espalier-package-'));
  verilog = [...emitDesign(DESIGN), await emitTestbench(DESIGN)];
  files = [...verilog, ...emitPackage(DESIGN, verilog)];
  await writeFiles(place, files);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

const textOf = (path: string) => files.find((file) => file.path === path)!.text;
const synthesizable = () => verilog.map(({ path }) => path).filter((path) => /^[^/]+\.v$/.test(path));

describe('the package', () => {
  it('names in its scripts and its core all modules that are synthesised, and files that are there', () => {
    const paths = files.map(({ path }) => path);
    for (const script of [
      'tiny.core',
      'synth/vivado_ooc.tcl',
      ...['ice40', 'ecp5', 'xilinx'].map((t) => `synth/yosys_${t}.ys`),
    ]) {
      const named = [...textOf(script).matchAll(/^ *(?:- |read_verilog )?((?:tb\/)?\w+\.v)\b/gm)].map(
        ([, path]) => path!,
      );
      expect(
        named.filter((path) => !path.startsWith('tb/')),
        script,
      ).toEqual(synthesizable());
      for (const path of named) expect(paths).toContain(path);
    }
    expect(textOf('tiny.core')).toContain('      - synth/tiny.xdc\n');
  });

  it('lists every file in its README but that itself, with what it is', () => {
    const listed = [...textOf('README.md').matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map(([, path]) => path);
    expect(listed).toEqual(files.map(({ path }) => path).filter((path) => path !== 'README.md'));
  });

  it('leaves the testbench out where there is none', () => {
    const without = emitPackage(DESIGN, emitDesign(DESIGN));
    for (const { path, text } of without) expect(text, path).not.toMatch(/tiny_tb|testbench/);
  });

  it.runIf(installed('verilator'))('has commands to check in its README that find nothing', () => {
    const [lint] = /^verilator --lint-only .*$/m.exec(textOf('README.md'))!;
    const [command, ...args] = lint.split(' ');
    expect(run(command!, args, place)).toBe('');
  });

  it.runIf(installed('yosys')).each(['ice40', 'ecp5', 'xilinx'])('synthesises for %s with its script', (target) => {
    expect(run('yosys', ['-q', `synth/yosys_${target}.ys`], place)).not.toMatch(/^exit|ERROR/m);
    expect(run('test', ['-s', `tiny_${target}.json`], place)).toBe('');
  });
});
