import { type Design, moduleNames } from '../design/design.ts';
import { rolledFile, structuralFiles } from '../emit/emit-design.ts';
import { hasRolledForm, ownOperators } from '../emit/forms.ts';
import { EspalierError } from '../errors.ts';
import type { Backend, BackendKind } from './backend.ts';
import { defaultArchitecture } from './default-architecture.ts';
import { cycleBackend, functionalBackend } from './functional.ts';
import { MachineBackend } from './machine-backend.ts';
import type { Architecture, SourceFile } from './machine-design.ts';
import { openMachine } from './open-machine.ts';
import { openTopBackend } from './open-top.ts';

export interface OpenBackendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told what the build of the RTL is doing, in words. */
  readonly onProgress?: ((phase: string) => void) | undefined;
}

export interface OpenRtlOptions extends OpenBackendOptions {
  /**
   * How the grid is simulated: `structural`, the very files that one synthesises, or `rolled`, a model of the same
   * registers that builds and runs much faster when there are many PEs. Chosen by size when left out.
   */
  readonly architecture?: Architecture | undefined;
  /** Build for reading registers and writing waveforms. */
  readonly trace?: boolean | undefined;
}

/** Open a model of a design for jobs; `rtl` and `top` build the simulation first, or find it in the cache. */
export async function openBackend(
  design: Design,
  kind: BackendKind,
  options: OpenBackendOptions = {},
): Promise<Backend> {
  switch (kind) {
    case 'functional':
      return functionalBackend(design);
    case 'cycle':
      return cycleBackend(design);
    case 'rtl':
      return openRtl(design, options);
    case 'top':
      return openTopBackend(design, options);
  }
}

/**
 * Open the RTL of a design in Verilator.
 * @throws {EspalierError} for the rolled form of a design that has none, {ToolMissingError} without Verilator, g++ or make, {ProcessError} if one of them fails
 */
export async function openRtl(design: Design, options: OpenRtlOptions = {}): Promise<MachineBackend> {
  const { signal, onProgress, trace = false } = options;
  const architecture = chooseArchitecture(design, options.architecture);
  const names = moduleNames(design);
  const verilog = architecture === 'structural' ? structuralFiles(design) : [rolledFile(design)];
  const files = trace ? [...verilog, traceControl(design, architecture)] : verilog;
  const top = architecture === 'structural' ? names.grid : names.rolled;
  const machine = await openMachine({ design, files, top, architecture, trace, signal, onProgress });
  return new MachineBackend('rtl', design, machine);
}

function chooseArchitecture(design: Design, wanted: Architecture | undefined): Architecture {
  if (wanted === 'rolled' && !hasRolledForm(design)) {
    const names = ownOperators(design).map(({ name }) => name);
    throw new EspalierError(
      `the rolled form cannot hold modules of one's own, received ${design.name} with ${names.join(' and ')}; the structural form can`,
    );
  }
  return wanted ?? defaultArchitecture(design);
}

/** Tell Verilator which registers the harness reads; to show everything would make the simulation slow. */
function traceControl(design: Design, architecture: Architecture): SourceFile {
  const names = moduleNames(design);
  const module = architecture === 'structural' ? names.pe : names.rolled;
  const lines = design.registers.map(({ name }) => `public_flat_rd -module "${module}" -var "${name}"`);
  return { path: 'trace.vlt', text: `\`verilator_config\n${lines.join('\n')}\n` };
}
