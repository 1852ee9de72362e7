import type { DatabaseSync } from 'node:sqlite';
import { FileError, ToolMissingError } from '../../errors.ts';

/** SQLite's primary result codes that a user can act on. */
const CODE = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** How long to wait for another process that is in the middle of a transaction. */
const BUSY_MILLISECONDS = 5000;

/**
 * Open a database, made when missing.
 * @throws {ToolMissingError} when this Node.js has no SQLite
 */
export function openDatabase(path: string | URL, { timeout = BUSY_MILLISECONDS } = {}): DatabaseSync {
  // Asked for by name only when it is needed: versions of Node.js that lack it can still load the package.
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (!sqlite) {
    throw new ToolMissingError(`a campaign's store needs Node.js 24 or newer, received ${process.versions.node}`);
  }
  return new sqlite.DatabaseSync(path, { timeout });
}

/**
 * Run something on the store at `path` and turn what SQLite says into a sentence; `action` is what was to be done to it.
 * @throws {FileError} for the mistakes of a disk, a file or another process; everything else as it came
 */
export function guarded<T>(path: string, action: 'read' | 'write', run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw explained(path, action, cause);
  }
}

/** The same for a stream of rows. */
export function* guardedRows<T>(path: string, rows: () => Iterable<T>): IterableIterator<T> {
  try {
    yield* rows();
  } catch (cause) {
    throw explained(path, 'read', cause);
  }
}

/** SQLite's primary result code; null for an error of another origin. */
function sqliteCode(error: unknown): number | null {
  const { code, errcode }: { code?: string; errcode?: number } = Object(error);
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? errcode & 0xff : null;
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === CODE.busy;
}

export function cannotOpen(error: unknown): boolean {
  return sqliteCode(error) === CODE.cannotOpen;
}

function explained(path: string, action: 'read' | 'write', cause: unknown): unknown {
  const code = sqliteCode(cause);
  const { message } = cause as Error;
  switch (code) {
    case CODE.notADatabase:
      return refusal('read', 'it is not the store of a campaign (no SQLite database)');
    case CODE.corrupt:
      return refusal('read', `it is damaged (${message})`);
    case CODE.full:
      return refusal(action, 'the disk is full');
    case CODE.readOnly:
      return refusal(action, 'it is read-only');
    case CODE.busy:
      return refusal(action, 'another process holds it');
    case CODE.ioError:
    case CODE.cannotOpen:
      return refusal(action, message);
    default:
      return cause;
  }

  function refusal(doing: string, reason: string): FileError {
    return new FileError(`cannot ${doing} ${path}: ${reason}`, { cause });
  }
}
