import { moduleNames } from '../design/design.ts';
import type { TopDesign } from '../top/top-design.ts';
import { commonView } from './common-view.ts';
import type { EmittedFile } from './emit-design.ts';
import { libraryText } from './library.ts';
import { render } from './render.ts';
import { topLibrary, topView } from './top-view.ts';

/**
 * Print the top module of an array and the modules that it instantiates, without those of the grid.
 * @param grid the module that it takes for the grid; the one that is synthesised when left out
 */
export function topFiles(top: TopDesign, grid: string = moduleNames(top.design).grid): EmittedFile[] {
  const view = { ...commonView(top.design), ...topView(top, grid) };
  return [
    { path: `${moduleNames(top.design).top}.v`, text: render('rtl/top.v', view) },
    ...topLibrary(top).map((path) => ({ path, text: libraryText(path) })),
  ];
}
