import { setImmediate } from 'node:timers/promises';
import type { Design } from '../design/design.ts';
import { assertNothingLost, findEarlierFiles } from '../emit/earlier-files.ts';
import { emitDesign } from '../emit/emit-design.ts';
import { writeFiles } from '../emit/write-files.ts';
import { emitPackage } from '../packaging/emit-package.ts';
import { formatMatrix } from '../projection/space-time.ts';
import { emitTestbench, emitTopTestbench } from '../testbench/emit-testbench.ts';
import type { TopDesign } from '../top/top-design.ts';
import { openArray, type TopFlags, topOf } from './array.ts';
import type { Action } from './program.ts';
import { count, percent, sides, table } from './text.ts';

interface Flags extends TopFlags {
  readonly output?: string;
  readonly fault: readonly string[];
  readonly tb?: boolean;
  readonly package?: boolean;
}

/** What `espalier generate --json` prints. */
export interface GenerateDocument {
  readonly array: string;
  readonly hash: string;
  readonly directory: string;
  /** Bits of the streams of the top module; null without one. */
  readonly streamBits: number | null;
  readonly files: readonly FileDocument[];
  /** Generated files in the directory that are of an earlier run and not of this one. */
  readonly earlierFiles: readonly string[];
}

export interface FileDocument {
  readonly path: string;
  readonly bytes: number;
  /** Whether the file was written; a file that already held the same bytes was left alone. */
  readonly written: boolean;
}

export const generate: Action<[spec: string], Flags> = async (session, [spec], flags) => {
  const { design, faults } = openArray(spec, flags.fault);
  const top = topOf(design, flags);
  const directory = flags.output ?? design.name;
  // The targets of a package include a simulation of the testbench.
  const hasTestbench = flags.tb || flags.package;
  // Emission never waits for anything: between its parts it lets the program hear Ctrl-C and show where it is.
  const begin = async (what: string): Promise<void> => {
    session.progress.tell(what);
    await setImmediate();
    session.signal.throwIfAborted();
  };
  await begin('writing Verilog');
  const rtl = emitDesign(design, { faults, top });
  if (hasTestbench) await begin('working out what the testbench expects');
  const testbenches = hasTestbench ? [await emitTestbench(design), ...(top ? [await emitTopTestbench(top)] : [])] : [];
  const verilog = [...rtl, ...testbenches];
  const emitted = [...verilog, ...(flags.package ? emitPackage(design, verilog, top) : [])];
  await begin('writing files');
  await assertNothingLost(directory, emitted);
  const earlierFiles = await findEarlierFiles(directory, emitted); // by the old manifest, so before the new one
  const changed = new Set(await writeFiles(directory, emitted));
  const files = emitted.map(
    ({ path, text }): FileDocument => ({
      path,
      bytes: Buffer.byteLength(text),
      written: changed.has(path),
    }),
  );
  const document: GenerateDocument = {
    array: design.name,
    hash: design.hash,
    directory,
    streamBits: top?.streamBits ?? null,
    files,
    earlierFiles,
  };
  session.report(document, [
    ...describeDesign(design),
    ...(top ? [describeTop(top)] : []),
    `${count(files.length, 'file')} in ${directory}:`,
    ...table(files.map(({ path, bytes, written }) => [`  ${path}`, bytes, written ? 'bytes' : 'bytes, as it was'])),
  ]);
  if (earlierFiles.length > 0) {
    session.warn(
      `warning: ${directory} still holds files of an earlier run, not of this one: ${earlierFiles.join(', ')}`,
    );
  }
};

function describeDesign({ name, spec, matrix, pes, stationary, schedule }: Design): string[] {
  const { size, types, projection, faultSlots } = spec;
  const preset = projection.preset === null ? '' : ` (${projection.preset})`;
  const holds = stationary === null ? 'no line is stationary' : `line ${stationary} is stationary`;
  return [
    `${name}: ${sides(size)}, ${types.a} × ${types.b} + ${types.c}, T = ${formatMatrix(matrix)}${preset}`,
    `${count(pes.length, 'PE')}, ${holds}, ${count(faultSlots, 'fault slot')}`,
    `a tile takes ${count(schedule.latencyCycles, 'cycle')}; back to back, tiles keep ${percent(schedule.utilisationBound)} of the PEs busy`,
  ];
}

function describeTop({ streamBits, beats }: TopDesign): string {
  const { a, b, c } = beats;
  return `top module: streams of ${streamBits} bits, ${count(1 + a + b, 'beat')} to a tile (${1 + a + b + c} with C), ${c} to its result`;
}
