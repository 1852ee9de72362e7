import type { Backend } from '../../../src/backend/backend.ts';
import { functionalBackend } from '../../../src/backend/functional.ts';
import { MachineBackend } from '../../../src/backend/machine-backend.ts';
import type { Design } from '../../../src/design/design.ts';
import { cycleMachine } from '../../../src/sim/cycle-machine.ts';
import type { Machine, MachineJob, MachineRun } from '../../../src/sim/machine.ts';
import { traceCycleBytes } from '../../../src/sim/stores.ts';
import type { TensorData } from '../../../src/tensor/tensor.ts';

/** What a defect does to a machine: change the job on its way in or the run on its way out. */
export interface Defect {
  readonly job?: (job: MachineJob) => MachineJob;
  readonly run?: (run: MachineRun, job: MachineJob) => MachineRun;
}

/** A machine that stands in for the RTL of a design: the cycle simulator with a defect. */
export function defectiveRtl(design: Design, { job: onJob, run: onRun }: Defect = {}): MachineBackend {
  const sound = cycleMachine(design);
  const machine: Machine = {
    async run(job) {
      const run = await sound.run(onJob ? onJob(job) : job);
      return onRun ? onRun(run, job) : run;
    },
    close: () => sound.close(),
  };
  return new MachineBackend('rtl', design, machine);
}

/** Flip a bit of a register in one cycle of every job that lasts so long, in the trace alone. */
export function corruptRegister(design: Design, name: string, peIndex: number, cycle: number, bit: number): Defect {
  let offset = cycle * traceCycleBytes(design);
  for (const register of design.registers) {
    if (register.name === name) {
      offset += peIndex * register.bytes + (bit >> 3);
      break;
    }
    offset += register.bytes * design.pes.length;
  }
  return {
    run(run) {
      const registers = run.registers!.slice();
      if (offset < registers.length) registers[offset]! ^= 1 << (bit & 7);
      return { ...run, registers };
    },
  };
}

/** Faults go on acting after the end of their window. */
export const ignoresWindowEnd: Defect = {
  job: (job) => ({ ...job, faults: job.faults.map((fault) => ({ ...fault, lastCycle: Number.POSITIVE_INFINITY })) }),
};

/** Faults act in the reverse order. */
export const swapsFaultOrder: Defect = {
  job: (job) => ({ ...job, faults: job.faults.toReversed() }),
  run: (run) => ({ ...run, firedCycles: run.firedCycles.toReversed() }),
};

/** A fault slot counts one change too many once it has counted three. */
export const miscountsFirings: Defect = {
  run: (run) => ({ ...run, firedCycles: run.firedCycles.map((count) => (count > 3 ? count + 1 : count)) }),
};

/** The lowest bit of the last sample is wrong. */
export const spoilsLastSample: Defect = {
  run(run) {
    const samples = run.samples.slice();
    samples[samples.length - 4]! ^= 1;
    return { ...run, samples };
  },
};

/** A functional simulator that changes its result in some jobs. */
export function defectiveFunctional(
  design: Design,
  spoil: (result: TensorData, job: Parameters<Backend['matmul']>[0]) => void,
): Backend {
  const sound = functionalBackend(design);
  return {
    ...sound,
    async matmul(job, options) {
      const outcome = await sound.matmul(job, options);
      spoil(outcome.result.data, job);
      return outcome;
    },
  };
}
