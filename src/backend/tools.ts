import { ToolMissingError } from '../errors.ts';
import { INSTALL_COMMAND, run } from './process.ts';

/** The programs that simulation of the emitted Verilog needs. */
export const TOOLS = ['verilator', 'g++', 'make'] as const;

export type ToolName = (typeof TOOLS)[number];

/** First line of what each tool says about its version. */
export type ToolVersions = Readonly<Record<ToolName, string>>;

/** The oldest Verilator that the harness is made for. */
export const OLDEST_VERILATOR = '5.006';

const VERSION_TIMEOUT_MS = 20_000;

let known: { readonly path: string | undefined; readonly versions: Promise<ToolVersions> } | null = null;

/**
 * Look up the versions of Verilator, g++ and make; asked once per search path.
 * @throws {ToolMissingError} if one is missing or too old.
 */
export function findTools(): Promise<ToolVersions> {
  const path = process.env['PATH'];
  if (known?.path !== path) {
    const versions = lookUp();
    // A tool may be installed while this process runs: only success is remembered.
    versions.catch(() => {
      known = null;
    });
    known = { path, versions };
  }
  return known!.versions;
}

/**
 * Ask one tool for its version.
 * @throws {ToolMissingError} if it is missing, {ProcessError} if it does not run.
 */
export async function toolVersion(tool: string): Promise<string> {
  const { stdout } = await run(
    { command: tool, args: ['--version'], cwd: process.cwd() },
    { timeoutMs: VERSION_TIMEOUT_MS },
  );
  return stdout.split('\n', 1)[0]!.trim();
}

/** Tell whether a version line of Verilator is recent enough. */
export function verilatorIsRecent(version: string): boolean {
  const match = /Verilator (\d+)\.(\d+)/.exec(version);
  return match !== null && Number(match[1]) * 1000 + Number(match[2]) >= 5006;
}

async function lookUp(): Promise<ToolVersions> {
  const [verilator, compiler, make] = await Promise.all(TOOLS.map(toolVersion));
  if (!verilatorIsRecent(verilator!)) {
    throw new ToolMissingError(
      `verilator is too old: ${OLDEST_VERILATOR} or newer is needed, found "${verilator}" (install with: ${INSTALL_COMMAND})`,
    );
  }
  return { verilator: verilator!, 'g++': compiler!, make: make! };
}
