// Assembles src/sim/single-fault/float-sums.wat into the module beside it that the simulator loads.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const FOLDER = new URL('../src/sim/single-fault/', import.meta.url);

/** Assemble the text and print the TypeScript that holds the result. */
export async function assembleFloatSums(): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat('float-sums.wat', await readFile(new URL('float-sums.wat', FOLDER), 'utf8'));
  const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const lines = bytes.match(/.{1,100}/g)!.map((line) => `  '${line}',`);
  return [
    '/** What `scripts/assemble-float-sums.ts` makes of float-sums.wat: WebAssembly in base64. */',
    'export const FLOAT_SUMS_WASM: string = [',
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL('float-sums-wasm.ts', FOLDER), await assembleFloatSums());
}
