import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLOCK_CASES, clockRow, SLOT_CASES, slotRow, synthesiseArray } from '../../scripts/support/array-tables.ts';
import { LIMITS, limitRow, PE_CASES, renderRow, tableTitle, toolLine } from '../../scripts/support/cell-table.ts';
import { replaceTable } from '../../scripts/support/guide-marks.ts';
import { measureTop } from '../../scripts/support/measure-top.ts';
import { reach, synthesisePe, TABLE_TARGETS } from '../../scripts/support/synthesise-pe.ts';
import { utilisationRow } from '../../scripts/support/utilisation-table.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { structuralFiles } from '../../src/emit/emit-design.ts';
import { writeFiles } from '../../src/emit/write-files.ts';
import { PRESET_NAMES } from '../../src/projection/space-time.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { installed, run } from '../emit/support/tools.ts';
import { runYosys } from '../synth/support/run-yosys.ts';

const GUIDE = readFileSync(new URL('../../docs/guide-synthesis.md', import.meta.url), 'utf8');
const TOP_GUIDE = readFileSync(new URL('../../docs/guide-top.md', import.meta.url), 'utf8');

/** A synthesis takes seconds, and a multiple of that on a busy computer. */
const TIMEOUT_MS = 180_000;

/** The rows of the guide's table that has a title. */
function rowsBelow(title: string): string[] {
  const section = GUIDE.split(/^(?=#)/m).find((text) => text.startsWith(`### ${title}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
}

/** The clock frequencies in the rows of the guide that begin with a title, in megahertz. */
function clocksOf(titles: readonly string[]): number[] {
  return titles.map((title) => Number(GUIDE.split(`\n| ${title} |`)[1]!.split('|')[2]));
}

describe('the guide on synthesis', () => {
  // Each format and each family of devices; the rest would take minutes.
  const cases = [
    ['int8', 0, 'Xilinx 7'],
    ['int8', 0, 'ECP5'],
    ['int8', 1, 'ECP5'],
    ['float32', 0, 'ECP5'],
    ['bfloat16', 0, 'Xilinx 7'],
  ] as const;

  it.each(cases)(
    'has the figures of a PE for %s without stages, %i fault slots, on %s',
    async (dtype, slots, device) => {
      const pe = PE_CASES.find(({ types, faultSlots }) => types.a === dtype && faultSlots === slots)!;
      const target = TABLE_TARGETS.find(({ name }) => name === device)!;
      const cells = await synthesisePe(pe, target);
      expect(rowsBelow(tableTitle(pe))).toContain(renderRow({ pe, target, cells }));
      expect(GUIDE).toContain(`\n${toolLine(cells)}\n`);
    },
    TIMEOUT_MS,
  );

  it('has a row for every PE and target', () => {
    const zero = { lut: 0, ff: 0, carry: 0, dsp: 0, mux: 0, other: {}, estimatedLogicCells: null, tool: '' };
    const keys = (rows: string[]) => rows.map((row) => row.split('|').slice(1, 4).join('|'));
    for (const title of new Set(PE_CASES.map(tableTitle))) {
      const expected = PE_CASES.filter((pe) => tableTitle(pe) === title).flatMap((pe) =>
        TABLE_TARGETS.map((target) => renderRow({ pe, target, cells: zero })),
      );
      expect(keys(rowsBelow(title)), title).toEqual(keys(expected));
    }
  });

  it.each(LIMITS)(
    'has what is reached within the limit: $title',
    async (limit) => {
      const reached = await reach(limit);
      expect(reached).toBeLessThanOrEqual(limit.atMost);
      expect(GUIDE).toContain(`\n${limitRow(limit, reached)}\n`);
    },
    TIMEOUT_MS,
  );

  it(
    'has the figures of an array with a fault slot',
    async () => {
      expect(GUIDE).toContain(`\n${slotRow(SLOT_CASES[0]!, await synthesiseArray(SLOT_CASES[0]!, false))}\n`);
    },
    TIMEOUT_MS,
  );

  it(
    'has the clock frequency of the fastest array',
    async () => {
      const fastest = CLOCK_CASES.at(-1)!;
      const [first, ...others] = clocksOf(CLOCK_CASES.map(({ title }) => title));
      const report = await synthesiseArray(fastest, true);
      expect(GUIDE).toContain(`\n${clockRow(fastest, report, first!)}\n`);
      expect(others.at(-1)! / first!).toBeGreaterThan(1.2);
    },
    TIMEOUT_MS,
  );

  it('takes new tables in place of the old ones', () => {
    const changed = replaceTable(GUIDE, 'cells', 'new');
    expect(changed).not.toContain(`### ${tableTitle(PE_CASES[0]!)}`);
    expect(replaceTable(changed, 'cells', 'newer')).toBe(changed.replace('\nnew\n', '\nnewer\n'));
    expect(() => replaceTable('no marks', 'clock', 'new')).toThrow('the guide needs the lines <!-- table clock:');
  });
});

describe('the guide on top modules', () => {
  it(
    'has the utilisation of an array that keeps a line',
    async () => {
      for (const rate of await measureTop(['output_stationary'])) {
        expect(TOP_GUIDE).toContain(`\n${utilisationRow(rate)}\n`);
        expect(rate.wholeOfBound).toBeGreaterThan(0.95);
      }
    },
    TIMEOUT_MS,
  );

  // The build of the widest of them takes minutes; those of smaller ones are held to the schedule in test/top/streams.test.ts.
  it('tells of each preset, and that it reaches its goal, hexagonal ones in the steady state', () => {
    const rows = TOP_GUIDE.split('\n').filter((line) => /^\| `\w+` \| [\d×]+ \|/.test(line));
    expect(rows).toHaveLength(2 * PRESET_NAMES.length);
    for (const cells of rows.map((row) => row.split('|').map((cell) => cell.trim()))) {
      const hexagonal = cells[1]!.includes('no_local_reuse');
      expect(Number.parseFloat(cells[hexagonal ? 8 : 6]!), cells.join(' ')).toBeGreaterThan(95);
    }
  });
});

describe('the commands of the guide on synthesis', () => {
  const spec = /<!-- file: mac\.array -->\n```text\n(.*?)```/s.exec(GUIDE)![1]!;
  const files = structuralFiles(buildDesign(parseSpec(spec, 'mac.array').arrays[0]!));
  const scripts = Array.from(GUIDE.matchAll(/^yosys -p '([^']*)' \*\.v$/gm), ([, script]) => script!);
  const folder = mkdtempSync(join(tmpdir(), 'espalier-synthesis-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are four', () => expect(scripts).toHaveLength(4));

  // A Yosys on the path is quicker, and what the reader has.
  it.each(scripts)(
    '%s',
    async (script) => {
      if (!installed('yosys')) {
        await runYosys(`${script}; tee -q -o done.txt stat`, files, 'done.txt');
        return;
      }
      await writeFiles(folder, files);
      expect(run('yosys', ['-q', '-p', script, ...files.map(({ path }) => path)], folder)).toBe('');
    },
    TIMEOUT_MS,
  );
});

describe('Yosys', () => {
  it.each([
    ['a wrong word', 'assign b = a endmodule', 'm.v:1: ERROR: syntax error, unexpected TOK_ENDMODULE'],
    ['a loop', 'assign b = a & b; endmodule', 'ERROR: found logic loop in module m:'],
  ])('refuses %s', async (_, body, message) => {
    const source = { path: 'm.v', text: `module m (input wire a, output wire b); ${body}\n` };
    const script = 'hierarchy -check -top m; proc; check -assert';
    await expect(runYosys(script, [source], 'nothing')).rejects.toThrow(message);
  });
});
