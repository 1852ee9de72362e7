import type { Design } from '../design/design.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { driveFault } from '../fault/resolve.ts';
import type { JobPlanning } from '../schedule/plan.ts';
import { cycleMachine } from '../sim/cycle-machine.ts';
import { coversFault, runFunctional } from '../sim/functional.ts';
import { tensor } from '../tensor/tensor.ts';
import type { Backend } from './backend.ts';
import { jobStats, prepareJob } from './job.ts';
import { MachineBackend } from './machine-backend.ts';

/**
 * Make the functional simulator of a design: the closed form. Jobs with a fault in a control token, which changes what
 * PEs do rather than what they hold, are handed to the cycle simulator.
 * @param planning how its jobs are planned, such as `topPlanning`; in the shortest way when left out
 */
export function functionalBackend(design: Design, planning: JobPlanning = {}): Backend {
  const cycleByCycle = cycleBackend(design, planning);
  const { operators, types } = design.spec;
  const isExact = !operators.multiplier && !operators.adder && dtypeInfo(types.c).kind === 'integer';
  return {
    kind: 'functional',
    design,
    ...(isExact && { exactStats: (m: number, k: number, n: number) => jobStats(design, m, k, n, planning) }),
    async matmul(job, options = {}) {
      const { faults = [], signal, onProgress } = options;
      signal?.throwIfAborted();
      const { operands, plan, stats } = prepareJob(design, job, planning);
      const drives = faults.map((fault) => driveFault(design, plan, fault));
      if (!drives.every(coversFault)) return cycleByCycle.matmul(job, options);
      const { result, firedCycles } = await runFunctional(design, plan, operands, drives, {
        signal,
        onProgress,
      });
      onProgress?.(plan.tiles.length, plan.tiles.length);
      return {
        result: tensor(design.spec.types.c, [plan.rows, plan.columns], result),
        faults: faults.map((fault, n) => ({ fault, firedCycles: firedCycles[n]! })),
        stats,
      };
    },
    close: () => Promise.resolve(),
  };
}

/** Make the cycle simulator of a design: every register, every cycle. */
export function cycleBackend(design: Design, planning: JobPlanning = {}): MachineBackend {
  return new MachineBackend('cycle', design, cycleMachine(design), planning);
}
