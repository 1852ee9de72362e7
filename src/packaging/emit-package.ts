import type { Design } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { render } from '../emit/render.ts';
import { packageView, YOSYS_TARGETS } from './package-view.ts';

/**
 * Print what other tools take without editing: a FuseSoC core, scripts for Yosys and Vivado, clock constraints, and a
 * README that says how to use each. The same files give the same bytes.
 * @param emitted the files of the design that the package is about, a testbench included where there is one
 */
export function emitPackage(design: Design, emitted: readonly EmittedFile[]): EmittedFile[] {
  const view = packageView(design, emitted);
  const constraints = render('package/clock.xdc', view);
  return [
    { path: `${design.name}.core`, text: render('package/core', view) },
    ...YOSYS_TARGETS.map((target) => ({
      path: `synth/${target.script}`,
      text: render('package/yosys.ys', { ...view, ...target }),
    })),
    { path: 'synth/vivado_ooc.tcl', text: render('package/vivado.tcl', view) },
    { path: `synth/${design.name}.sdc`, text: constraints },
    { path: `synth/${design.name}.xdc`, text: constraints },
    { path: 'README.md', text: render('package/readme.md', view) },
  ];
}
