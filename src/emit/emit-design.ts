import { type Design, moduleNames } from '../design/design.ts';
import { EspalierError } from '../errors.ts';
import type { Fault } from '../fault/fault.ts';
import type { TopDesign } from '../top/top-design.ts';
import { commonView } from './common-view.ts';
import { hasRolledForm, ownOperators } from './forms.ts';
import { gridView } from './grid-view.ts';
import { inlineIncludes, libraryText } from './library.ts';
import { manifestOf } from './manifest.ts';
import { operatorLibrary } from './operators.ts';
import { peView } from './pe-view.ts';
import { arrayPicture } from './picture/picture.ts';
import type { PortGroup } from './ports.ts';
import { printJson } from './print-json.ts';
import { render } from './render.ts';
import { rolledView } from './rolled-view.ts';
import { topFiles } from './top-files.ts';
import { topManifest } from './top-manifest.ts';

/** A file of the output, by its path relative to the output directory. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** The files of `rtl/` that a design with fault slots needs. */
const FAULT_LIBRARY = ['decode', 'tap', 'report'].map((name) => `espalier_fault_${name}.v`);

/** The largest grid that is printed instance by instance: its text has about 170 MB. */
const MAX_EMITTED_PES = 2 ** 18;

/** What is printed besides the array itself. */
export interface EmitOptions {
  /** What the picture shows besides the array: where faults are, and which outputs they can change. */
  readonly faults?: readonly Fault[] | undefined;
  /** The top module around the grid; none when left out. */
  readonly top?: TopDesign | undefined;
}

/**
 * Print a design as files: the PE, the grid, a rolled model of the grid for fast simulation where there is one, the top
 * module if one is asked for, the modules they use, the manifest, and a picture. The same design gives the same bytes.
 * @throws {FaultError} when the window of a fault begins after the last cycle of a tile
 * @throws {EspalierError} for an array of more than MAX_EMITTED_PES PEs
 */
export function emitDesign(design: Design, { faults = [], top }: EmitOptions = {}): EmittedFile[] {
  return [
    ...structuralFiles(design),
    ...(top ? topFiles(top) : []),
    ...(hasRolledForm(design) ? [rolledFile(design)] : []),
    { path: 'manifest.json', text: printJson({ ...manifestOf(design), ...(top && { top: topManifest(top) }) }) },
    { path: 'array.svg', text: arrayPicture(design, faults) },
  ];
}

/** The synthesizable files: grid, PE and the modules that they instantiate. */
export function structuralFiles(design: Design): EmittedFile[] {
  if (design.pes.length > MAX_EMITTED_PES) {
    throw new EspalierError(
      `Verilog is written for arrays of up to ${MAX_EMITTED_PES} PEs, received ${design.name} with ${design.pes.length}; the simulators take it`,
    );
  }
  const names = moduleNames(design);
  const view = { ...commonView(design), ...names };
  const pe = peView(design);
  const grid = gridView(design);
  const faultLibrary = design.spec.faultSlots > 0 ? FAULT_LIBRARY : [];
  const library = [...faultLibrary, ...operatorLibrary(design)];
  return [
    {
      path: `${names.grid}.v`,
      text: render('rtl/grid.v', { ...view, ...grid, portGroups: withCommas(grid.portGroups) }),
    },
    {
      path: `${names.pe}.v`,
      text: render('rtl/pe.v', { ...view, ...pe, portGroups: withCommas(pe.portGroups) }),
    },
    ...library.map((path) => ({ path, text: libraryText(path) })),
    ...ownOperators(design).map(({ name, verilog }) => ({ path: `${name}.v`, text: verilog })),
  ];
}

/** The rolled model of the grid: the same ports and registers, for simulation only. */
export function rolledFile(design: Design): EmittedFile {
  const names = moduleNames(design);
  const rolled = rolledView(design);
  const view = { ...commonView(design), ...names, ...rolled, portGroups: withCommas(rolled.portGroups) };
  return { path: `sim/${names.rolled}.v`, text: inlineIncludes(render('rtl/rolled.v', view)) };
}

/** Put a comma behind every port but the last. */
function withCommas(groups: readonly PortGroup[]) {
  const last = groups.at(-1)!.ports.at(-1)!;
  return groups.map(({ comment, ports }) => ({
    comment,
    ports: ports.map((port) => ({ ...port, comma: port === last ? '' : ',' })),
  }));
}
