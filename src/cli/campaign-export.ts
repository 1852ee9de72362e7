import { extname } from 'node:path';
import type { ExportTable } from '../campaign/export/columns.ts';
import { EXPORT_FORMATS, type ExportFormat, exportStore } from '../campaign/export/export-store.ts';
import { openStore } from '../campaign/store/open-store.ts';
import { countedFaults } from '../campaign/store/record.ts';
import { EspalierError } from '../errors.ts';
import { assertOutput } from './campaign-output.ts';
import type { Action } from './program.ts';
import { count } from './text.ts';

interface Flags {
  readonly output: string;
  readonly format?: ExportFormat;
  readonly table: ExportTable;
}

export const exportOutcomes: Action<[store: string], Flags> = async (session, [path], { output, format, table }) => {
  const chosen = format ?? formatOf(output);
  await assertOutput(output);
  using store = openStore(path, { readonly: true });
  session.progress.tell(`writing ${output}`);
  await exportStore(store, output, { format: chosen, table });
  const { faults, failed, outcomes } = store.counts(countedFaults(store.record));
  if (failed > 0) {
    const where =
      table === 'faults' || chosen === 'json' ? 'the column "error" says why' : '"--table faults" lists them';
    session.warn(
      `${count(failed, 'fault')} could not be run and so ${failed === 1 ? 'has' : 'have'} no outcomes: ${where}`,
    );
  }
  session.report({ output, format: chosen, table, faults, failed, outcomes }, [
    `${output}: ${count(faults, 'fault')}${table === 'faults' && chosen !== 'json' ? '' : `, ${count(outcomes, 'outcome')}`}`,
  ]);
};

function formatOf(path: string): ExportFormat {
  const ending = extname(path).slice(1).toLowerCase();
  const format = EXPORT_FORMATS.find((known) => known === ending);
  if (format) return format;
  throw new EspalierError(
    `the format of ${path} must be told by its ending (.${EXPORT_FORMATS.join(', .')}) or by --format`,
  );
}
