import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.ts';
import type { EmittedFile } from './emit-design.ts';

/** What most generated files say of themselves near their beginning. */
const MARK = /Generated( by Espalier|; change the spec)/;
const HEAD_CHARACTERS = 1000;

/** Generated files without a mark: pictures, and modules that are the same for all arrays. */
const UNMARKED = /^(espalier_\w+\.v|array\.svg|\w+_top\.svg)$/;

/** The file that tells that a directory is one that was generated. */
const MANIFEST = 'manifest.json';

/** What the manifest of an earlier run says. */
interface EarlierManifest {
  /** Files of the user's own operators, which are copied as they are. */
  readonly operators: readonly string[];
}

/** Where generated files are, relative to the directory that they are written to. */
const FOLDERS = ['', 'sim', 'tb', 'synth'];

/**
 * Refuse to write over files that were not generated.
 * @throws {FileError} naming all files that would be lost
 */
export async function assertNothingLost(directory: string, files: readonly EmittedFile[]): Promise<void> {
  const earlier = await readEarlier(directory);
  const lost: string[] = [];
  for (const { path, text } of files) {
    const there = await textOf(join(directory, path));
    if (there === null || there === text || isGenerated(path, there, earlier)) continue;
    lost.push(join(directory, path));
  }
  if (lost.length === 0) return;
  throw new FileError(
    `only generated files are written over, received ${lost.join(', ')}, written by somebody else: move it or choose another directory`,
  );
}

/** Find the generated files of earlier runs that are not among those of this one, in ascending order. */
export async function findEarlierFiles(directory: string, files: readonly EmittedFile[]): Promise<string[]> {
  const earlier = await readEarlier(directory);
  const own = new Set(files.map(({ path }) => path));
  const found: string[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isFile() || own.has(path)) continue;
      const there = await textOf(join(directory, path));
      if (there !== null && isGenerated(path, there, earlier)) found.push(path);
    }
  }
  return found.toSorted();
}

/** Read the manifest of an earlier run; null where the directory has none, or one of somebody else. */
async function readEarlier(directory: string): Promise<EarlierManifest | null> {
  try {
    const { tool, operators } = JSON.parse((await textOf(join(directory, MANIFEST))) ?? 'null');
    if (tool.name !== 'espalier') return null;
    const names: unknown[] = Object.values(operators);
    return { operators: names.filter((name) => name !== null).map((name) => `${name}.v`) };
  } catch {
    return null;
  }
}

function isGenerated(path: string, text: string, earlier: EarlierManifest | null): boolean {
  if (MARK.test(text.slice(0, HEAD_CHARACTERS))) return true;
  return earlier !== null && (path === MANIFEST || UNMARKED.test(path) || earlier.operators.includes(path));
}

/** The text of a file; null where there is none, or one that cannot be read, which is told when it is written. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
