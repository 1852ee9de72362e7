import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { moduleNames } from '../../src/design/design.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { type Matrix3, PRESETS } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { installed, run } from './support/tools.ts';

const MATRICES: Readonly<Record<string, Matrix3>> = {
  ...PRESETS,
  long: [
    [2, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
  ],
  slow: [
    [1, 0, 0],
    [0, 1, 0],
    [2, 1, 3],
  ],
  skewed: [
    [1, 1, 0],
    [0, 2, -1],
    [1, 1, 2],
  ],
};

const VARIANTS: readonly Pick<ArrayInput, 'types' | 'wrap' | 'faultSlots' | 'multiplierStages'>[] = [
  { types: { a: 'int8', b: 'int8', c: 'int32' }, faultSlots: 0, multiplierStages: 0 },
  { types: { a: 'uint8', b: 'int8', c: 'int32' }, faultSlots: 2, multiplierStages: 1 },
  { types: { a: 'int16', b: 'uint16', c: 'int16' }, wrap: true, faultSlots: 1, multiplierStages: 1 },
  { types: { a: 'int32', b: 'int64', c: 'int64' }, wrap: true, faultSlots: 1, multiplierStages: 0 },
  { types: { a: 'int8', b: 'int8', c: 'int32' }, faultSlots: 1, multiplierStages: 3 },
  { types: { a: 'float32', b: 'float32', c: 'float32' }, faultSlots: 1, multiplierStages: 0 },
  { types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' }, faultSlots: 0, multiplierStages: 2 },
];

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));
/** Golden files include what the emitted ones hold themselves. */
const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const GOLDEN_ARRAYS = readdirSync(GOLDEN).filter((name) => existsSync(join(GOLDEN, name, 'manifest.json')));

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function emitted(name: string, matrix: Matrix3, variant: (typeof VARIANTS)[number]) {
  const design = buildDesign({ name, size: [2, 3, 2], projection: { preset: null, matrix }, ...variant });
  const folder = mkdtempSync(join(tmpdir(), 'espalier-emit-'));
  folders.push(folder);
  await writeFiles(folder, emitDesign(design));
  return { folder, names: moduleNames(design) };
}

describe('Verilator -Wall finds nothing in', () => {
  for (const [name, matrix] of Object.entries(MATRICES)) {
    it(name, async () => {
      for (const variant of VARIANTS) {
        const { folder, names } = await emitted(name, matrix, variant);
        const lint = (top: string, file: string) =>
          run('verilator', ['--lint-only', '-Wall', '--top-module', top, '-y', '.', file], folder);
        expect(lint(names.grid, `${names.grid}.v`)).toBe('');
        expect(lint(names.rolled, join('sim', `${names.rolled}.v`))).toBe('');
      }
    });
  }

  it.each(GOLDEN_ARRAYS)('the golden files of %s', (name) => {
    const folder = join(GOLDEN, name);
    const lint = (top: string, file: string) =>
      run('verilator', ['--lint-only', '-Wall', '--top-module', top, '-y', '.', `-I${RTL}`, file], folder);
    expect(lint(`${name}_grid`, `${name}_grid.v`)).toBe('');
    expect(lint(`${name}_grid_rolled`, join('sim', `${name}_grid_rolled.v`))).toBe('');
  });

  it('no array when a defect is put in', async () => {
    const { folder, names } = await emitted('defect', PRESETS.row_stationary, VARIANTS[0]!);
    await writeFiles(folder, [{ path: `${names.pe}.v`, text: `module ${names.pe} (input wire clk_i);\nendmodule\n` }]);
    const lint = run(
      'verilator',
      ['--lint-only', '-Wall', '--top-module', names.grid, '-y', '.', `${names.grid}.v`],
      folder,
    );
    expect(lint).toContain('exit 1');
  });
});

describe.skipIf(!installed('iverilog'))(
  'Icarus in Verilog-2005 mode accepts (skipped where iverilog is absent)',
  () => {
    it.each(Object.entries(MATRICES))('%s', async (name, matrix) => {
      for (const variant of VARIANTS) {
        const { folder, names } = await emitted(name, matrix, variant);
        const files = readdirSync(folder).filter((file) => file.endsWith('.v'));
        expect(run('iverilog', ['-g2005', '-s', names.grid, '-o', '/dev/null', ...files], folder)).toBe('');
        const rolled = join('sim', `${names.rolled}.v`);
        expect(run('iverilog', ['-g2005', '-s', names.rolled, '-o', '/dev/null', rolled], folder)).toBe('');
      }
    });
  },
);

describe.skipIf(!installed('yosys'))('Yosys synthesises without a warning (skipped where yosys is absent)', () => {
  it.each(Object.entries(MATRICES))('%s', async (name, matrix) => {
    const { folder, names } = await emitted(name, matrix, VARIANTS[1]!);
    const files = readdirSync(folder).filter((file) => file.endsWith('.v'));
    const script = `read_verilog ${files.join(' ')}; synth -top ${names.grid}; check -assert`;
    expect(run('yosys', ['-q', '-p', script], folder)).toBe('');
  });
});
