import { Exit, runYosys, type Tree, version } from '@yowasp/yosys';
import type { EmittedFile } from '../../src/emit/emit-design.ts';
import { ProcessError } from '../../src/errors.ts';

/** The npm package that holds Yosys, with its version. */
export const YOSYS_PACKAGE = `@yowasp/yosys ${version}`;

/**
 * Run a script in the Yosys that comes as an npm package (WebAssembly), on files in memory. It is the same on every
 * machine; nothing else in this process runs meanwhile.
 * @param script commands of Yosys, separated by semicolons
 * @param sources Verilog that it reads before the first command, in this order
 * @returns the files that the script wrote, as text by their names
 * @throws {ProcessError} where a command fails or warns, with what Yosys says about it
 */
export async function yosys(script: string, sources: readonly EmittedFile[]): Promise<ReadonlyMap<string, string>> {
  const decoder = new TextDecoder();
  let messages = '';
  const listen = (bytes: Uint8Array | null) => {
    if (bytes) messages += decoder.decode(bytes, { stream: true });
  };
  const input = Object.fromEntries(sources.map(({ path, text }) => [path, text]));
  try {
    // -e makes an error of every warning that matches.
    const args = ['-q', '-e', '.', '-p', script, ...sources.map(({ path }) => path)];
    const tree = await runYosys(args, input, { stdout: null, stderr: listen });
    return writtenFiles(tree ?? {}, input);
  } catch (error) {
    const failure = {
      command: 'yosys',
      cwd: 'memory',
      exitCode: error instanceof Exit ? error.code : undefined,
      stderrTail: messages,
    };
    throw new ProcessError('Yosys failed', failure, { cause: error });
  }
}

function writtenFiles(tree: Tree, input: Readonly<Record<string, string>>): Map<string, string> {
  const files = Object.entries(tree).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !(entry[0] in input),
  );
  return new Map(files);
}
