import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Design } from '../../src/design/design.ts';
import { type EmittedFile, emitDesign } from '../../src/emit/emit-design.ts';
import { inlineIncludes } from '../../src/emit/library.ts';
import { arrayPicture } from '../../src/emit/picture/picture.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';

/** Run with UPDATE_GOLDEN=1 to write the files anew; read the difference before you commit it. */
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const GOLDEN = new URL('../golden/', import.meta.url);

const ARRAYS = parseSpec(
  `
  array os { size 2 x 2 x 3; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 1; multiplier_stages 1 }
  array rs { size 2 x 2 x 2; projection row_stationary; types a: uint8, b: int8, c: int16 }
  array hex { size 2 x 2 x 2; projection no_local_reuse; types a: int8, b: uint8, c: int32; fault_slots 2 }
  array slow { size 2 x 1 x 2; projection [[1, 0, 0], [0, 1, 0], [2, 1, 3]]; types a: int16, b: int16, c: int64; fault_slots 1 }
  array bf16 { size 2 x 2 x 2; projection [[1, 0, 0], [0, 1, 0], [1, 1, 2]]; types a: bfloat16, b: bfloat16, c: float32; fault_slots 1; multiplier_stages 2 }
  `,
  'golden.array',
).arrays;

const INCLUDE = '  `include "espalier_float.vh"';
const INCLUDED = inlineIncludes(INCLUDE);

/** Take out what is no news here: version and hash, which every release changes, and a text that `rtl` holds. */
function emittedFiles(design: Design): EmittedFile[] {
  return emitDesign(design).map(({ path, text }) => ({
    path,
    text: text
      .replaceAll(design.hash, 'HASH')
      .replaceAll(design.toolVersion, 'VERSION')
      .replaceAll(INCLUDED, () => INCLUDE),
  }));
}

async function filesIn(folder: URL): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(fileURLToPath(folder), join(parentPath, name))).sort();
}

describe('the emitted files are those in test/golden', () => {
  for (const spec of ARRAYS) {
    it(spec.name, async () => {
      const folder = new URL(`${spec.name}/`, GOLDEN);
      const files = emittedFiles(buildDesign(spec));
      if (UPDATE) {
        await rm(folder, { recursive: true, force: true });
        await writeFiles(fileURLToPath(folder), files);
      }
      expect(await filesIn(folder)).toEqual(files.map(({ path }) => path).sort());
      for (const { path, text } of files) {
        expect(text, path).toBe(await readFile(new URL(path, folder), 'utf8'));
      }
    });
  }
});

describe('the pictures with faults are those in test/golden/faults', () => {
  it.each([
    ['os', ['stuck_at_1 bit 4 of b at (1, 2)', 'flip bit 0 of c at (2, 1) cycles =4']],
    ['rs', ['flip bits 0x3 of a at (1, -1)', 'stuck_at_0 bit 0 of first at (1, -2)']],
    ['hex', ['flip bit 7 of a at (0, 0) cycles >2<=5 tile 3']],
  ])('%s', async (name, faults) => {
    const design = buildDesign(ARRAYS.find((spec) => spec.name === name)!);
    const svg = arrayPicture(
      design,
      faults.map((fault) => resolveFault(design, parseFault(fault))),
    );
    const file = new URL(`faults/${name}.svg`, GOLDEN);
    if (UPDATE) await writeFiles(fileURLToPath(new URL('faults/', GOLDEN)), [{ path: `${name}.svg`, text: svg }]);
    expect(svg).toBe(await readFile(file, 'utf8'));
  });
});

describe('the same spec', () => {
  it('gives the same bytes', () => {
    const [spec] = ARRAYS;
    expect(emitDesign(buildDesign(structuredClone(spec!)))).toEqual(emitDesign(buildDesign(spec!)));
  });

  it('without fault slots has no fault logic', () => {
    const files = emitDesign(buildDesign({ ...ARRAYS[0]!, faultSlots: 0 }));
    expect(files.map(({ path }) => path)).toEqual([
      'os_grid.v',
      'os_pe.v',
      'sim/os_grid_rolled.v',
      'manifest.json',
      'array.svg',
    ]);
    expect(files.filter(({ path, text }) => path.endsWith('.v') && /\bfault_|fired/.test(text))).toEqual([]);
  });
});

describe('an array too large to print', () => {
  it('is refused by a sentence', () => {
    const spec = { ...ARRAYS[1]!, name: 'huge', size: [1024, 2, 1024] as const };
    expect(() => emitDesign(buildDesign(spec))).toThrow(
      'Verilog is written for arrays of up to 262144 PEs, received huge with 1048576; the simulators take it',
    );
  });
});
