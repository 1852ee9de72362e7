import { closeSync, fstatSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { FileError } from '../../errors.ts';
import { reasonOf } from '../../make-directory.ts';
import { isBusy, openDatabase } from './database.ts';

/** Locks of this process: closing any handle of a locked file would give its lock away. */
const held = new Set<string>();

/**
 * Become the only writer of a store, until the returned function is called or the process ends, however it ends. The
 * lock is SQLite's own on an empty file beside the store, so that readers of the store are not held up.
 * @throws {FileError} when another process is the writer, or when there is no place for the lock
 */
export function lockStore(path: string): () => void {
  try {
    const lock = `${realPlace(path)}.lock`;
    for (;;) {
      const unlock = held.has(lock) ? null : tryLock(lock);
      if (unlock === null) throw new FileError(`cannot write ${path}: another process is running this campaign`);
      if (unlock !== 'again') return unlock;
    }
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new FileError(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** Lock a file; null when it is locked, `again` when it was removed meanwhile. */
function tryLock(lock: string): (() => void) | 'again' | null {
  // The handle tells whether the file that SQLite opens after it is still the one of that name.
  const handle = openSync(lock, 'a');
  let database: DatabaseSync | undefined;
  let locked = false;
  const close = () => {
    database?.close();
    closeSync(handle);
  };
  try {
    database = openDatabase(lock, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    locked = statSync(lock, { throwIfNoEntry: false })?.ino === fstatSync(handle).ino;
    if (!locked) return 'again';
  } catch (cause) {
    if (isBusy(cause)) return null;
    throw cause;
  } finally {
    if (!locked) close();
  }
  held.add(lock);
  return () => {
    // Removed while it is locked: whoever opened it before sees that it is gone, and tries again.
    rmSync(lock, { force: true });
    held.delete(lock);
    close();
  };
}

/** The place that a path leads to; the file itself need not exist. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return join(realpathSync(dirname(path)), basename(path));
  }
}
