import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type Design, moduleNames } from '../../src/design/design.ts';
import { type EmittedFile, emitDesign, structuralFiles } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { type Matrix3, PRESET_NAMES, PRESETS } from '../../src/projection/space-time.ts';
import type { ArrayInput } from '../../src/spec/array-spec.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { MATRICES } from '../design/support/arrays.ts';
import { synthesise } from './support/synthesise.ts';
import { installed, run } from './support/tools.ts';

type Variant = Pick<ArrayInput, 'types' | 'wrap' | 'faultSlots' | 'multiplierStages'>;

const INT8 = { a: 'int8', b: 'int8', c: 'int32' } as const;
const FLOAT32 = { a: 'float32', b: 'float32', c: 'float32' } as const;

/** What every preset is tried with in all tools, top module included. */
const MAIN: readonly (Variant & { readonly name: string })[] = [
  { name: 'int8', types: INT8, faultSlots: 0 },
  { name: 'int8_slots', types: INT8, faultSlots: 2 },
  { name: 'float32', types: FLOAT32, faultSlots: 0 },
  { name: 'float32_slots', types: FLOAT32, faultSlots: 2 },
];

/** Other number formats, stages, and one slot. */
const OTHERS: readonly Variant[] = [
  { types: { a: 'uint8', b: 'int8', c: 'int32' }, faultSlots: 2, multiplierStages: 1 },
  { types: { a: 'int16', b: 'uint16', c: 'int16' }, wrap: true, faultSlots: 1, multiplierStages: 1 },
  { types: { a: 'int32', b: 'int64', c: 'int64' }, wrap: true, faultSlots: 1, multiplierStages: 0 },
  { types: INT8, faultSlots: 1, multiplierStages: 3 },
  { types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' }, faultSlots: 0, multiplierStages: 2 },
];

/** Matrices like no preset. */
const ODD: Readonly<Record<string, Matrix3>> = {
  long: MATRICES['long flow of b']!,
  slow: MATRICES['links of one to three registers']!,
  skewed: [
    [1, 1, 0],
    [0, 2, -1],
    [1, 1, 2],
  ],
};

const GOLDEN = fileURLToPath(new URL('../golden/', import.meta.url));
/** Golden files include what the emitted ones hold themselves. */
const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const GOLDEN_ARRAYS = readdirSync(GOLDEN).filter((name) => existsSync(join(GOLDEN, name, 'manifest.json')));

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function arrayOf(name: string, matrix: Matrix3, variant: Variant, size: ArrayInput['size'] = [2, 3, 2]): Design {
  return buildDesign({ ...variant, name, size, projection: { preset: null, matrix } });
}

/** All that `generate --top` writes, or `generate` alone. */
function filesOf(design: Design, withTop: boolean): EmittedFile[] {
  return emitDesign(design, { top: withTop ? topDesign(design) : undefined });
}

async function written(files: readonly EmittedFile[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-emit-'));
  folders.push(folder);
  await writeFiles(folder, files);
  return folder;
}

/** Modules of a design for a tool to start from, with the files to give it for each. */
function startsOf(design: Design, withTop: boolean, structural: (top: string) => readonly string[]) {
  const { grid, rolled, top } = moduleNames(design);
  return [
    ...[grid, ...(withTop ? [top] : [])].map((name) => [name, structural(name)] as const),
    [rolled, [join('sim', `${rolled}.v`)]] as const,
  ];
}

/** What a tool has to say about the arrays of a matrix, by module. */
async function findings(
  [name, matrix]: readonly [string, Matrix3],
  tool: (folder: string, design: Design, withTop: boolean) => Record<string, string>,
): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  const main = name in PRESETS ? MAIN : MAIN.filter(({ name }) => ['int8', 'float32_slots'].includes(name));
  const arrays = [
    ...main.map((variant) => [arrayOf(`${name}_${variant.name}`, matrix, variant), name in PRESETS] as const),
    ...OTHERS.map((variant, n) => [arrayOf(`${name}_other${n}`, matrix, variant), false] as const),
  ];
  for (const [design, withTop] of arrays) {
    Object.assign(all, tool(await written(filesOf(design, withTop)), design, withTop));
  }
  return all;
}

function lint(folder: string, top: string, files: readonly string[], ...options: readonly string[]): string {
  return run('verilator', ['--lint-only', '-Wall', '--top-module', top, '-y', '.', ...options, ...files], folder);
}

function said(starts: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(starts.filter(([, text]) => text !== ''));
}

describe('Verilator -Wall finds nothing in', () => {
  it.each([...Object.entries(PRESETS), ...Object.entries(ODD)])('the arrays of %s', async (...entry) => {
    const found = await findings(entry, (folder, design, withTop) => {
      const starts = startsOf(design, withTop, (top) => [`${top}.v`]);
      return said(starts.map(([top, files]) => [top, lint(folder, top, files)]));
    });
    expect(found).toEqual({});
  });

  it.each(GOLDEN_ARRAYS)('the golden files of %s', (name) => {
    const folder = join(GOLDEN, name);
    expect(lint(folder, `${name}_grid`, [`${name}_grid.v`], `-I${RTL}`)).toBe('');
    expect(lint(folder, `${name}_grid_rolled`, [join('sim', `${name}_grid_rolled.v`)], `-I${RTL}`)).toBe('');
  });

  it('no array when a defect is put in', async () => {
    const design = arrayOf('defect', PRESETS.row_stationary, MAIN[0]!);
    const { pe, grid } = moduleNames(design);
    const folder = await written(filesOf(design, false));
    await writeFiles(folder, [{ path: `${pe}.v`, text: `module ${pe} (input wire clk_i);\nendmodule\n` }]);
    expect(lint(folder, grid, [`${grid}.v`])).toContain('exit 1');
  });
});

describe.skipIf(!installed('iverilog'))(
  'Icarus in Verilog-2005 mode accepts (skipped where iverilog is absent)',
  () => {
    it.each([...Object.entries(PRESETS), ...Object.entries(ODD)])('the arrays of %s', async (...entry) => {
      const found = await findings(entry, (folder, design, withTop) => {
        const structural = readdirSync(folder).filter((file) => file.endsWith('.v'));
        const starts = startsOf(design, withTop, () => structural);
        return said(
          starts.map(([top, files]) => [
            top,
            run('iverilog', ['-g2005', '-s', top, '-o', '/dev/null', ...files], folder),
          ]),
        );
      });
      expect(found).toEqual({});
    });
  },
);

describe('Yosys synthesises without a warning', () => {
  const small = (name: string, matrix: Matrix3, variant: Variant) => arrayOf(name, matrix, variant, [2, 2, 2]);
  const presets = (variant: (typeof MAIN)[number]) =>
    PRESET_NAMES.map((preset) => small(`${preset}_${variant.name}`, PRESETS[preset], variant));

  it('the arrays of all presets, int8 and float32, without fault slots and with two', async () => {
    const designs = MAIN.flatMap(presets);
    const grids = designs.map((design) => moduleNames(design).grid);
    expect(await synthesise(designs.flatMap(structuralFiles), grids)).toEqual(expect.arrayContaining(grids));
  });

  it('the arrays of other matrices, with stages and fault slots', async () => {
    const designs = Object.entries(ODD).map(([name, matrix]) => small(name, matrix, OTHERS[0]!));
    const grids = designs.map((design) => moduleNames(design).grid);
    expect(await synthesise(designs.flatMap(structuralFiles), grids)).toEqual(expect.arrayContaining(grids));
  });

  // int8 and float32, and no slots and two, by turns.
  it('the top modules of all presets, one with scattered PEs', async () => {
    const designs = [
      ...PRESET_NAMES.flatMap((preset, n) =>
        [n % 2, 2 + (n % 2)]
          .map((at) => MAIN[at]!)
          .map((variant) => small(`${preset}_${variant.name}`, PRESETS[preset], variant)),
      ),
      small('scattered', MATRICES['scattered PEs']!, MAIN[1]!),
    ];
    const tops = designs.map((design) => moduleNames(design).top);
    const files = designs.flatMap((design) => filesOf(design, true).filter(isSource));
    expect(await synthesise(files, tops)).toEqual(expect.arrayContaining(tops));
  }, 400_000);

  describe('but not when a PE', () => {
    const design = small('defect', PRESETS.output_stationary, MAIN[0]!);
    const { pe, grid } = moduleNames(design);
    const [outputOfA, driver] = [/output wire \[7:0\] a_o/, /assign a_o = (.*);/];

    it.each([
      ['has an output without a driver', driver, '', /Wire defect_pe\.\\a_o \[7\] is used but has no driver/],
      [
        'has a latch',
        driver,
        'reg [7:0] held; always @* if (en_i) held = $1; assign a_o = held;',
        /Assertion failed: selection is not empty: t:\$_DLATCH\*/,
      ],
      ['has a port of another width', outputOfA, 'output wire [8:0] a_o', /ERROR: Resizing cell port defect_grid\./],
    ])('%s', async (_, place, defect, message) => {
      const files = structuralFiles(design).map(({ path, text }) => ({
        path,
        text: path === `${pe}.v` ? text.replace(place, defect) : text,
      }));
      expect(files).not.toEqual(structuralFiles(design));
      await expect(synthesise(files, [grid])).rejects.toThrow(message);
    });
  });
});

/** Whether a file is for synthesis. */
function isSource({ path }: EmittedFile): boolean {
  return path.endsWith('.v') && !path.startsWith('sim/');
}
