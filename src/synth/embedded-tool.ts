/**
 * A tool from its npm package as a program of its own: it takes the name of the tool and the arguments of that, reads the
 * files of the working directory, and writes there what the tool writes. While WebAssembly runs nothing else in its
 * process does, which is why it is not called from the command line's.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { Command } from '@yowasp/yosys';

const [tool, ...args] = process.argv.slice(2);
const { Exit, run } = await load(tool!);
const names = (await readdir('.', { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(name)] as const)));
const listen = (bytes: Uint8Array | null) => {
  if (bytes) process.stderr.write(bytes);
};

try {
  const tree = (await run(args, files, { stdout: null, stderr: listen })) ?? {};
  for (const [name, content] of Object.entries(tree)) {
    const written = typeof content === 'string' || content instanceof Uint8Array;
    if (written && !(name in files)) await writeFile(name, content);
  }
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code;
}

async function load(name: string): Promise<{ run: Command; Exit: typeof import('@yowasp/yosys').Exit }> {
  if (name === 'yosys') {
    const { Exit, runYosys } = await import('@yowasp/yosys');
    return { Exit, run: runYosys };
  }
  const { Exit, runNextpnrIce40 } = await import('@yowasp/nextpnr-ice40');
  return { Exit, run: runNextpnrIce40 };
}
