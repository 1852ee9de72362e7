import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { FileError } from '../errors.ts';
import { assertWritable } from './files.ts';

/** The first bytes of every SQLite file. Source: SQLite database file format, 1.3. */
const SQLITE = 'SQLite format 3\0';

/** Fail before the work when a file could not be written, or is one that a campaign needs: a store or a spec file. */
export async function assertOutput(path: string): Promise<void> {
  await assertWritable(path);
  const kind = startOf(path) === SQLITE ? 'a store' : path.endsWith('.array') ? 'a spec file' : null;
  if (kind !== null && exists(path)) throw new FileError(`cannot write ${path}: it is ${kind}, which would be lost`);
}

function exists(path: string): boolean {
  try {
    return realpathSync(path) !== '';
  } catch {
    return false;
  }
}

function startOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(SQLITE.length);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, SQLITE.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
