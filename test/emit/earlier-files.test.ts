import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertNothingLost, findEarlierFiles } from '../../src/emit/earlier-files.ts';
import { emitDesign } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { emitPackage } from '../../src/packaging/emit-package.ts';
import { emitTestbench, emitTopTestbench } from '../../src/testbench/emit-testbench.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { operatorOf } from '../check/support/operators.ts';
import { designOf } from '../design/support/arrays.ts';

const DESIGN = designOf({ size: [2, 2, 2], faultSlots: 1 });
const NAME = DESIGN.name;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'espalier-earlier-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function everything() {
  const top = topDesign(DESIGN);
  const verilog = [...emitDesign(DESIGN, { top }), await emitTestbench(DESIGN), await emitTopTestbench(top)];
  return [...verilog, ...emitPackage(DESIGN, verilog, top)];
}

describe('files of an earlier run', () => {
  it('are found where a later one does not write them; others are not', async () => {
    const files = await everything();
    await writeFiles(folder, files);
    writeFileSync(join(folder, 'own.v'), '// written by hand\n');
    expect(await findEarlierFiles(folder, files)).toEqual([]);
    const library = files.map(({ path }) => path).filter((path) => /^espalier_/.test(path));
    const stillUsed = emitDesign(DESIGN).map(({ path }) => path);
    expect(await findEarlierFiles(folder, emitDesign(DESIGN))).toEqual(
      [
        'README.md',
        ...['.core', '_registers.h', '_registers.md', '_top.svg', '_top.v'].map((ending) => NAME + ending),
        ...[`${NAME}.sdc`, `${NAME}.xdc`, 'vivado_ooc.tcl'].map((file) => `synth/${file}`),
        ...['ecp5', 'ice40', 'xilinx'].map((target) => `synth/yosys_${target}.ys`),
        ...[`tb/${NAME}_tb.v`, `tb/${NAME}_top_tb.v`],
        ...library.filter((path) => !stillUsed.includes(path)),
      ].toSorted(),
    );
  });

  it('are none in a directory that is not there', async () => {
    expect(await findEarlierFiles(join(folder, 'none'), emitDesign(DESIGN))).toEqual([]);
  });
});

describe('a file that was not generated', () => {
  it('is not written over', async () => {
    writeFileSync(join(folder, 'README.md'), 'Notes on my board\n');
    const readme = join(folder, 'README.md');
    await expect(assertNothingLost(folder, await everything())).rejects.toThrow(
      `only generated files are written over, received ${readme}, written by somebody else: move it or choose another directory`,
    );
  });

  it('is not written over whatever its name is', async () => {
    for (const { path } of await everything()) {
      const place = join(folder, path.replaceAll('/', '_'));
      await writeFiles(place, [{ path, text: 'mine\n' }]);
      await expect(assertNothingLost(place, await everything()), path).rejects.toThrow(join(place, path));
    }
  });

  it('may have been an operator in the run before, and then is written again or named', async () => {
    const twice = operatorOf('multiplier', 'twice', (a, b) => a * b, 'assign product_o = $signed(a_i) * $signed(b_i);');
    const with_ = emitDesign(designOf({ operators: { multiplier: twice, adder: null } }));
    writeFileSync(join(folder, 'twice.v'), '// my own\n');
    await writeFiles(folder, emitDesign(DESIGN));
    await expect(assertNothingLost(folder, with_)).rejects.toThrow(join(folder, 'twice.v'));
    await writeFiles(folder, with_);
    writeFileSync(join(folder, 'twice.v'), '// an earlier version\n');
    await expect(assertNothingLost(folder, with_)).resolves.toBeUndefined();
    expect(await findEarlierFiles(folder, emitDesign(DESIGN))).toContain('twice.v');
  });

  it('may lie beside those that are, which are written again', async () => {
    const files = await everything();
    await writeFiles(folder, files);
    writeFileSync(join(folder, 'notes.md'), 'Notes on my board\n');
    await expect(assertNothingLost(folder, files)).resolves.toBeUndefined();
  });
});
