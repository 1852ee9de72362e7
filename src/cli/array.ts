import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import type { Fault } from '../fault/fault.ts';
import { resolveFault } from '../fault/resolve.ts';
import { loadSpec, selectArray, selectFault, splitSpecReference } from '../spec/load.ts';

/** Work out the array that `FILE` or `FILE:NAME` means, and place faults in it, given as texts or names. */
export function openArray(
  reference: string,
  faults: readonly string[] = [],
): { readonly design: Design; readonly faults: readonly Fault[] } {
  const { file, name } = splitSpecReference(reference);
  const spec = loadSpec(file);
  const design = buildDesign(selectArray(spec, name, file));
  const specs = faults.map((fault) => selectFault(spec, fault, file, '--fault'));
  return { design, faults: specs.map((fault) => resolveFault(design, fault)) };
}
