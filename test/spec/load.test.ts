import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { EspalierError, FileError, SpecError } from '../../src/errors.ts';
import { loadSpec, selectFault } from '../../src/spec/load.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { selectArray, selectCampaign } from '../../src/spec/select-item.ts';
import { splitSpecReference } from '../../src/spec/spec-reference.ts';
import { CAMPAIGN, EXAMPLE, GOOD } from './example.ts';

const dir = mkdtempSync(join(tmpdir(), 'espalier-spec-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

const two = parseSpec(EXAMPLE, 'two.array');
const one = parseSpec(`array only { ${GOOD} }`, 'one.array');
const none = parseSpec('', 'none.array');

describe('loading a spec file', () => {
  it('gives what parsing its text gives', () => {
    expect(loadSpec(file('two.array', `\ufeff${EXAMPLE}`))).toEqual(two);
  });

  it('names the path in the messages about its text', () => {
    const path = file('bad.array', 'aray');
    expect(() => loadSpec(path)).toThrowError(SpecError);
    expect(() => loadSpec(path)).toThrowError(`${path}:1:1: unknown word "aray", did you mean "array"?`);
  });

  test.each([
    ['it does not exist', () => join(dir, 'missing.array')],
    ['it is a directory', () => dir],
    ['it is not UTF-8 text', () => file('latin.array', Uint8Array.of(0x61, 0xe4, 0x0a))],
  ])('fails because %s', (reason, path) => {
    expect(() => loadSpec(path())).toThrowError(FileError);
    expect(() => loadSpec(path())).toThrowError(`the spec file ${path()} cannot be read: ${reason}`);
  });

  test.skipIf(process.getuid?.() === 0)('fails because permission is denied (root may read all)', () => {
    const path = file('secret.array', EXAMPLE);
    chmodSync(path, 0);
    expect(() => loadSpec(path)).toThrowError(`the spec file ${path} cannot be read: permission denied`);
  });
});

describe('selecting an array', () => {
  it('takes the named one, or the only one', () => {
    expect(selectArray(two, 'hex', 'two.array')).toBe(two.arrays[1]);
    expect(selectArray(one, null, 'one.array')).toBe(one.arrays[0]);
  });

  test.each([
    [two, null, 'the spec file f.array defines 2 arrays, name one of them: f.array:os8 or f.array:hex'],
    [two, 'os9', 'unknown array "os9" in f.array, did you mean "os8"?'],
    [two, 'other', 'unknown array "other" in f.array, expected os8 or hex'],
    [none, null, 'the spec file f.array must define an array, found none'],
    [none, 'os8', 'the spec file f.array must define an array, found none'],
  ])('refuses what is not there', (spec, name, message) => {
    expect(() => selectArray(spec, name, 'f.array')).toThrowError(new EspalierError(message));
  });
});

describe('selecting a campaign', () => {
  const single = parseSpec(CAMPAIGN, 'c.array');
  const body = CAMPAIGN.slice(CAMPAIGN.indexOf('campaign every_statement')).replace('every_statement', 'other');
  const both = parseSpec(CAMPAIGN + body, 'c.array');

  it('takes the named one, or the only one', () => {
    expect(selectCampaign(both, 'other', 'c.array')).toBe(both.campaigns[1]);
    expect(selectCampaign(single, null, 'c.array')).toBe(single.campaigns[0]);
  });

  test.each([
    [both, null, 'the spec file f defines 2 campaigns, name one of them: f:every_statement or f:other'],
    [both, 'othr', 'unknown campaign "othr" in f, did you mean "other"?'],
    [two, null, 'the spec file f must define a campaign, found none'],
    [two, 'other', 'the spec file f must define a campaign, found none'],
  ])('refuses what is not there', (spec, name, message) => {
    expect(() => selectCampaign(spec, name, 'f')).toThrowError(new EspalierError(message));
  });
});

describe('selecting a fault', () => {
  it('takes a single word as a name and anything else as the text of a fault', () => {
    expect(selectFault(two, ' upset ', 'two.array')).toBe(two.faults[1]);
    const text = 'flip bit 3 of c at (1, 1)';
    expect(selectFault(two, text, 'two.array')).toEqual(parseFault(text));
  });

  it('refuses an unknown name, and a wrong text with its place', () => {
    expect(() => selectFault(two, 'upst', 'two.array')).toThrowError(
      new EspalierError('unknown fault "upst" in two.array, did you mean "upset"?'),
    );
    expect(() => selectFault(one, 'upset', 'one.array')).toThrowError(
      new EspalierError('unknown fault "upset" in one.array, the spec file defines none'),
    );
    expect(() => selectFault(two, 'flip bit', 'two.array', '--fault')).toThrowError(
      '--fault:1:9: expected a bit index such as 5, found the end of the text\nflip bit\n        ^',
    );
  });
});

describe('a spec reference', () => {
  test.each([
    ['f.array', 'f.array', null],
    ['dir/f.array:os8', 'dir/f.array', 'os8'],
    ['C:\\specs\\f.array', 'C:\\specs\\f.array', null],
    ['C:\\specs\\f.array:os8', 'C:\\specs\\f.array', 'os8'],
    ['a:b/f.array', 'a:b/f.array', null],
    ['f.array:', 'f.array', ''],
  ])('%s is the file %s and the array %s', (reference, path, name) => {
    expect(splitSpecReference(reference)).toEqual({ file: path, name });
  });

  it('is a file as a whole where that file exists', () => {
    const path = file('odd:name', EXAMPLE);
    expect(splitSpecReference(path)).toEqual({ file: path, name: null });
    expect(splitSpecReference(`${path}:os8`)).toEqual({ file: path, name: 'os8' });
  });
});
