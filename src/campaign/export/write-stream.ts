import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FileError } from '../../errors.ts';
import { reasonOf } from '../../make-directory.ts';

const BUFFERED_CHARACTERS = 1 << 16;

/**
 * Write pieces to a file as they come. It appears, or takes the place of an old one, when it is complete.
 * @throws {FileError} when it cannot be written; what the pieces themselves throw comes as it is
 */
export async function writeStream(path: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const target = resolve(path);
  const draft = `${target}.${process.pid}.new`;
  try {
    if ((await stat(target).catch(() => null))?.isFile() === false) {
      throw new FileError(`cannot write ${path}: it is not a regular file`);
    }
    const file = await open(draft, 'w');
    try {
      await writePieces(file, pieces);
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    if ((cause as NodeJS.ErrnoException).errno === undefined) throw cause;
    throw new FileError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function writePieces(file: FileHandle, pieces: Iterable<string | Uint8Array>): Promise<void> {
  let buffered = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') buffered += piece;
    else await file.writeFile(piece);
    if (buffered.length < BUFFERED_CHARACTERS) continue;
    await file.writeFile(buffered);
    buffered = '';
  }
  await file.writeFile(buffered);
}
