import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Step } from '../backend/process.ts';
import { ToolMissingError } from '../errors.ts';

/** A Yosys to run: how it is called, and the version that names its results. */
export interface Yosys {
  readonly command: string;
  readonly args: readonly string[];
  /** Such as `Yosys 0.55`, with where it comes from. */
  readonly version: string;
}

const VERSION_TIMEOUT_MS = 20_000;

/** The Yosys of the npm package: the same on every machine. @throws {ToolMissingError} where the package is not there. */
export async function embeddedYosys(): Promise<Yosys> {
  try {
    const { version } = await import('@yowasp/yosys');
    // Next to this file, compiled or not.
    const script = fileURLToPath(new URL(`./embedded-yosys${extname(import.meta.url)}`, import.meta.url));
    const plain = version.split('.').slice(0, 2).join('.');
    return {
      command: process.execPath,
      args: [script],
      version: `Yosys ${plain} (npm package @yowasp/yosys ${version})`,
    };
  } catch (cause) {
    throw new ToolMissingError(
      'the npm package @yowasp/yosys is not installed; synthesis needs it (install with: npm install @yowasp/yosys)',
      { cause },
    );
  }
}

/** The embedded Yosys, or the one on the path where that is newer: it is faster. */
export async function findYosys(): Promise<Yosys> {
  const embedded = await embeddedYosys();
  const native = await nativeYosys();
  return native !== null && isNewer(native.version, embedded.version) ? native : embedded;
}

async function nativeYosys(): Promise<Yosys | null> {
  try {
    const step = { command: 'yosys', args: ['-V'], cwd: process.cwd() };
    const { stdout } = await run(step, { timeoutMs: VERSION_TIMEOUT_MS, purpose: 'synthesis' });
    const version = /^Yosys \d+\.\d+\S*/.exec(stdout)?.[0];
    return version === undefined ? null : { command: 'yosys', args: [], version: `${version} (on the path)` };
  } catch {
    return null;
  }
}

/** Compare the numbers of two versions such as `Yosys 0.55`. */
export function isNewer(version: string, than: string): boolean {
  const [major, minor] = numbers(version);
  const [otherMajor, otherMinor] = numbers(than);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
}

/** Make the step that runs a script on Verilog files of the working directory; every warning counts as an error. */
export function yosysStep({ command, args }: Yosys, script: string, sources: readonly string[]): Step {
  return { command, args: [...args, '-q', '-e', '.', '-p', script, ...sources], cwd: '.' };
}

function numbers(version: string): readonly [number, number] {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version)!;
  return [Number(major), Number(minor)];
}
