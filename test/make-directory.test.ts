import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../src/make-directory.ts';

describe('a directory', () => {
  const root = mkdtempSync(join(tmpdir(), 'espalier-directory-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('is made with its parents, each of which is told', async () => {
    const made: string[] = [];
    await makeDirectory(join(root, 'a', 'b'), (path) => made.push(path));
    expect(made).toEqual([join(root, 'a'), join(root, 'a', 'b')]);
    await makeDirectory(join(root, 'a', 'b'), (path) => made.push(path));
    expect(made).toHaveLength(2);
  });

  it('is refused where a file stands', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makeDirectory(join(root, 'file', 'x'))).rejects.toThrow(`${join(root, 'file')} is not a directory`);
  });

  it.skipIf(!existsSync('/proc/self'))(
    'is refused at once where nothing can be made (skipped without /proc)',
    async () => {
      await expect(makeDirectory('/proc/nothing/here')).rejects.toThrow(
        'cannot make the directory /proc/nothing: no such file or directory',
      );
    },
  );
});
