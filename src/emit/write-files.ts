import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FileError } from '../errors.ts';
import type { EmittedFile } from './emit-design.ts';

/**
 * Write files into a directory, made when missing. Files that already hold the same bytes are left untouched; the
 * others appear all together in the end, so that a failure leaves what was there before.
 * @returns the paths of the files that changed, relative to the directory
 * @throws {FileError} when the directory or a file cannot be written
 */
export async function writeFiles(directory: string, files: readonly EmittedFile[]): Promise<string[]> {
  const root = resolve(directory);
  const staged: { from: string; to: string; path: string }[] = [];
  let firstMade: string | undefined;
  try {
    firstMade = await mkdir(root, { recursive: true });
    for (const { path, text } of files) {
      const to = join(root, path);
      if ((await currentText(to)) === text) continue;
      await mkdir(dirname(to), { recursive: true });
      const from = `${to}.${process.pid}.tmp`;
      staged.push({ from, to, path });
      await writeFile(from, text);
    }
    for (const { from, to } of staged) await rename(from, to);
    return staged.map(({ path }) => path);
  } catch (cause) {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true })));
    if (firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`cannot write to ${directory}: ${reason}`, { cause });
  }
}

async function currentText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
