import type { Cell, Sheet } from './columns.ts';

/**
 * Print a table as lines of comma-separated values (RFC 4180, but lines end with a line feed), the names of its columns
 * first. An empty cell is null; numbers have as many digits as they need to be read again as they are.
 */
export function* csvLines<Row>({ columns, rows }: Sheet<Row>): IterableIterator<string> {
  yield `${columns.map(({ name }) => name).join(',')}\n`;
  for (const row of rows()) yield `${columns.map(({ of }) => csvCell(of(row))).join(',')}\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
