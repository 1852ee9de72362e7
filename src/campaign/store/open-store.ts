import { lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FileError } from '../../errors.ts';
import { reasonOf } from '../../make-directory.ts';
import { cannotOpen, guarded, openDatabase } from './database.ts';
import { lockStore } from './lock.ts';
import type { CampaignRecord } from './record.ts';
import { SCHEMA, STORE_APPLICATION, STORE_FORMAT } from './schema.ts';
import { insertInto, inTransaction, Store } from './store.ts';
import { CLEAN, type CleanRow, DOMAINS, type DomainRow } from './tables.ts';

/** What is known of a campaign before its first fault runs. */
export interface NewCampaign {
  readonly record: CampaignRecord;
  readonly domains: Iterable<DomainRow>;
  readonly clean: Iterable<CleanRow> | AsyncIterable<CleanRow>;
}

/**
 * Make the store of a new campaign and open it for writing. The file appears when it is complete.
 * @throws {FileError} when the file exists or cannot be written, which is found out before the first row of `clean` is
 * asked for, or what the iterables throw; then nothing is left behind
 */
export async function createStore(path: string, campaign: NewCampaign): Promise<Store> {
  const unlock = lockStore(path);
  const draft = `${resolve(path)}.new`;
  try {
    if (lstatSync(path, { throwIfNoEntry: false })) throw new FileError(`cannot write ${path}: it exists already`);
    rmSync(draft, { force: true });
    await writeDraft(path, draft, campaign);
    // The log of a store that was removed would be played over the new one.
    for (const ending of ['-wal', '-shm']) rmSync(`${resolve(path)}${ending}`, { force: true });
    renameSync(draft, path);
    return openForWriting(path, unlock);
  } catch (cause) {
    rmSync(draft, { force: true });
    unlock();
    throw cause;
  }
}

/**
 * Open the store of a campaign that has begun.
 * @param options.readonly leaves the store to a writer, and shows what it holds now
 * @throws {FileError} when there is no store of this format, or another process writes to it
 */
export function openStore(path: string, options: { readonly readonly: boolean }): Store {
  refuseUnlessFile(path);
  if (options.readonly) return openForReading(path);
  const unlock = lockStore(path);
  try {
    return openForWriting(path, unlock);
  } catch (cause) {
    unlock();
    throw cause;
  }
}

async function writeDraft(path: string, draft: string, { record, domains, clean }: NewCampaign): Promise<void> {
  const writing = <T>(run: () => T): T => guarded(path, 'write', run);
  const database = writing(() => openDatabase(draft));
  try {
    // Nothing to roll back to: a draft that fails is removed.
    writing(() => database.exec('PRAGMA journal_mode = OFF'));
    writing(() =>
      inTransaction(database, () => {
        database.exec(SCHEMA);
        const value = database.prepare('INSERT INTO campaign VALUES (?, ?)');
        for (const [key, of] of Object.entries(record)) value.run(key, JSON.stringify(of));
        const domain = database.prepare(insertInto(DOMAINS));
        for (const row of domains) domain.run(...DOMAINS.values(row));
      }),
    );
    writing(() => database.exec('BEGIN'));
    const image = database.prepare(insertInto(CLEAN));
    for await (const row of clean) writing(() => image.run(...CLEAN.values(row)));
    writing(() => database.exec('COMMIT'));
  } finally {
    database.close();
  }
}

function openForWriting(path: string, unlock: () => void): Store {
  return openChecked(path, 'write', unlock, (database) => {
    // With a write-ahead log, NORMAL still keeps every batch when the process dies; the last ones may go with the power.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    inTransaction(database, () => {});
  });
}

function openForReading(path: string): Store {
  // Not SQLite's read-only mode, which cannot tidy up after a writer that was killed.
  const prepare = (database: DatabaseSync) => database.exec('PRAGMA query_only = ON; BEGIN');
  try {
    return openChecked(path, 'read', null, prepare);
  } catch (error) {
    // In a place where no log can be made there is none to read either, unless a killed writer left one.
    if (!cannotOpen((error as Error).cause) || hasLog(path)) throw error;
    return openChecked(path, 'read', null, prepare, new URL(`${pathToFileURL(path)}?immutable=1`));
  }
}

function openChecked(
  path: string,
  action: 'read' | 'write',
  unlock: (() => void) | null,
  prepare: (database: DatabaseSync) => void,
  place: string | URL = path,
): Store {
  return guarded(path, action, () => {
    const database = openDatabase(place);
    try {
      refuseOthers(path, database);
      prepare(database);
      return new Store(path, database, unlock);
    } catch (cause) {
      database.close();
      throw cause;
    }
  });
}

function refuseUnlessFile(path: string): void {
  let reason: string | null;
  try {
    reason = statSync(path).isFile() ? null : 'it is not a regular file';
  } catch (cause) {
    reason = reasonOf(cause);
  }
  if (reason !== null) throw new FileError(`cannot read ${path}: ${reason}`);
}

function refuseOthers(path: string, database: DatabaseSync): void {
  const { application_id: application } = database.prepare('PRAGMA application_id').get()!;
  if (application !== STORE_APPLICATION) throw new FileError(`cannot read ${path}: it is not the store of a campaign`);
  const { user_version: format } = database.prepare('PRAGMA user_version').get()!;
  if (format === STORE_FORMAT) return;
  throw new FileError(
    `cannot read ${path}: it has store format ${format}, this version of Espalier reads ${STORE_FORMAT}`,
  );
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
