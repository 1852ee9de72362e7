import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { FileError } from '../errors.ts';
import { reasonOf } from '../make-directory.ts';

/**
 * Write a file as a whole or not at all: beside the target, then rename. A symbolic link is followed; a device or pipe
 * is written as it stands.
 * @throws {FileError} when the file cannot be written.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await replace(path, bytes);
  } catch (cause) {
    throw new FileError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Read a whole file.
 * @throws {FileError} when it is missing or unreadable.
 */
export async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FileError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const replaceable = await stat(target).then(
    (found) => found.isFile(),
    () => true,
  );
  if (!replaceable) return writeFile(target, bytes);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
