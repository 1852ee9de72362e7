import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { cacheRoot } from './cache-root.ts';
import { INSTALL_COMMAND } from './process.ts';
import { OLDEST_VERILATOR, TOOLS, toolVersion, verilatorIsRecent } from './tools.ts';

/** One thing that Espalier uses and that may be missing. */
export interface ToolReport {
  readonly name: string;
  /** What it says about its version; null if it is missing or does not run. */
  readonly version: string | null;
  readonly path: string | null;
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null;
}

/** Something one can do with Espalier, and whether it works here. */
export interface AbilityReport {
  readonly ability: string;
  /** Names of tools in the same report. */
  readonly needs: readonly string[];
  readonly works: boolean;
}

export interface DoctorReport {
  readonly tools: readonly ToolReport[];
  readonly abilities: readonly AbilityReport[];
  /** The build cache; `problem` is null if it can be written, or made. */
  readonly cache: { readonly path: string; readonly problem: string | null };
  /** How to install what is missing; null if nothing is. */
  readonly remedy: string | null;
}

const ONNX_RUNTIME = 'onnxruntime-node';

const ABILITIES: readonly Omit<AbilityReport, 'works'>[] = [
  { ability: 'generate Verilog', needs: [] },
  { ability: 'run matrix products on the functional and cycle simulators', needs: [] },
  { ability: 'run ONNX models, their chosen layers on a simulator', needs: [ONNX_RUNTIME] },
  { ability: 'run matrix products on the emitted Verilog, a top module around it or not', needs: TOOLS },
  { ability: 'count the cells that an array takes of an FPGA', needs: [] },
  { ability: 'check the emitted Verilog against the simulators', needs: TOOLS },
  { ability: 'run ONNX models, their chosen layers on the emitted Verilog', needs: [ONNX_RUNTIME, ...TOOLS] },
];

/** Report which tools are there, in which version and place, and what works without which. */
export async function doctor(): Promise<DoctorReport> {
  const tools = await Promise.all([nodeReport(), onnxRuntimeReport(), ...TOOLS.map(toolReport)]);
  const usable = new Set(tools.filter(({ problem }) => problem === null).map(({ name }) => name));
  return {
    tools,
    abilities: ABILITIES.map((item) => ({ ...item, works: item.needs.every((name) => usable.has(name)) })),
    cache: await cacheReport(cacheRoot()),
    remedy: TOOLS.every((name) => usable.has(name)) ? null : INSTALL_COMMAND,
  };
}

function nodeReport(): ToolReport {
  return { name: 'node', version: process.version, path: process.execPath, problem: null };
}

async function onnxRuntimeReport(): Promise<ToolReport> {
  let path: string | null = null;
  try {
    path = createRequire(import.meta.url).resolve(ONNX_RUNTIME);
    const { env } = await import(ONNX_RUNTIME);
    return { name: ONNX_RUNTIME, version: env.versions.node ?? env.versions.common ?? '', path, problem: null };
  } catch (error) {
    return { name: ONNX_RUNTIME, version: null, path, problem: firstLine(error) };
  }
}

async function toolReport(name: string): Promise<ToolReport> {
  const path = await findOnPath(name);
  if (path === null) return { name, version: null, path, problem: 'not installed' };
  try {
    const version = await toolVersion(name);
    const old = name === 'verilator' && !verilatorIsRecent(version);
    return { name, version, path, problem: old ? `too old: ${OLDEST_VERILATOR} or newer is needed` : null };
  } catch (error) {
    return { name, version: null, path, problem: firstLine(error) };
  }
}

async function findOnPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await can(path, constants.X_OK))) return path;
  }
  return null;
}

async function cacheReport(path: string): Promise<DoctorReport['cache']> {
  // The cache is made when it is first needed: what counts is the nearest folder that exists.
  for (let folder = path; ; folder = join(folder, '..')) {
    if (await can(folder, constants.F_OK)) {
      const writable = await can(folder, constants.W_OK);
      return { path, problem: writable ? null : `cannot write to ${folder}` };
    }
  }
}

async function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0]!;
}
