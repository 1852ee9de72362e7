import { EspalierError } from '../../src/errors.ts';

/** The tables that a script makes, and the guides they are in. */
export const TABLES = {
  cells: 'docs/guide-synthesis.md',
  limits: 'docs/guide-synthesis.md',
  slots: 'docs/guide-synthesis.md',
  clock: 'docs/guide-synthesis.md',
  utilisation: 'docs/guide-top.md',
} as const;

export type TableName = keyof typeof TABLES;

/**
 * Put a table between its marks in a guide.
 * @throws {EspalierError} where the guide lacks them
 */
export function replaceTable(guide: string, name: TableName, table: string): string {
  const begin = `<!-- table ${name}: written by scripts/guide-tables.ts -->`;
  const end = `<!-- table ${name}: end -->`;
  const [from, to] = [guide.indexOf(begin), guide.indexOf(end)];
  if (from < 0 || to < from) throw new EspalierError(`the guide needs the lines ${begin} and ${end}, in this order`);
  return `${guide.slice(0, from)}${begin}\n\n${table}\n\n${guide.slice(to)}`;
}

/** Print a line of a Markdown table. */
export function tableLine(columns: readonly (string | number)[]): string {
  return `| ${columns.join(' | ')} |`;
}
