import type { Design } from '../design/design.ts';
import { driveFault } from '../fault/resolve.ts';
import type { JobPlanning } from '../schedule/plan.ts';
import { jobBeats } from '../schedule/segments.ts';
import type { Machine } from '../sim/machine.ts';
import { allocate, bitsOf, storageOver, tensor } from '../tensor/tensor.ts';
import type { Backend, BackendKind, MatmulJob, MatmulResult, RunOptions } from './backend.ts';
import { checkFaultSlots, prepareJob } from './job.ts';

/** What a machine run tells beyond the result. */
export interface TracedResult extends MatmulResult {
  /** The registers of every cycle in the layout of `MachineRun.registers`; null unless traced. */
  readonly registers: Uint8Array | null;
}

export interface TraceOptions {
  /** Record every register in every cycle. */
  readonly trace?: boolean | undefined;
  /** Write a waveform to this file (RTL built for tracing only). */
  readonly vcdPath?: string | undefined;
}

/** A backend that clocks a machine, the cycle simulator or the RTL, through the beats of each job. */
export class MachineBackend implements Backend {
  readonly kind: BackendKind;
  readonly design: Design;
  readonly #machine: Machine;
  readonly #planning: JobPlanning;

  constructor(kind: BackendKind, design: Design, machine: Machine, planning: JobPlanning = {}) {
    this.kind = kind;
    this.design = design;
    this.#machine = machine;
    this.#planning = planning;
  }

  async matmul(job: MatmulJob, options: RunOptions & TraceOptions = {}): Promise<TracedResult> {
    const { design } = this;
    const { faults = [], signal, onProgress, trace, vcdPath } = options;
    checkFaultSlots(design, this.kind, faults.length);
    const { operands, plan, stats } = prepareJob(design, job, this.#planning);
    const drives = faults.map((fault) => driveFault(design, plan, fault));
    const beats = jobBeats(design, plan, operands);
    const segments = withProgress(beats.segments, plan.cycles, plan.tiles.length, onProgress);
    const run = await this.#machine.run({ segments, faults: drives, trace, vcdPath, signal });
    const type = design.spec.types.c;
    // A copy begins at the start of a buffer, so that its elements are aligned.
    const samples = bitsOf(storageOver(type, run.samples.slice())) as Int32Array;
    const result = allocate(type, plan.rows * plan.columns);
    const bits = bitsOf(result) as Int32Array;
    for (let n = 0; n < bits.length; n++) bits[n] = samples[beats.resultSample[n]!]!;
    onProgress?.(plan.tiles.length, plan.tiles.length);
    return {
      result: tensor(type, [plan.rows, plan.columns], result),
      faults: faults.map((fault, n) => ({ fault, firedCycles: run.firedCycles[n]! })),
      stats,
      registers: run.registers,
    };
  }

  close(): Promise<void> {
    return this.#machine.close();
  }
}

function* withProgress<S extends { readonly firstCycle: number }>(
  segments: Iterable<S>,
  cycles: number,
  tiles: number,
  onProgress: RunOptions['onProgress'],
): Generator<S> {
  for (const segment of segments) {
    onProgress?.(Math.floor((segment.firstCycle / cycles) * tiles), tiles);
    yield segment;
  }
}
