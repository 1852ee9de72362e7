import { type Design, moduleNames } from '../design/design.ts';
import { rolledFile, structuralFiles } from '../emit/emit-design.ts';
import { topFiles } from '../emit/top-files.ts';
import { type TopDesign, topDesign } from '../top/top-design.ts';
import { defaultArchitecture } from './default-architecture.ts';
import type { Architecture } from './machine-design.ts';
import { type BuildControl, buildMachine } from './run-build.ts';
import { SimulatedTop } from './simulated-top.ts';
import { TopBackend } from './top-backend.ts';
import type { Stalls } from './top-wire.ts';

export interface OpenTopOptions extends BuildControl {
  /** How the grid inside is simulated; chosen by size when left out. */
  readonly architecture?: Architecture | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What the backend of a top module can be told besides. */
export interface OpenTopBackendOptions extends OpenTopOptions {
  /** Bits of the streams; the narrowest that sustain the schedule when left out. */
  readonly streamBits?: number | undefined;
  readonly stalls?: Stalls | undefined;
}

/**
 * Open the top module of a design in Verilator as a backend.
 * @throws {EspalierError} for a design or a stream width that no top module has, and what {@link openTop} throws
 */
export async function openTopBackend(design: Design, options: OpenTopBackendOptions = {}): Promise<TopBackend> {
  const top = topDesign(design, options.streamBits);
  const start = await buildTop(top, options);
  return new TopBackend({ top, start, stalls: options.stalls });
}

/**
 * Build the simulation of a top module, or find it in the cache, and start it.
 * @throws {ToolMissingError} without Verilator, g++ or make, {ProcessError} if one of them fails, {FileError} if the
 * cache cannot be written, and the signal's reason if the build is aborted.
 */
export async function openTop(top: TopDesign, options: OpenTopOptions = {}): Promise<SimulatedTop> {
  const start = await buildTop(top, options);
  return start();
}

/** Build the simulation; returns what starts it. */
async function buildTop(top: TopDesign, options: OpenTopOptions): Promise<() => SimulatedTop> {
  const { design } = top;
  const architecture = options.architecture ?? defaultArchitecture(design);
  const names = moduleNames(design);
  const files =
    architecture === 'structural'
      ? [...structuralFiles(design), ...topFiles(top)]
      : [rolledFile(design), ...topFiles(top, names.rolled)];
  const command = await buildMachine(
    { design, files, top: moduleNames(design).top, architecture, trace: false, wrapper: top },
    options,
  );
  const step = { command, args: [], cwd: process.cwd() };
  return () => new SimulatedTop({ top, step, timeoutMs: options.timeoutMs });
}
