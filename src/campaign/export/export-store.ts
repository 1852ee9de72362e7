import type { Store } from '../store/store.ts';
import { type ExportTable, faultSheet, flatOutcomeSheet } from './columns.ts';
import { csvLines } from './csv.ts';
import { jsonLines } from './json.ts';
import { parquetBytes } from './parquet.ts';
import { writeStream } from './write-stream.ts';

/** `json` holds both tables in one document, the others the one that is asked for. */
export const EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly table: ExportTable;
}

/**
 * Write what a campaign found to a file, in the order of fault numbers. The same faults give the same bytes, whatever
 * the order in which they were run; those after the end of sequential sampling are left out.
 * @param store opened for reading, so that all parts of the file show one state of it
 * @throws {FileError} when the file cannot be written, which is then as it was, or the store cannot be read
 */
export async function exportStore(store: Store, path: string, options: ExportOptions): Promise<void> {
  await writeStream(path, chunksOf(store, options));
}

function chunksOf(store: Store, { format, table }: ExportOptions): Iterable<string | Uint8Array> {
  if (format === 'json') return jsonLines(store);
  if (format === 'csv') return table === 'faults' ? csvLines(faultSheet(store)) : csvLines(flatOutcomeSheet(store));
  return table === 'faults' ? parquetBytes(faultSheet(store)) : parquetBytes(flatOutcomeSheet(store));
}
