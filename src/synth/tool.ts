import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../backend/process.ts';
import { ToolMissingError } from '../errors.ts';

/** A tool of synthesis to run: how it is called, and the version that names its results. */
export interface SynthesisTool {
  readonly command: string;
  /** What comes before the arguments of the tool itself. */
  readonly args: readonly string[];
  /** Such as `Yosys 0.55`, with where it comes from. */
  readonly version: string;
  /** Whether it is the version that this project is tested with. */
  readonly pinned: boolean;
}

const VERSION_TIMEOUT_MS = 20_000;

/** Describe a tool that its npm package, `@yowasp/` and its name, holds as WebAssembly: the same on every machine. */
export function embeddedTool(name: string, title: string, version: string): SynthesisTool {
  // Next to this file, compiled or not.
  const script = fileURLToPath(new URL(`./embedded-tool${extname(import.meta.url)}`, import.meta.url));
  const plain = version.split('.').slice(0, 2).join('.');
  return {
    command: process.execPath,
    args: [script, name],
    version: `${title} ${plain} (npm package @yowasp/${name} ${version})`,
    pinned: true,
  };
}

/** Ask a program on the path for its version; null where there is none, or none that says so. */
export async function nativeTool(command: string, versionFlag: string, title: string): Promise<SynthesisTool | null> {
  try {
    const step = { command, args: [versionFlag], cwd: process.cwd() };
    const { stdout, stderr } = await run(step, { timeoutMs: VERSION_TIMEOUT_MS, purpose: 'synthesis' });
    const version = /\d+\.\d+[^\s)]*/.exec(`${stdout}${stderr}`)?.[0];
    return version === undefined
      ? null
      : { command, args: [], version: `${title} ${version} (on the path)`, pinned: false };
  } catch {
    return null;
  }
}

/** Choose the embedded tool, or the native one where that is newer or the only one: it is faster. */
export function chooseTool(embedded: SynthesisTool | null, native: SynthesisTool | null): SynthesisTool | null {
  if (embedded === null || native === null) return embedded ?? native;
  return isNewer(native.version, embedded.version) ? native : embedded;
}

/** @throws {ToolMissingError} where there is no such tool, with the ways to install it */
export function present(tool: SynthesisTool | null, name: string, purpose: string): SynthesisTool {
  if (tool !== null) return tool;
  throw new ToolMissingError(
    `${name} is not installed; ${purpose} needs it (install with: npm install @yowasp/${name}, or apt-get install ${name})`,
  );
}

/** Compare the numbers of two versions such as `Yosys 0.55`. */
export function isNewer(version: string, than: string): boolean {
  const [major, minor] = numbers(version);
  const [otherMajor, otherMinor] = numbers(than);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
}

function numbers(version: string): readonly [number, number] {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version)!;
  return [Number(major), Number(minor)];
}
