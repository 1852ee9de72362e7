import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.ts';
import type { EmittedFile } from './emit-design.ts';

/** What generated files say of themselves near their beginning. */
const MARK = /Generated( by Espalier|; change the spec)/;
const HEAD_CHARACTERS = 1000;

/** Where generated files are, relative to the directory that they are written to. */
const FOLDERS = ['', 'sim', 'tb', 'synth'];

/**
 * Refuse to write over files that were not generated.
 * @throws {FileError} naming all files that would be lost
 */
export async function assertNothingLost(directory: string, files: readonly EmittedFile[]): Promise<void> {
  const lost: string[] = [];
  for (const { path, text } of files) {
    const there = await headOf(join(directory, path));
    if (there !== null && isGenerated(text) && !isGenerated(there)) lost.push(join(directory, path));
  }
  if (lost.length === 0) return;
  throw new FileError(
    `only generated files are written over, received ${lost.join(', ')}, written by somebody else: move it or choose another directory`,
  );
}

/** Find the generated files of earlier runs that are not among those of this one, in ascending order. */
export async function findEarlierFiles(directory: string, files: readonly EmittedFile[]): Promise<string[]> {
  const own = new Set(files.map(({ path }) => path));
  const found: string[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isFile() || own.has(path)) continue;
      const head = await headOf(join(directory, path));
      if (head !== null && isGenerated(head)) found.push(path);
    }
  }
  return found.toSorted();
}

async function headOf(path: string): Promise<string | null> {
  const text = await readFile(path, 'latin1').catch(() => null);
  return text === null ? null : text.slice(0, HEAD_CHARACTERS);
}

function isGenerated(text: string): boolean {
  return MARK.test(text.slice(0, HEAD_CHARACTERS));
}
