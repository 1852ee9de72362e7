import type { Design } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { render } from '../emit/render.ts';
import type { TopDesign } from '../top/top-design.ts';
import { drawTestRuns } from './test-vectors.ts';
import { testbenchView } from './testbench-view.ts';
import { drawTopRuns } from './top-test-runs.ts';
import { topTestbenchView } from './top-testbench-view.ts';

/**
 * Print a testbench for the grid of a design that needs nothing but a simulator: it drives back-to-back tiles, with
 * the clock enable low now and then, and where there are fault slots the same under faults, and compares every result and
 * how often each fault fired with what the cycle simulator gives. The same design gives the same bytes.
 */
export async function emitTestbench(design: Design): Promise<EmittedFile> {
  const view = testbenchView(design, await drawTestRuns(design));
  return { path: `tb/${view.module}.v`, text: render('tb/testbench.v', view) };
}

/**
 * Print a testbench for a top module: it reads the registers that tell what the core is, has it do jobs of several tiles,
 * and where there are fault slots the same under faults, with sides that wait now and then, and at last a job after a soft
 * reset in the middle of a packet. Results and how often each fault fired are what the cycle simulator gives.
 */
export async function emitTopTestbench(top: TopDesign): Promise<EmittedFile> {
  const view = topTestbenchView(top, await drawTopRuns(top));
  return { path: `tb/${view.module}.v`, text: render('tb/top-testbench.v', view) };
}
