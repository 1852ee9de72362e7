import type { EmittedFile } from '../../../src/emit/emit-design.ts';
import { carryOut } from '../../../src/synth/carry-out.ts';
import { planCalls } from '../../../src/synth/plan.ts';
import { embeddedYosys, yosysArguments } from '../../../src/synth/yosys.ts';

/** Run a script in the embedded Yosys on files that are read before, and give the text of the file that it writes. */
export async function runYosys(script: string, files: readonly EmittedFile[], product: string): Promise<string> {
  return runScript(`read_verilog ${files.map(({ path }) => path).join(' ')}; ${script}`, files, product);
}

/** Run a script that reads the files itself. */
export async function runScript(script: string, files: readonly EmittedFile[], product: string): Promise<string> {
  const tool = await embeddedYosys();
  return carryOut(planCalls('running Yosys', files, [{ tool, args: yosysArguments(tool, script, []) }], product));
}
