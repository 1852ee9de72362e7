import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { FileError } from '../../errors.ts';
import { guarded, guardedRows } from './database.ts';
import { type DoneFault, type FaultRow, faultRow } from './fault-row.ts';
import { FaultSet } from './fault-set.ts';
import { type CampaignRecord, recordOf } from './record.ts';
import {
  CLEAN,
  type CleanRow,
  DOMAINS,
  type DomainRow,
  FAULTS,
  OUTCOMES,
  type OutcomeRow,
  outcomeValues,
  type Table,
} from './tables.ts';

/** Outcomes to a statement: a third less time each than one by one. */
const ROWS_TOGETHER = 10;

/** How much a store holds. */
export interface StoreCounts {
  readonly faults: number;
  /** Faults that could not be run. */
  readonly failed: number;
  readonly outcomes: number;
}

/**
 * The store of a campaign, opened by createStore or openStore. One that is opened for reading shows what the store held
 * then, whatever a writer adds meanwhile. All methods throw a FileError when the file is damaged or the disk is full.
 */
export class Store {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #unlock: (() => void) | null;
  #record: CampaignRecord;
  #inserts:
    | { readonly fault: StatementSync; readonly outcome: StatementSync; readonly outcomes: StatementSync }
    | undefined;

  /** @param unlock lets others write to the store; null for one that is opened for reading */
  constructor(path: string, database: DatabaseSync, unlock: (() => void) | null) {
    this.path = path;
    this.#database = database;
    this.#unlock = unlock;
    this.#record = guarded(path, 'read', () => this.#readRecord());
  }

  get record(): CampaignRecord {
    return this.#record;
  }

  /** The numbers of all faults that are done, those after the end of sequential sampling included. */
  doneFaults(): FaultSet {
    const done = new FaultSet();
    for (const [n] of this.#rows('SELECT n FROM faults')) done.add(n as number);
    return done;
  }

  /**
   * Add faults with all their outcomes: all of them, or none when it fails. One that is already there is left as it is.
   * @returns how many were new
   */
  add(batch: readonly DoneFault[]): number {
    return this.#write(() => {
      this.#inserts ??= {
        // Not OR IGNORE, which would also pass over a row that breaks a rule of the table.
        fault: this.#database.prepare(`${insertInto(FAULTS)} ON CONFLICT (n) DO NOTHING`),
        outcome: this.#database.prepare(insertInto(OUTCOMES)),
        outcomes: this.#database.prepare(insertInto(OUTCOMES, ROWS_TOGETHER)),
      };
      const { fault, outcome, outcomes } = this.#inserts;
      let added = 0;
      for (const done of batch) {
        if (fault.run(...FAULTS.values(faultRow(done))).changes === 0) continue;
        added++;
        const { images } = done.outcome;
        let at = 0;
        for (; at + ROWS_TOGETHER <= images.length; at += ROWS_TOGETHER) {
          const values: SQLInputValue[] = [];
          for (let n = at; n < at + ROWS_TOGETHER; n++) values.push(...outcomeValues(done.fault.n, images[n]!));
          outcomes.run(...values);
        }
        for (; at < images.length; at++) outcome.run(...outcomeValues(done.fault.n, images[at]!));
      }
      return added;
    });
  }

  /** Change what the store says about its campaign. */
  setValue<K extends keyof CampaignRecord>(key: K, value: CampaignRecord[K]): void {
    this.#write(() => this.#database.prepare('REPLACE INTO campaign VALUES (?, ?)').run(key, JSON.stringify(value)));
    this.#record = { ...this.#record, [key]: value };
  }

  /** Note that a fault was run on another backend as well; a difference that was found once stays. */
  addValidated(fault: number, differing: number): void {
    this.#write(() =>
      this.#database
        .prepare(
          'INSERT INTO validated VALUES (?, ?) ON CONFLICT (fault) DO UPDATE SET differing = max(differing, excluded.differing)',
        )
        .run(fault, differing),
    );
  }

  /** Count the faults that were run on another backend as well, and the runs that gave something else there. */
  validated(): { readonly faults: number; readonly differing: number } {
    const [row] = this.#rows('SELECT COUNT(*), COALESCE(SUM(differing), 0) FROM validated');
    return { faults: row![0] as number, differing: row![1] as number };
  }

  domains(): IterableIterator<DomainRow> {
    return this.#tableRows(DOMAINS, 'ORDER BY dimension, value');
  }

  clean(): IterableIterator<CleanRow> {
    return this.#tableRows(CLEAN, 'ORDER BY layer, image');
  }

  /** Stream the faults numbered below `end` in the order of their numbers. */
  faults(end = Number.MAX_SAFE_INTEGER): IterableIterator<FaultRow> {
    return this.#tableRows(FAULTS, 'WHERE n < ? ORDER BY n', end);
  }

  /** Stream the outcomes of the faults numbered below `end`, in the order of faults, then images. */
  outcomes(end = Number.MAX_SAFE_INTEGER): IterableIterator<OutcomeRow> {
    return this.#tableRows(OUTCOMES, 'WHERE fault < ? ORDER BY fault, image', end);
  }

  /** Give the outcomes of one fault, in the order of images; none when it is not done. */
  outcomesOf(n: number): IterableIterator<OutcomeRow> {
    return this.#tableRows(OUTCOMES, 'WHERE fault = ? ORDER BY image', n);
  }

  /** Count what belongs to the faults numbered below `end`. */
  counts(end = Number.MAX_SAFE_INTEGER): StoreCounts {
    const [faults] = this.#rows('SELECT COUNT(*), COUNT(error) FROM faults WHERE n < ?', end);
    const [outcomes] = this.#rows('SELECT COUNT(*) FROM outcomes WHERE fault < ?', end);
    return { faults: faults![0] as number, failed: faults![1] as number, outcomes: outcomes![0] as number };
  }

  /** Ask the database what no other method tells; it must be left as it is. */
  query<T>(ask: (database: DatabaseSync) => T): T {
    return guarded(this.path, 'read', () => ask(this.#database));
  }

  /** Close the store and let others write to it; closing it again does nothing. */
  close(): void {
    if (!this.#database.isOpen) return;
    try {
      this.#database.close();
    } finally {
      this.#unlock?.();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #write<T>(run: () => T): T {
    if (this.#unlock === null) throw new FileError(`cannot write ${this.path}: it was opened for reading`);
    return guarded(this.path, 'write', () => inTransaction(this.#database, run));
  }

  *#tableRows<Row>({ name, columns, row }: Table<Row>, rest: string, ...values: number[]): IterableIterator<Row> {
    const select = `SELECT ${columns.join(', ')} FROM ${name} ${rest}`;
    for (const found of this.#rows(select, ...values)) yield row(found);
  }

  /** Stream rows as arrays of values; every call has a statement of its own, so that streams do not end each other. */
  #rows(sql: string, ...values: number[]): IterableIterator<SQLOutputValue[]> {
    return guardedRows(this.path, () => {
      const statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.iterate(...values) as unknown as Iterable<SQLOutputValue[]>;
    });
  }

  #readRecord(): CampaignRecord {
    return recordOf(this.path, [...this.#rows('SELECT key, value FROM campaign')] as [string, string][]);
  }
}

/** Run something in one transaction, which is taken back as a whole when it fails. */
export function inTransaction<T>(database: DatabaseSync, run: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    database.exec('COMMIT');
    return result;
  } catch (cause) {
    // SQLite has taken some transactions back by itself, such as on a full disk.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

export function insertInto({ name, columns }: Pick<Table<unknown>, 'name' | 'columns'>, rows = 1): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${new Array(rows).fill(row).join(', ')}`;
}
