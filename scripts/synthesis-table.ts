/**
 * Synthesise the PEs of the synthesis guide for every target and print the tables of their cells, or write them
 * between the marks of the guide. Takes some twenty minutes on one core, less what the build cache has; says on stderr how
 * far it is.
 *
 *   npx node scripts/synthesis-table.ts [--write]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  PE_CASES,
  renderRow,
  renderTables,
  replaceTables,
  type SynthesisRow,
  tableTitle,
} from './support/synthesis-table.ts';
import { synthesisePe, TABLE_TARGETS } from './support/synthesise-pe.ts';

const GUIDE = new URL('../docs/guide-synthesis.md', import.meta.url);

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

const work = PE_CASES.flatMap((pe) => TABLE_TARGETS.map((target) => ({ pe, target })));
const rows: SynthesisRow[] = [];
for (const { pe, target } of work) {
  const start = performance.now();
  const row = { pe, target, cells: await synthesisePe(pe, target) };
  rows.push(row);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(`${rows.length} of ${work.length}, ${seconds} s: ${tableTitle(pe)} ${renderRow(row)}`);
}

const tables = renderTables(rows);
if (values.write) await writeFile(GUIDE, replaceTables(await readFile(GUIDE, 'utf8'), tables));
else console.log(tables);
