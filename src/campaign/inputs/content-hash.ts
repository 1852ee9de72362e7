import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileError } from '../../errors.ts';
import { reasonOf } from '../../make-directory.ts';

/**
 * Hash what a file holds, or a folder with the names of its files: SHA-256 in hexadecimal digits.
 * @throws {FileError} when something cannot be read
 */
export async function contentHash(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) await addPath(hash, path);
  return hash.digest('hex');
}

async function addPath(hash: Hash, path: string): Promise<void> {
  try {
    if (!(await stat(path)).isDirectory()) return await addFile(hash, path);
    for (const name of (await readdir(path)).sort()) {
      hash.update(`${JSON.stringify(name)}\n`);
      await addPath(hash, join(path, name));
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function addFile(hash: Hash, path: string): Promise<void> {
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks) => {
    for await (const chunk of chunks) {
      bytes += (chunk as Buffer).length;
      hash.update(chunk as Buffer);
    }
  });
  // Where one file ends and the next begins.
  hash.update(`\n${bytes}\n`);
}
