import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertOutput } from '../../src/cli/campaign-output.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-output-'));
  await writeFile(join(folder, 'a.campaign'), 'SQLite format 3\0 and more');
  await writeFile(join(folder, 'a.array'), 'campaign a {}');
  await writeFile(join(folder, 'a.csv'), 'n,image');
});

afterAll(() => rm(folder, { recursive: true }));

describe('the output of a campaign command', () => {
  it.each([
    ['a.campaign', 'a store'],
    ['a.array', 'a spec file'],
  ])('is not written over %s', async (name, kind) => {
    const path = join(folder, name);
    await expect(assertOutput(path)).rejects.toThrow(`cannot write ${path}: it is ${kind}, which would be lost`);
  });

  it.each(['a.csv', 'new.csv', 'new.array'])('may be %s', async (name) => {
    await expect(assertOutput(join(folder, name))).resolves.toBeUndefined();
  });
});
