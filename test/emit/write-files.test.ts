import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../../src/emit/write-files.ts';
import { FileError } from '../../src/errors.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-write-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const FILES = [
  { path: 'a.v', text: 'module a;\n' },
  { path: 'sim/b.v', text: 'module b; // ×\n' },
  { path: 'manifest.json', text: '{}\n' },
];

/** Everything below a folder: the content and the time of change of files, null for directories. */
async function snapshot(root: string): Promise<Record<string, unknown>> {
  const paths = (await readdir(root, { recursive: true })).sort();
  const entries = paths.map(async (path) => {
    const found = await lstat(join(root, path));
    return [
      path,
      found.isDirectory() ? null : [await readFile(join(root, path), 'utf8'), found.mtimeMs, found.ino],
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Expect a refusal by this sentence that leaves everything as it was. */
async function expectRefused(directory: string, files: typeof FILES, sentence: string): Promise<void> {
  const before = await snapshot(folder);
  const error: unknown = await writeFiles(directory, files).catch((cause) => cause);
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).message).toBe(sentence);
  expect(await snapshot(folder)).toEqual(before);
}

describe('writing files', () => {
  it('makes missing parents, and leaves nothing but the files', async () => {
    const directory = join(folder, 'deep/er/out');
    expect(await writeFiles(directory, FILES)).toEqual(['a.v', 'sim/b.v', 'manifest.json']);
    expect((await readdir(directory, { recursive: true })).sort()).toEqual(['a.v', 'manifest.json', 'sim', 'sim/b.v']);
    for (const { path, text } of FILES) expect(await readFile(join(directory, path), 'utf8')).toBe(text);
  });

  it('touches only what has changed', async () => {
    await writeFiles(folder, FILES);
    const longAgo = new Date('2001-02-03T04:05:06Z');
    for (const { path } of FILES) await utimes(join(folder, path), longAgo, longAgo);
    const changed = FILES.map((file) => (file.path === 'a.v' ? { ...file, text: 'module a2;\n' } : file));
    expect(await writeFiles(folder, changed)).toEqual(['a.v']);
    expect(await readFile(join(folder, 'a.v'), 'utf8')).toBe('module a2;\n');
    expect((await stat(join(folder, 'a.v'))).mtime).not.toEqual(longAgo);
    for (const path of ['sim/b.v', 'manifest.json']) expect((await stat(join(folder, path))).mtime).toEqual(longAgo);
    expect(await writeFiles(folder, changed)).toEqual([]);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a.v', 'manifest.json', 'sim', 'sim/b.v']);
  });

  it('leaves other files of the directory alone', async () => {
    await writeFile(join(folder, 'own.xdc'), 'mine');
    await writeFiles(folder, FILES);
    expect(await readFile(join(folder, 'own.xdc'), 'utf8')).toBe('mine');
  });
});

describe('a failure leaves everything as it was', () => {
  it('where directories stand in the place of files', async () => {
    await mkdir(join(folder, 'manifest.json'));
    await mkdir(join(folder, 'a.v'));
    await expectRefused(
      folder,
      FILES,
      `cannot write ${folder}/a.v: it is a directory; ${folder}/manifest.json: it is a directory`,
    );
  });

  it('where a device stands in the place of a file', async () => {
    await expectRefused('/dev', [{ path: 'null', text: '' }], 'cannot write /dev/null: it is not a regular file');
  });

  it('where a file stands in the place of the directory', async () => {
    await writeFile(join(folder, 'out'), 'a file');
    await expectRefused(join(folder, 'out'), FILES, `cannot write ${folder}/out: ${folder}/out is not a directory`);
  });

  it('where a file stands in the place of a directory inside, old files and new ones', async () => {
    await writeFile(join(folder, 'a.v'), 'module old;\n');
    await writeFile(join(folder, 'sim'), 'a file');
    await expectRefused(folder, FILES, `cannot write ${folder}/sim/b.v: ${folder}/sim is not a directory`);
  });

  it('where nothing can be written', async () => {
    const directory = '/proc/espalier/out';
    await expectRefused(
      directory,
      FILES,
      `cannot write ${directory}: cannot make the directory /proc/espalier: no such file or directory`,
    );
  });

  it('when the content of a later file cannot be stored', async () => {
    const directory = join(folder, 'new/out');
    // The name itself is legal; the one beside it, for the time of writing, is too long.
    const long = `${'x'.repeat(250)}.v`;
    await expectRefused(
      directory,
      [...FILES, { path: long, text: '' }],
      `cannot write ${directory}/${long}: name too long`,
    );
  });

  it('when a later file cannot be put in place after others have been', async () => {
    await writeFiles(folder, FILES);
    const files = [
      { path: 'a.v', text: 'module a2;\n' },
      { path: 'sim/new.v', text: 'module new;\n' },
      { path: 'more/c.v', text: 'module c;\n' },
      // A file and a directory of the same name: which of them fails shows only in the end.
      { path: 'both', text: '' },
      { path: 'both/d.v', text: '' },
    ];
    await expectRefused(folder, files, `cannot write ${folder}/both/d.v: not a directory`);
  });
});
