import type { SQLOutputValue } from 'node:sqlite';
import { classOf, OUTCOME_CLASSES, type Outcome } from '../outcome.ts';
import type { FaultRow } from '../store/fault-row.ts';
import type { Store } from '../store/store.ts';
import { FAULTS, OUTCOMES, type Table } from '../store/tables.ts';

/** What a store holds of one fault. */
export interface StoredFault {
  readonly row: FaultRow;
  /** One per image, in the order of the campaign's images. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Read what a store holds of a fault; null when it has not been run.
 * @throws {FileError} when the store is damaged
 */
export function storedFault(store: Store, n: number): StoredFault | null {
  const [row] = rowsOf(store, FAULTS, 'n', n);
  if (!row) return null;
  const { images } = store.record;
  const outcomes = rowsOf(store, OUTCOMES, 'fault', n).map(({ fault, ...outcome }) => outcome);
  return { row, outcomes: outcomes.toSorted((x, y) => images.indexOf(x.image) - images.indexOf(y.image)) };
}

/** Find the first image with the most harmful outcome; null when there is none. */
export function worstImage({ outcomes }: Pick<StoredFault, 'outcomes'>): number | null {
  const harm = outcomes.map((outcome) => OUTCOME_CLASSES.indexOf(classOf(outcome)));
  return outcomes[harm.indexOf(Math.max(...harm))]?.image ?? null;
}

function rowsOf<Row>(store: Store, { name, columns, row }: Table<Row>, key: string, n: number): Row[] {
  return store.query((database) => {
    const statement = database.prepare(`SELECT ${columns.join(', ')} FROM ${name} WHERE ${key} = ?`);
    statement.setReturnArrays(true);
    return (statement.all(n) as unknown as SQLOutputValue[][]).map(row);
  });
}
