import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import { EspalierError } from '../errors.ts';
import type { Fault } from '../fault/fault.ts';
import { resolveFault } from '../fault/resolve.ts';
import { loadSpec, selectFault } from '../spec/load.ts';
import { selectArray } from '../spec/select-item.ts';
import { splitSpecReference } from '../spec/spec-reference.ts';
import { type TopDesign, topDesign } from '../top/top-design.ts';

/** An array of a spec file with faults in it. */
export interface OpenedArray {
  readonly design: Design;
  readonly faults: readonly Fault[];
  /** Place one more fault, given as a text or by its name in the file. */
  readonly faultOf: (text: string) => Fault;
}

/** The flags of a top module. */
export interface TopFlags {
  readonly top?: boolean;
  readonly streamBits?: number;
}

/** Work out the array that `FILE` or `FILE:NAME` means, and place faults in it, given as texts or names. */
export function openArray(reference: string, faults: readonly string[] = []): OpenedArray {
  const { file, name } = splitSpecReference(reference);
  const spec = loadSpec(file);
  const design = buildDesign(selectArray(spec, name, file));
  const faultOf = (text: string): Fault => resolveFault(design, selectFault(spec, text, file, '--fault'));
  return { design, faults: faults.map(faultOf), faultOf };
}

/**
 * Work out the top module that flags ask for; nothing without `--top`.
 * @throws {EspalierError} for a width of streams without a top module, or one that it cannot have
 */
export function topOf(design: Design, { top, streamBits }: TopFlags): TopDesign | undefined {
  if (top) return topDesign(design, streamBits);
  if (streamBits === undefined) return undefined;
  throw new EspalierError(
    `--stream-bits is the width of the streams of a top module: it goes with --top, received ${streamBits} without`,
  );
}
