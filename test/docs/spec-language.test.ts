import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STRATA } from '../../src/campaign/campaign-spec.ts';
import { DTYPES } from '../../src/dtype/dtype.ts';
import { FAULT_KINDS, FAULT_NODES } from '../../src/fault/fault.ts';
import { LOWERINGS } from '../../src/onnx/lowering/lowering.ts';
import { PRESET_NAMES } from '../../src/projection/space-time.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { CAMPAIGN_WORDS, STATEMENT_WORDS } from '../../src/spec/tokens.ts';

const BIN = fileURLToPath(new URL('../../bin/espalier.js', import.meta.url));
const PAGE = fileURLToPath(new URL('../../docs/spec-language.md', import.meta.url));

let page: string;
let folder: string;

beforeAll(async () => {
  page = await readFile(PAGE, 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'espalier-page-'));
  const files = page.matchAll(/<!-- file: (\S+) -->\n```\w+\n(.*?)```/gs);
  for (const [, name, content] of files) await writeFile(join(folder, name!), content!);
});
afterAll(() => rm(folder, { recursive: true }));

test('the page on the spec language shows what the parser takes', () => {
  const text = Array.from(page.matchAll(/```text\n(.*?)```/gs), ([, block]) => block!).join('');
  const { arrays, faults, campaigns } = parseSpec(text, 'page', folder);
  expect(arrays.map(({ name }) => name)).toEqual(['os8', 'narrow', 'bf16', 'rough']);
  expect(arrays[1]).toMatchObject({ types: { c: 'int16' }, wrap: true });
  expect(arrays[2]).toMatchObject({ multiplierStages: 3, adderStages: 4 });
  expect(parseSpec(text.replace('adder_stages 4', ''), 'page', folder).arrays[2]).toEqual(arrays[2]);
  expect(faults.map(({ name }) => name)).toEqual(['weak', 'upset', 'dead', 'jump', 'no_load', 'on_way']);
  expect(faults[3]).toMatchObject({ kind: 'set', value: 0x50n, window: { from: 7, to: 7, tile: 2 } });
  expect(campaigns).toHaveLength(1);
  const [campaign] = campaigns;
  expect(campaign).toMatchObject({ name: 'stuck_at', model: 'lenet.onnx', strata: ['layer', 'node'] });
  expect(campaign!.array).toBe(arrays[0]);
});

test('its own adder adds the upper bits and joins the lower ones', () => {
  const { adder } = parseSpec(/array rough \{.*?\n\}/s.exec(page)![0], 'page', folder).arrays[0]!.operators;
  const cases = [
    [0x17n, 0x29n, 0x3fn],
    [0xffff_fff3n, 0x1cn, 0x0fn],
  ] as const;
  for (const [x, y, sum] of cases) expect(adder!.compute(x, y)).toBe(sum);
});

test('its check of both halves prints what it says', async () => {
  const other = await mkdtemp(join(folder, 'changed-'));
  const module = await readFile(join(folder, 'lower_or_adder.v'), 'utf8');
  await writeFile(join(other, 'lower_or_adder.v'), module.replace('x_i[3:0] | y_i', 'x_i[3:0] ^ y_i'));
  await copyFile(join(folder, 'lower_or_adder.ts'), join(other, 'lower_or_adder.ts'));
  await writeFile(join(other, 'rough.array'), /array rough \{.*?\n\}/s.exec(page)![0]);
  const [, command, printed] = /```console\n\$ npx espalier (.*?)\n(.*?)```/s.exec(page)!;
  const options = { cwd: other, reject: false, stripFinalNewline: false } as const;
  const { stdout, exitCode } = await execa(process.execPath, [BIN, ...command!.split(' ')], options);
  expect(stdout).toBe(printed);
  expect(exitCode).toBe(1);
});

test('it names every statement, dtype, kind, node and projection', () => {
  const quoted = Array.from(page.matchAll(/`([^`\n]+)`/g), ([, code]) => code!.split(/[\s",:]+/)).flat();
  const named = [
    ...STATEMENT_WORDS,
    ...CAMPAIGN_WORDS,
    ...STRATA,
    ...LOWERINGS,
    ...DTYPES,
    ...FAULT_KINDS,
    ...FAULT_NODES,
  ];
  const projections = PRESET_NAMES.filter((name) => !name.endsWith('_eq'));
  expect([...named, ...projections].filter((name) => !quoted.includes(name))).toEqual([]);
});
