import type { EmittedFile } from '../../../src/emit/emit-design.ts';
import { runYosys } from '../../synth/support/run-yosys.ts';

/**
 * Synthesise modules, not flattened: what several of them instantiate alike is mapped once, which is why all go into one
 * run, under a module that holds them. A warning, what `check` finds, and a latch are errors.
 * @returns the names of all modules that were synthesised
 */
export async function synthesise(files: readonly EmittedFile[], tops: readonly string[]): Promise<string[]> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  for (const { path, text } of files) if (texts.get(path) !== text) throw new Error(`two files are called ${path}`);
  const instances = tops.map((top) => `  (* keep *) ${top} u_${top} ();\n`);
  const holder = { path: 'all.v', text: `module all;\n${instances.join('')}endmodule\n` };
  const sources = [...texts].map(([path, text]) => ({ path, text }));
  // To Yosys a latch is worth no warning.
  const script = 'synth -top all; check -assert; select -assert-none t:$_DLATCH*; tee -q -o cells.json stat -json';
  const { modules } = JSON.parse(await runYosys(script, [...sources, holder], 'cells.json'));
  return Object.keys(modules).map((name) => name.replace(/^\\/, ''));
}
