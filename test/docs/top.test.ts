import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FAULT_REGISTERS, REGISTERS } from '../../src/top/register-map.ts';
import { fieldTable, registerTable } from '../../src/top/register-table.ts';
import { HEADER_FIELDS } from '../../src/top/tile-header.ts';

const GUIDE = new URL('../../docs/guide-top.md', import.meta.url);

it('the tables of registers and of the header in the guide are those of the code; UPDATE_GOLDEN=1 prints them anew', async () => {
  let text = await readFile(GUIDE, 'utf8');
  const before = text;
  for (const [mark, table] of [
    ['header', fieldTable(HEADER_FIELDS)],
    ['registers', registerTable(REGISTERS)],
    ['fault registers', registerTable(FAULT_REGISTERS)],
  ] as const) {
    const place = new RegExp(`<!-- ${mark} -->\n(?:\\|.*\n)*`);
    expect(text).toMatch(place);
    text = text.replace(place, `<!-- ${mark} -->\n${table}`);
  }
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(GUIDE, text);
  else expect(before).toBe(text);
});
