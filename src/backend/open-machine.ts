import type { BuildOptions } from './build.ts';
import { RtlMachine } from './rtl-process.ts';
import { type BuildControl, buildMachine } from './run-build.ts';

export interface OpenMachineOptions extends BuildOptions, BuildControl {
  /** How long the process may stay silent while an answer is due; 60 s when left out. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Build the simulation of a grid, or find it in the cache, and open it for jobs.
 * @throws {ToolMissingError} without Verilator, g++ or make, {ProcessError} if one of them fails, {FileError} if the
 * cache cannot be written, and the signal's reason if the build is aborted.
 */
export async function openMachine(options: OpenMachineOptions): Promise<RtlMachine> {
  const executable = await buildMachine(options, options);
  const { design, trace, timeoutMs } = options;
  return new RtlMachine({ design, trace, timeoutMs, step: { command: executable, args: [], cwd: process.cwd() } });
}
