/**
 * Make the tables of figures in the guides anew and print them, or write them between their marks: all, or those that
 * are named (cells, limits, slots, clock, utilisation). What the build cache has takes no time, the cells of all PEs far
 * longer than the rest; says on stderr how far it is.
 *
 *   npx node scripts/guide-tables.ts [--write] [NAME ...]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EspalierError } from '../src/errors.ts';
import { unknownWord } from '../src/spec/suggest.ts';
import { CLOCK_CASES, renderClocks, renderSlots, SLOT_CASES, synthesiseArray } from './support/array-tables.ts';
import { LIMITS, PE_CASES, renderLimits, renderTables } from './support/cell-table.ts';
import { replaceTable, TABLES, type TableName } from './support/guide-marks.ts';
import { measureTop } from './support/measure-top.ts';
import { reach, synthesisePe, TABLE_TARGETS } from './support/synthesise-pe.ts';
import { renderUtilisation } from './support/utilisation-table.ts';

const MAKERS: Readonly<Record<TableName, () => Promise<string>>> = {
  cells: async () => {
    const work = PE_CASES.flatMap((pe) => TABLE_TARGETS.map((target) => ({ pe, target })));
    return renderTables(
      await each(work, async ({ pe, target }) => ({ pe, target, cells: await synthesisePe(pe, target) })),
    );
  },
  limits: async () => renderLimits(await each(LIMITS, reach)),
  slots: async () => renderSlots(await each(SLOT_CASES, (array) => synthesiseArray(array, false))),
  clock: async () => renderClocks(await each(CLOCK_CASES, (array) => synthesiseArray(array, true))),
  utilisation: async () => renderUtilisation(await measureTop()),
};

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = Object.keys(TABLES) as TableName[];
for (const wanted of positionals) {
  if (!(wanted in TABLES)) throw new EspalierError(unknownWord('table', wanted, names));
}

for (const name of names.filter((table) => positionals.length === 0 || positionals.includes(table))) {
  console.error(`${name}:`);
  const table = await MAKERS[name]();
  const guide = new URL(`../${TABLES[name]}`, import.meta.url);
  if (values.write) await writeFile(guide, replaceTable(await readFile(guide, 'utf8'), name, table));
  else console.log(`${table}\n`);
}

async function each<Item, Result>(items: readonly Item[], make: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    const start = performance.now();
    results.push(await make(item));
    console.error(`${results.length} of ${items.length}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  return results;
}
