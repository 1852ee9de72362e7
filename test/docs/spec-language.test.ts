import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FAULT_KINDS, FAULT_NODES } from '../../src/fault/fault.ts';
import { PRESET_NAMES } from '../../src/projection/space-time.ts';
import { parseSpec } from '../../src/spec/parse.ts';

const PAGE = fileURLToPath(new URL('../../docs/spec-language.md', import.meta.url));

test('the page on the spec language shows what the parser takes', async () => {
  const page = await readFile(PAGE, 'utf8');
  const [array, faults] = Array.from(page.matchAll(/```text\n(.*?)```/gs), ([, text]) => text!);
  expect(parseSpec(array!, 'page').arrays).toHaveLength(1);
  const parsed = parseSpec(faults!, 'page').faults;
  expect(parsed.map(({ name }) => name)).toEqual(['weak', 'upset', 'dead', 'jump', 'no_load']);
  expect(parsed[3]).toMatchObject({ kind: 'set', value: 0x50n, window: { from: 7, to: 7, tile: 2 } });
});

test('it names every kind, node and projection', async () => {
  const page = await readFile(PAGE, 'utf8');
  const named = [...FAULT_KINDS, ...FAULT_NODES, ...PRESET_NAMES.filter((name) => !name.endsWith('_eq'))];
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
