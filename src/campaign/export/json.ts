import type { Store } from '../store/store.ts';
import { type Cell, faultSheet, outcomeSheet, type Sheet } from './columns.ts';

/**
 * Print a campaign as one JSON document: `campaign` (its record), `domains`, `clean`, `faults` and `outcomes`, the last
 * four as arrays of objects, one a line.
 */
export function* jsonLines(store: Store): IterableIterator<string> {
  yield `{\n"campaign": ${JSON.stringify(store.record)},\n`;
  yield* array('domains', texts(store.domains()));
  yield ',\n';
  yield* array('clean', texts(store.clean()));
  yield ',\n';
  yield* array('faults', sheetObjects(faultSheet(store)));
  yield ',\n';
  yield* array('outcomes', sheetObjects(outcomeSheet(store)));
  yield '\n}\n';
}

function* array(name: string, objects: Iterable<string>): IterableIterator<string> {
  yield `"${name}": [`;
  let before = '\n';
  for (const object of objects) {
    yield before + object;
    before = ',\n';
  }
  yield '\n]';
}

function* texts(rows: Iterable<object>): IterableIterator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

function* sheetObjects<Row>({ columns, rows }: Sheet<Row>): IterableIterator<string> {
  const names = columns.map(({ name }) => JSON.stringify(name));
  for (const row of rows()) {
    yield `{${columns.map(({ of }, at) => `${names[at]}: ${jsonCell(of(row))}`).join(', ')}}`;
  }
}

/** JSON has no infinity, but numbers that every reader takes for one. */
function jsonCell(cell: Cell): string {
  if (cell === Number.POSITIVE_INFINITY) return '1e999';
  return cell === Number.NEGATIVE_INFINITY ? '-1e999' : JSON.stringify(cell);
}
