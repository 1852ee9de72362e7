import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';
import { installed, run } from './support/tools.ts';

const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const GOLDEN = new URL('../golden/top/', import.meta.url);

const VARIANTS = [
  { types: { a: 'int8', b: 'int8', c: 'int32' }, faultSlots: 0, multiplierStages: 0, size: [3, 2, 4] },
  { types: { a: 'uint8', b: 'int8', c: 'int32' }, faultSlots: 2, multiplierStages: 1, size: [4, 4, 8] },
  { types: { a: 'int64', b: 'int64', c: 'int64' }, faultSlots: 1, multiplierStages: 1, size: [2, 3, 3] },
  { types: { a: 'bfloat16', b: 'bfloat16', c: 'float32' }, faultSlots: 1, multiplierStages: 0, size: [1, 1, 1] },
] as const;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function emitted(matrix: Matrix3, variant: (typeof VARIANTS)[number], streamBits?: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-emit-'));
  folders.push(folder);
  const design = designOf({ matrix, ...variant, size: [...variant.size] });
  await writeFiles(folder, emitDesign(design, { top: topDesign(design, streamBits) }));
  return folder;
}

const lint = (folder: string) =>
  run('verilator', ['--lint-only', '-Wall', '--top-module', 'sample_top', '-y', '.', 'sample_top.v'], folder);

describe('Verilator -Wall finds nothing in the top module of', () => {
  it.each(Object.entries(MATRICES))('%s', async (_, matrix) => {
    for (const variant of VARIANTS) {
      for (const streamBits of [undefined, 64]) expect(lint(await emitted(matrix, variant, streamBits))).toBe('');
    }
  });

  it('no array when a defect is put in', async () => {
    const folder = await emitted(MATRICES['row_stationary']!, VARIANTS[0]);
    const path = 'espalier_skid.v';
    const text = await readFile(join(folder, path), 'utf8');
    await writeFiles(folder, [
      { path, text: text.replace('output wire             valid_o', 'output wire [1:0] valid_o') },
    ]);
    expect(lint(folder)).toContain('exit 1');
  });
});

describe.skipIf(!installed('iverilog'))(
  'Icarus in Verilog-2005 mode accepts the top module of (skipped where iverilog is absent)',
  () => {
    it.each(Object.entries(MATRICES))('%s', async (_, matrix) => {
      for (const variant of VARIANTS) {
        const folder = await emitted(matrix, variant);
        const files = readdirSync(folder).filter((file) => file.endsWith('.v'));
        expect(run('iverilog', ['-g2005', '-s', 'sample_top', '-o', '/dev/null', ...files], folder)).toBe('');
      }
    });
  },
);

describe('the emitted top module', () => {
  const [spec] = parseSpec(
    'array tiny { size 2 x 2 x 3; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 1 }',
    'top.array',
  ).arrays;
  const design = buildDesign(spec!);

  it('and its part of the manifest are those in test/golden/top', async () => {
    const files = emitDesign(design, { top: topDesign(design, 32) });
    const text = (path: string) =>
      files
        .find((file) => file.path === path)!
        .text.replaceAll(design.hash, 'HASH')
        .replaceAll(design.toolVersion, 'VERSION');
    const { top } = JSON.parse(text('manifest.json'));
    const golden = [
      { path: 'tiny_top.v', text: text('tiny_top.v') },
      { path: 'manifest-top.json', text: `${JSON.stringify(top, null, 1)}\n` },
    ];
    if (UPDATE) await writeFiles(fileURLToPath(GOLDEN), golden);
    for (const { path, text } of golden) expect(text, path).toBe(await readFile(new URL(path, GOLDEN), 'utf8'));
  });

  it('is there only when it is asked for', () => {
    const files = emitDesign(design);
    expect(files.map(({ path }) => path).filter((path) => /top|axil|skid/.test(path))).toEqual([]);
    expect(JSON.parse(files.find(({ path }) => path === 'manifest.json')!.text)).not.toHaveProperty('top');
  });
});
