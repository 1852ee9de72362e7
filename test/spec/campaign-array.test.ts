import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { FileError, SpecError } from '../../src/errors.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { GOOD } from './example.ts';
import { operatorFile } from './operator-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'espalier-campaign-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function campaignOf(array: string): string {
  return `campaign c { array ${array}; model "m.onnx"; data "x.npy"; sample exhaustive }`;
}

/** What is wrong with a campaign of an array, on line 1 from column 20 on, in a file of the folder. */
function refusal(array: string, others = ''): SpecError {
  try {
    parseSpec(`${campaignOf(array)}\n${others}`, 'f.array', dir);
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function messages(array: string, others?: string): string[] {
  return refusal(array, others).diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`);
}

describe('the array of a campaign', () => {
  mkdirSync(join(dir, 'own'));
  operatorFile(join(dir, 'own'), 'multiplier', 'times');
  const two = `array x { ${GOOD} }\narray y { ${GOOD}; multiplier "times" }`;
  const path = file('own/two.array', two);
  const arrays = parseSpec(two, path).arrays;

  it('may be one of another file, whose own paths start from its own folder', () => {
    const spec = loadSpec(file('c.array', campaignOf('"own/two.array:y"')));
    expect(spec.arrays).toEqual([]);
    expect(spec.campaigns[0]!.array).toEqual(arrays[1]);
  });

  it('may be named by an absolute path, and by the file alone where that has one array', () => {
    expect(parseSpec(campaignOf(JSON.stringify(`${path}:x`)), 'f').campaigns[0]!.array).toEqual(arrays[0]);
    file('one.array', `array x { ${GOOD} }`);
    expect(parseSpec(campaignOf('"one.array"'), 'f', dir).campaigns[0]!.array).toEqual(arrays[0]);
  });

  it('may stand in a file whose campaigns take arrays from this one', () => {
    file('left.array', `array x { ${GOOD} }\n${campaignOf('"right.array:x"')}`);
    file('right.array', `array x { ${GOOD} }\n${campaignOf('"left.array:x"')}`);
    expect(loadSpec(join(dir, 'left.array')).campaigns[0]!.array).toEqual(arrays[0]);
  });

  test.each([
    ['"own/two.array"', (at: string) => `the spec file ${at} defines 2 arrays, name one of them: ${at}:x or ${at}:y`],
    ['"own/two.array:z"', (at: string) => `unknown array "z" in ${at}, expected x or y`],
  ])('is refused as %s', (array, message) => {
    expect(messages(array)).toEqual([`1:20 ${message(path)}`]);
  });

  it('is refused where its file cannot be read, with the error behind it', () => {
    const missing = join(dir, 'missing.array');
    expect(messages('"missing.array:x"')).toEqual([`1:20 the spec file ${missing} cannot be read: it does not exist`]);
    expect(refusal('"missing.array:x"').cause).toBeInstanceOf(FileError);
  });

  it('is refused with every mistake of its file, where it is named', () => {
    const bad = file('bad.array', `array x {\n  ${GOOD.replace('int8, b', 'int7, b')}\n  fault_slots 65\n}`);
    expect(messages('"bad.array:x"')).toEqual([
      `1:20 in ${bad}:2:59: unknown dtype "int7", did you mean "int8"?`,
      `1:20 in ${bad}:3:15: the number of fault slots must be from 0 to 64, received 65`,
    ]);
  });

  it('is refused in a file that has no array', () => {
    expect(messages('x')).toEqual([
      '1:20 unknown array "x", the file defines none; one of another file is written "FILE:x"',
    ]);
  });

  test.each([
    ['has a mistake', `array x { ${GOOD.replace('64', '0')} }`],
    ['has a broken head', `array 8x { ${GOOD} }`],
    ['begins with no known word', `design x { ${GOOD} }`],
  ])('is not missed as well where it %s', (_, array) => {
    expect(messages('x', array)).toHaveLength(1);
  });
});
