import { moduleNames } from '../design/design.ts';
import { rolledFile, structuralFiles } from '../emit/emit-design.ts';
import { topFiles } from '../emit/top-files.ts';
import { topModuleName } from '../emit/top-view.ts';
import type { TopDesign } from '../top/top-design.ts';
import type { Architecture } from './machine-design.ts';
import { defaultArchitecture } from './open.ts';
import { type BuildControl, buildMachine } from './run-build.ts';
import { SimulatedTop } from './simulated-top.ts';

export interface OpenTopOptions extends BuildControl {
  /** How the grid inside is simulated; chosen by size when left out. */
  readonly architecture?: Architecture | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Build the simulation of a top module, or find it in the cache, and start it.
 * @throws {ToolMissingError} without Verilator, g++ or make, {ProcessError} if one of them fails, {FileError} if the
 * cache cannot be written, and the signal's reason if the build is aborted.
 */
export async function openTop(top: TopDesign, options: OpenTopOptions = {}): Promise<SimulatedTop> {
  const { design } = top;
  const architecture = options.architecture ?? defaultArchitecture(design);
  const names = moduleNames(design);
  const files =
    architecture === 'structural'
      ? [...structuralFiles(design), ...topFiles(top)]
      : [rolledFile(design), ...topFiles(top, names.rolled)];
  const command = await buildMachine(
    { design, files, top: topModuleName(design), architecture, trace: false, wrapper: top },
    options,
  );
  return new SimulatedTop({
    top,
    step: { command, args: [], cwd: process.cwd() },
    timeoutMs: options.timeoutMs,
  });
}
