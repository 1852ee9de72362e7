import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TopDesign } from '../top/top-design.ts';
import { printAdapter } from './adapter.ts';
import type { Architecture, MachineDesign, SourceFile } from './machine-design.ts';
import type { Step } from './process.ts';
import type { ToolVersions } from './tools.ts';
import { printTopAdapter } from './top-adapter.ts';

export interface BuildOptions {
  readonly design: MachineDesign;
  /** The Verilog of the grid, and control files of Verilator (.vlt) that go with it. */
  readonly files: readonly SourceFile[];
  readonly top: string;
  readonly architecture: Architecture;
  /** Whether registers can be read and waveforms written; such a build runs slower. */
  readonly trace: boolean;
  /** Whether to compile the model without optimising it: a large one that runs for a moment is there sooner. */
  readonly unoptimised?: boolean | undefined;
  /** What is simulated is this top module around the grid; the grid itself when left out. */
  readonly wrapper?: TopDesign | undefined;
}

/** Where the tools of a build are and what it builds upon. */
export interface BuildSetting {
  readonly tools: ToolVersions;
  readonly harness: readonly SourceFile[];
  readonly cacheRoot: string;
}

/** A build as data: the files to write into an empty directory, the programs to run in it, and what to keep of it. */
export interface BuildPlan {
  /** Name of the cache entry: what it is, and the hash of everything that goes into it. */
  readonly entry: string;
  readonly files: readonly SourceFile[];
  /** Each with the text to show while it runs; `cwd` is relative to the directory. */
  readonly steps: readonly (Step & { readonly phase: string })[];
  /** Paths of the products in the directory. */
  readonly products: readonly string[];
  /** What the entry is, for people who look into the cache. */
  readonly about: Readonly<Record<string, unknown>>;
}

// All steps run in `obj`; sources lie beside it.
const OBJECTS = 'obj';
const HARNESS = 'harness';
const RTL = 'rtl';

/** The two harnesses, each with what it needs of Verilator's runtime. */
const ARCHIVES = { grid: 'runtime.a', top: 'top.a' } as const;

/** What a machine's build takes of the harness. */
const MACHINE_SOURCES: readonly string[] = ['build.mk', 'machine.h', 'top-machine.h'];

/**
 * Plan the part of a simulation that all designs share: the harness, Verilator's runtime, a precompiled header.
 * It is built once per version of the tools.
 */
export function planRuntime(setting: BuildSetting): BuildPlan {
  const verilate = verilateStep('blank', ['blank.v'], HARNESS, true);
  const make = makeStep('runtime');
  return {
    entry: `runtime-${hashOf([setting.tools, setting.harness, verilate, make])}`,
    files: setting.harness.map(({ path, text }) => ({ path: join(HARNESS, path), text })),
    steps: [
      { ...verilate, phase: 'preparing the simulation harness' },
      { ...withJobs(make), phase: 'compiling the simulation harness (once per Verilator version)' },
    ],
    products: [...Object.values(ARCHIVES), 'prelude.h', 'prelude.h.gch'].map((name) => join(OBJECTS, name)),
    about: { content: 'what all simulations share', tools: setting.tools },
  };
}

/** Plan the simulation executable of a design, on top of the runtime that `planRuntime` plans. */
export function planBuild(options: BuildOptions, setting: BuildSetting): BuildPlan {
  const { design, files, top, architecture, trace, unoptimised = false, wrapper } = options;
  const adapter = wrapper ? printTopAdapter(wrapper) : printAdapter(options);
  const archive = ARCHIVES[wrapper ? 'top' : 'grid'];
  const runtime = planRuntime(setting).entry;
  const verilog = files.map(({ path, text }) => ({ path: join(RTL, path), text }));
  const sources = setting.harness.filter(({ path }) => MACHINE_SOURCES.includes(path));
  const modules = files.map(({ path }) => path).filter((path) => path.endsWith('.v') || path.endsWith('.vlt'));
  const verilate = verilateStep(top, modules, RTL, trace);
  const speed = [`OPT_MODEL=${trace ? '-O1' : '-O2'}`, ...(unoptimised ? ['UNOPTIMISED=1'] : [])];
  const make = makeStep('machine', ...speed, `ARCHIVE=${archive}`);
  return {
    entry: `machine-${hashOf([runtime, verilog, adapter, verilate, make])}`,
    files: [
      ...verilog,
      ...sources.map(({ path, text }) => ({ path: join(HARNESS, path), text })),
      { path: join(OBJECTS, 'adapter.cpp'), text: adapter },
    ],
    steps: [
      { ...verilate, phase: `translating ${top} with Verilator` },
      { ...withJobs(make, `RUNTIME=${join(setting.cacheRoot, runtime)}`), phase: `compiling ${top}` },
    ],
    products: [join(OBJECTS, 'machine')],
    about: {
      content: wrapper ? 'simulation of a top module' : 'simulation of a grid',
      top,
      design: design.hash,
      architecture,
      trace,
      runtime,
      tools: setting.tools,
    },
  };
}

function verilateStep(top: string, files: readonly string[], folder: string, trace: boolean): Step {
  // Registers are read by name: modules must not keep classes of their own (--flatten).
  const traceFlags = ['--flatten', '--trace', '--trace-max-array', '65536', '--trace-max-width', '65536'];
  return {
    command: 'verilator',
    args: [
      ...['--cc', '--prefix', 'Vdut', '--top-module', top, '--Mdir', '.'],
      ...['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
      // Lint is the business of tests; here a warning must not stop a simulation.
      ...['-Wno-fatal', `-I${join('..', folder)}`],
      ...(trace ? [...traceFlags, '+define+ESPALIER_TRACE'] : []),
      ...files,
    ],
    cwd: OBJECTS,
  };
}

function makeStep(target: string, ...variables: readonly string[]): Step {
  const args = ['-f', join('..', HARNESS, 'build.mk'), target, `SOURCES=${join('..', HARNESS)}`, ...variables];
  return { command: 'make', args, cwd: OBJECTS };
}

/** Add what must not count for the hash: where things are and how many compilers run at once. */
function withJobs(step: Step, ...args: readonly string[]): Step {
  return { ...step, args: [...step.args, ...args, `-j${availableParallelism()}`] };
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
