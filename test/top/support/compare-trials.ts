import { expect } from 'vitest';
import type { Backend } from '../../../src/backend/backend.ts';
import { functionalBackend } from '../../../src/backend/functional.ts';
import { drawTrial } from '../../../src/check/draw-trial.ts';
import { resolveFault } from '../../../src/fault/resolve.ts';
import { bitsOf } from '../../../src/tensor/tensor.ts';
import { topPlanning } from '../../../src/top/top-design.ts';

/**
 * Run random jobs with random faults on the top module and on the simulator that plans alike, and hold results and fired
 * counts against each other, bit for bit. A trial without C runs without on both.
 */
export async function compareTrials(backend: Backend, seed: number, trials: number): Promise<void> {
  const { design } = backend;
  const simulator = functionalBackend(design, topPlanning(design));
  for (let trial = 0; trial < trials; trial++) {
    const { a, b, c, faults } = drawTrial(design, seed, trial);
    const hasC = bitsOf(c.data).some((bits) => Number(bits) !== 0);
    const job = { a, b, c: hasC ? c : undefined };
    const options = {
      faults: faults.slice(0, design.spec.faultSlots).map((fault) => resolveFault(design, fault)),
    };
    const [found, wanted] = [await backend.matmul(job, options), await simulator.matmul(job, options)];
    const place = `seed ${seed} trial ${trial} of ${JSON.stringify(design.spec)}`;
    expect([...bitsOf(found.result.data)], place).toEqual([...bitsOf(wanted.result.data)]);
    expect(
      found.faults.map(({ firedCycles }) => firedCycles),
      place,
    ).toEqual(wanted.faults.map(({ firedCycles }) => firedCycles));
    expect(found.stats, place).toEqual(wanted.stats);
  }
}
