import type { Design } from '../design/design.ts';
import type { EmittedFile } from '../emit/emit-design.ts';
import { render } from '../emit/render.ts';
import type { TopDesign } from '../top/top-design.ts';
import { blockDiagramView } from './block-diagram.ts';
import { packageView, YOSYS_TARGETS } from './package-view.ts';
import { registerView } from './register-view.ts';

/**
 * Print what other tools take without editing: a FuseSoC core, scripts for Yosys and Vivado, clock constraints, and a
 * README that says how to use each. The same files give the same bytes.
 * @param emitted the files of the design that the package is about, those of a testbench and a top module included
 * @param top the top module among them, for which there are a register map and a block diagram
 */
export function emitPackage(
  design: Design,
  emitted: readonly EmittedFile[],
  top: TopDesign | null = null,
): EmittedFile[] {
  const view = packageView(design, emitted, top);
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
    ...(top ? topDocuments(top) : []),
    { path: 'README.md', text: render('package/readme.md', view) },
  ];
}

function topDocuments(top: TopDesign): EmittedFile[] {
  const { name } = top.design;
  const registers = registerView(top);
  return [
    { path: `${name}_registers.md`, text: render('package/registers.md', registers) },
    { path: `${name}_registers.h`, text: render('package/registers.h', registers) },
    { path: `${name}_top.svg`, text: render('svg/top.svg', blockDiagramView(top)) },
  ];
}
