/**
 * Yosys from its npm package as a program of its own: it takes the arguments of Yosys, reads the files of the working
 * directory and writes there what the script writes. While WebAssembly runs nothing else in its process does, which is
 * why it is not called from the command line's.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { Exit, runYosys } from '@yowasp/yosys';

const names = (await readdir('.', { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(name)] as const)));
const listen = (bytes: Uint8Array | null) => {
  if (bytes) process.stderr.write(bytes);
};

try {
  const tree = (await runYosys(process.argv.slice(2), files, { stdout: null, stderr: listen })) ?? {};
  for (const [name, content] of Object.entries(tree)) {
    const written = typeof content === 'string' || content instanceof Uint8Array;
    if (written && !(name in files)) await writeFile(name, content);
  }
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code;
}
