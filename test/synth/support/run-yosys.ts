import type { EmittedFile } from '../../../src/emit/emit-design.ts';
import { carryOut } from '../../../src/synth/carry-out.ts';
import { planScript } from '../../../src/synth/plan.ts';
import { embeddedYosys } from '../../../src/synth/yosys.ts';

/** Run a script in the embedded Yosys and give the text of the file that it writes. */
export async function runYosys(script: string, files: readonly EmittedFile[], product: string): Promise<string> {
  return carryOut(planScript(await embeddedYosys(), script, files, product));
}
