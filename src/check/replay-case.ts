import type { Backend } from '../backend/backend.ts';
import type { MachineBackend } from '../backend/machine-backend.ts';
import type { Design } from '../design/design.ts';
import { type Replay, readReplay } from './replay.ts';
import { type CaseOptions, type CaseRun, modelsOf, runCase } from './run-case.ts';

export interface ReplayOptions extends CaseOptions {
  /** Opens the RTL of the file's array for tracing; left out, the simulators are compared alone. */
  readonly openRtl?: ((design: Design) => Promise<MachineBackend>) | undefined;
  /** A model to check in place of the functional simulator. */
  readonly functional?: ((design: Design) => Backend) | undefined;
}

/** What a replayed case showed. */
export interface ReplayReport extends Replay, CaseRun {}

/**
 * Run the case of a replay file again on all models and compare them.
 * @throws {FileError} when the file is missing or no replay file.
 */
export async function replayCase(path: string, options: ReplayOptions = {}): Promise<ReplayReport> {
  const replay = await readReplay(path);
  const { design, checkCase } = replay;
  const { openRtl, functional, ...caseOptions } = options;
  const rtl = openRtl ? await openRtl(design) : null;
  try {
    const models = { ...modelsOf(design, rtl), ...(functional && { functional: functional(design) }) };
    return { ...replay, ...(await runCase(models, checkCase, caseOptions)) };
  } finally {
    await rtl?.close();
  }
}
