import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type EmittedFile, emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { emitPackage } from '../../src/packaging/emit-package.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import { emitTestbench, emitTopTestbench } from '../../src/testbench/emit-testbench.ts';
import { encodeTile } from '../../src/top/packets.ts';
import { addressOf, FAULT_REGISTERS, faultAddressOf, REGISTERS } from '../../src/top/register-map.ts';
import { identityOf } from '../../src/top/register-writes.ts';
import { HEADER_FIELDS, tileHeader } from '../../src/top/tile-header.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { installed, run } from '../emit/support/tools.ts';
import { runScript } from '../synth/support/run-yosys.ts';

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

  describe('with a top module', () => {
    const top = topDesign(DESIGN, 64);
    let all: EmittedFile[];
    beforeAll(async () => {
      const own = [...emitDesign(DESIGN, { top }), await emitTestbench(DESIGN), await emitTopTestbench(top)];
      all = [...own, ...emitPackage(DESIGN, own, top)];
    });
    const text = (path: string) => all.find((file) => file.path === path)!.text;

    it('simulates both testbenches, by targets of the core and by the commands of the README', () => {
      for (const [target, module] of [
        ['sim', 'tiny_tb'],
        ['sim_top', 'tiny_top_tb'],
      ]) {
        expect(text('tiny.core')).toMatch(
          new RegExp(
            `^  ${target}:\\n(?:    .*\\n)*?    filesets: \\[rtl, ${module}\\]\\n(?:    .*\\n)*?    toplevel: ${module}$`,
            'm',
          ),
        );
        expect(text('tiny.core')).toContain(`  ${module}:\n    files:\n      - tb/${module}.v\n`);
        expect(text('README.md')).toContain(`verilator --binary -y . --top-module ${module} tb/${module}.v &&`);
        expect(text('README.md')).toContain(`fusesoc run --target=${target} ::tiny\n`);
      }
    });

    it('shows all ports of it, and of the grid, in instances', () => {
      for (const module of ['tiny_top', 'tiny_grid']) {
        const declared = text(`${module}.v`)
          .split(/^\);/m)[0]!
          .matchAll(/^ +(?:in|out)put +wire .*?(\w+),?$/gm);
        const [, instance] = new RegExp(`\\n${module} u_tiny \\(([^;]*)\\);`).exec(text('README.md'))!;
        const shown = [...instance!.matchAll(/\.(\w+)\((\w+)\)/g)];
        expect(shown.map(([, port]) => port)).toEqual([...declared].map(([, port]) => port));
        expect(shown.map(([, , signal]) => signal)).toEqual(shown.map(([, port]) => port));
      }
    });

    it('makes it what is synthesised, and lists it with its documents', () => {
      expect(text('tiny.core')).toContain('    toplevel: tiny_top\n');
      expect(text('synth/yosys_ice40.ys')).toContain('\nsynth_ice40 -top tiny_top\n');
      expect(text('synth/tiny.xdc')).toContain('[get_ports aclk]');
      const listed = [...text('README.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path);
      expect(listed).toEqual(all.map(({ path }) => path).filter((path) => path !== 'README.md'));
    });

    it('has a C header with the addresses of the register map, and with headers and lengths of packets', async () => {
      const names = REGISTERS.map(({ name }) => name);
      const identity = Object.entries(identityOf(top));
      const source = [
        text('tiny_registers.h'),
        '#include <stdio.h>',
        'int main(void) {',
        ...names.map((name) => `  printf("%u\\n", TINY_${name});`),
        '  printf("%u\\n", (unsigned)TINY_HEADER(1, 0, 77));',
        '  printf("%u\\n", (unsigned)TINY_HEADER(0, 2, 0x100000));',
        ...(['A', 'B', 'C'] as const).flatMap((line) => [
          `  printf("%u\\n", TINY_PACKET_BEATS_${line});`,
          `  printf("%u\\n", TINY_PACKET_LAST_BYTES_${line});`,
        ]),
        ...identity.map(([name]) => `  printf("%u\\n", TINY_${name}_VALUE);`),
        '  printf("%u\\n", TINY_FAULT(1, TINY_FAULT_VALUE));',
        '  return TINY_HASH == 0;',
        '}',
      ];
      const folder = join(place, 'c');
      await writeFiles(folder, [{ path: 'main.c', text: source.join('\n') }]);
      expect(run('g++', ['-x', 'c', '-std=c99', '-Wall', '-Werror', '-o', 'main', 'main.c'], folder)).toBe('');
      expect(text('tiny_registers.h')).not.toContain('TINY_FAULT_VALUE_1');
      const { stdout } = await execa(join(folder, 'main'));
      expect(stdout.split('\n').map(Number)).toEqual([
        ...names.map((name) => addressOf(name)),
        tileHeader({ last: true, gapCycles: 77 }, false),
        tileHeader({ last: false, gapCycles: 0 }, true),
        ...(['a', 'b', 'c'] as const).flatMap((line) => [top.beats[line], top.lastBytes[line]]),
        ...identity.map(([, value]) => value),
        faultAddressOf(1, 'VALUE'),
      ]);
    });

    it.runIf(installed('verilator'))('has a command to check in its README that finds nothing', async () => {
      const folder = join(place, 'top');
      await writeFiles(folder, all);
      const [lint] = /^verilator --lint-only .*tiny_top\.v$/m.exec(text('README.md'))!;
      const [command, ...args] = lint.split(' ');
      expect(run(command!, args, folder)).toBe('');
    });

    it('is synthesised by its script', async () => {
      const sources = all.filter(({ path }) => /^[^/]+\.v$/.test(path));
      const script = { path: 'yosys_ecp5.ys', text: text('synth/yosys_ecp5.ys') };
      const product = await runScript('script yosys_ecp5.ys', [...sources, script], 'tiny_ecp5.json');
      expect(Object.keys(JSON.parse(product).modules)).toContain('tiny_top');
    });

    it('has every register in the page of the register map', () => {
      const rows = [...text('tiny_registers.md').matchAll(/^\| (0x\w+)(?: … 0x\w+)? \| `(\w+)` \|/gm)].map(
        ([, at, name]) => [name, Number(at)],
      );
      expect(rows).toEqual([...REGISTERS, ...FAULT_REGISTERS].map(({ name, address }) => [name, address]));
    });
  });

  it.each([64, 32])('tells in its README the beats of a packet of %i bits', (streamBits) => {
    const top = topDesign(DESIGN, streamBits);
    const own = emitDesign(DESIGN, { top });
    const { text } = emitPackage(DESIGN, own, top).find(({ path }) => path === 'README.md')!;
    const { data, last } = encodeTile(
      top,
      { a: new Int8Array(4), b: new Int8Array(4), c: new Int32Array(4) },
      { last: true, gapCycles: 0 },
    );
    const rows = [...text.matchAll(/^\| (?:header|A|B|C, if the header says so) \|.*\| (\d+) \| (\d+) \|$/gm)];
    const beats = rows.map(([, count]) => Number(count));
    expect(beats.reduce((sum, count) => sum + count)).toBe(last.length);
    expect(beats.slice(0, -1)).toEqual([1, top.beats.a, top.beats.b]);
    expect(data.length).toBe((last.length * streamBits) / 8);
    for (const { name, does } of HEADER_FIELDS) expect(text).toContain(`| \`${name}\` | ${does} |`);
    expect(text).toContain(`${top.returnGapCycles} cycles or more after`);
  });

  it('tells the testbenches of an array apart that is named like a top module', async () => {
    const design = buildDesign({ ...DESIGN.spec, name: 'x_top' });
    const own = [...emitDesign(design), await emitTestbench(design)];
    const { text } = emitPackage(design, own).find(({ path }) => path === 'x_top.core')!;
    expect([...text.matchAll(/^ {2}(sim\w*):$/gm)].map(([, target]) => target)).toEqual(['sim']);
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

  it.each(['ice40', 'ecp5', 'xilinx'])('synthesises for %s with its script', async (target) => {
    const sources = verilog.filter(({ path }) => synthesizable().includes(path));
    const script = { path: `yosys_${target}.ys`, text: textOf(`synth/yosys_${target}.ys`) };
    const product = await runScript(`script ${script.path}`, [...sources, script], `tiny_${target}.json`);
    expect(Object.keys(JSON.parse(product).modules)).toContain('tiny_grid');
  });
});
