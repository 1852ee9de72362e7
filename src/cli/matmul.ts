import type { BackendKind } from '../backend/backend.ts';
import { checkJob } from '../backend/job.ts';
import { openBackend } from '../backend/open.ts';
import { readNpy, writeNpy } from '../tensor/npy.ts';
import { openArray } from './array.ts';
import { type Elements, type FaultDocument, faultDocuments, nestElements, type StatsDocument } from './documents.ts';
import { assertWritable } from './files.ts';
import type { Action } from './program.ts';
import { count, describeFaults, describeStats, previewMatrix, sides } from './text.ts';

interface Flags {
  readonly output?: string;
  readonly backend: BackendKind;
  readonly fault: readonly string[];
}

/** What `espalier matmul --json` prints. */
export interface MatmulDocument {
  readonly array: string;
  readonly hash: string;
  readonly backend: BackendKind;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly stats: StatsDocument;
  readonly faults: readonly FaultDocument[];
  /** The file that holds R; null without -o. */
  readonly output: string | null;
  /** R row by row; null with -o. */
  readonly result: Elements | null;
}

export const matmul: Action<[spec: string, a: string, b: string, c?: string], Flags> = async (
  session,
  [spec, pathA, pathB, pathC],
  flags,
) => {
  const { signal, progress } = session;
  const { design, faults } = openArray(spec, flags.fault);
  const a = await readNpy(pathA);
  const b = await readNpy(pathB);
  const c = pathC === undefined ? undefined : await readNpy(pathC);
  if (flags.output !== undefined) await assertWritable(flags.output);
  checkJob(design, flags.backend, { a, b, c }, faults);
  const backend = await openBackend(design, flags.backend, { signal, onProgress: progress.tell });
  try {
    const onProgress = (done: number, total: number): void =>
      progress.tell(`running ${count(total, 'tile')} on the ${backend.kind} backend`, done, total);
    const { result, faults: reports, stats } = await backend.matmul({ a, b, c }, { faults, signal, onProgress });
    if (flags.output !== undefined) await writeNpy(flags.output, result);
    const document: MatmulDocument = {
      array: design.name,
      hash: design.hash,
      backend: backend.kind,
      shape: result.shape,
      dtype: result.type,
      stats,
      faults: faultDocuments(reports),
      output: flags.output ?? null,
      result: flags.output === undefined ? nestElements(result) : null,
    };
    const preview = previewMatrix(result);
    session.report(document, [
      `R = A×B${c ? ' + C' : ''}: ${sides(result.shape)} ${result.type}, ${design.name} on the ${backend.kind} backend`,
      describeStats(stats),
      ...describeFaults(reports),
      ...preview,
      ...(flags.output === undefined
        ? preview.length > 0
          ? []
          : ['R is too large to show; write it to a file with -o OUT.npy']
        : [`R is in ${flags.output}`]),
    ]);
  } finally {
    await backend.close();
  }
};
