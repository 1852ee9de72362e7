import type { Design } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { render } from '../emit/render.ts';
import { drawTestRuns } from './test-vectors.ts';
import { testbenchView } from './testbench-view.ts';

/**
 * Print a testbench for the grid of a design that needs nothing but a simulator: it drives back-to-back tiles, with
 * the clock enable low now and then, and where there are fault slots the same under faults, and compares every result and
 * how often each fault fired with what the cycle simulator gives. The same design gives the same bytes.
 */
export async function emitTestbench(design: Design): Promise<EmittedFile> {
  const text = render('tb/testbench.v', testbenchView(design, await drawTestRuns(design)));
  return { path: `tb/${design.name}_tb.v`, text };
}
