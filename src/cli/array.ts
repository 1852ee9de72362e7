import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import type { Fault } from '../fault/fault.ts';
import { resolveFault } from '../fault/resolve.ts';
import { loadSpec, selectFault } from '../spec/load.ts';
import { selectArray } from '../spec/select-item.ts';
import { splitSpecReference } from '../spec/spec-reference.ts';

/** An array of a spec file with faults in it. */
export interface OpenedArray {
  readonly design: Design;
  readonly faults: readonly Fault[];
  /** Place one more fault, given as a text or by its name in the file. */
  readonly faultOf: (text: string) => Fault;
}

/** Work out the array that `FILE` or `FILE:NAME` means, and place faults in it, given as texts or names. */
export function openArray(reference: string, faults: readonly string[] = []): OpenedArray {
  const { file, name } = splitSpecReference(reference);
  const spec = loadSpec(file);
  const design = buildDesign(selectArray(spec, name, file));
  const faultOf = (text: string): Fault => resolveFault(design, selectFault(spec, text, file, '--fault'));
  return { design, faults: faults.map(faultOf), faultOf };
}
