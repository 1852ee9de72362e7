import type { Design } from '../design/design.ts';
import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import { codecOf } from './codec.ts';
import { CycleArray } from './cycle-array.ts';
import { arithmeticOf } from './formats.ts';
import type { Machine, MachineJob, MachineRun } from './machine.ts';
import { SampleStore, TraceStore } from './stores.ts';
import { Turns } from './turns.ts';

/** Make the cycle simulator of a design: every register, every cycle. */
export function cycleMachine(design: Design): Machine {
  const arithmetic = arithmeticOf(design);
  return {
    run: (job) => runJob(design, arithmetic, job),
    close: () => Promise.resolve(),
  };
}

async function runJob(design: Design, arithmetic: Arithmetic<Value>, job: MachineJob): Promise<MachineRun> {
  const turns = new Turns(job.signal);
  const array = new CycleArray(design, arithmetic, job.faults);
  const sampleBytes = design.output.laneBits / 8;
  const samples = new SampleStore(codecOf(arithmetic, design.lines.c, sampleBytes), sampleBytes);
  const trace = job.trace ? new TraceStore() : null;
  for (const segment of job.segments) {
    if (turns.due) await turns.take();
    job.signal?.throwIfAborted();
    array.runSegment(segment, samples, trace);
  }
  return { samples: samples.bytes(), firedCycles: array.firedCycles, registers: trace?.bytes() ?? null };
}
