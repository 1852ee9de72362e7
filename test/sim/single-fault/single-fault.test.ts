import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../../src/backend/functional.ts';
import { drawFault } from '../../../src/check/draw-fault.ts';
import { drawTrial } from '../../../src/check/draw-trial.ts';
import { trialRandom } from '../../../src/check/random.ts';
import { buildDesign } from '../../../src/design/build-design.ts';
import type { Design } from '../../../src/design/design.ts';
import { driveFault, resolveFault } from '../../../src/fault/resolve.ts';
import { planJob } from '../../../src/schedule/plan.ts';
import { singleFault } from '../../../src/sim/single-fault/single-fault.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { formatFault } from '../../../src/spec/format.ts';
import { bitsOf } from '../../../src/tensor/tensor.ts';
import { designOf, MATRICES, specs } from '../../design/support/arrays.ts';

interface Tally {
  covered: number;
  changed: number;
  told: number;
}

/** Run random faults on random products of a design and hold what is recomputed against the functional simulator. */
async function compare(design: Design, seed: number, trials: number, tally: Tally): Promise<void> {
  const backend = functionalBackend(design);
  for (let trial = 0; trial < trials; trial++) {
    const { a, b, c } = drawTrial(design, seed, trial);
    const plan = planJob(design, a.shape[0]!, a.shape[1]!, b.shape[1]!);
    const spec = drawFault(trialRandom(seed + 1, trial), design, plan);
    const fault = resolveFault(design, spec);
    const find = singleFault(design, plan, driveFault(design, plan, fault));
    if (!find) continue;
    const clean = (await backend.matmul({ a, b, c })).result;
    const faulty = await backend.matmul({ a, b, c }, { faults: [fault] });
    const expected: number[][] = [];
    const word = (value: number | bigint) => Number(BigInt.asUintN(8 * clean.data.BYTES_PER_ELEMENT, BigInt(value)));
    const [before, after] = [bitsOf(clean.data), bitsOf(faulty.result.data)];
    for (let at = 0; at < before.length; at++) {
      if (before[at] !== after[at]) expected.push([at, word(after[at]!)]);
    }
    // Twice: nothing of one product may be left for the next.
    for (let time = 0; time < 2; time++) {
      const { fired, count, elements, values } = find({ a: a.data, b: b.data, c: c.data, result: clean.data });
      const found = Array.from({ length: count }, (_, n) => [elements[n]!, word(values[n]!)]);
      const place = `${formatFault(spec)}, trial ${trial} of seed ${seed}`;
      expect([place, found.sort((p, q) => p[0]! - q[0]!)]).toEqual([place, expected]);
      if (fired !== null) expect([place, fired]).toEqual([place, faulty.faults[0]!.firedCycles > 0]);
      if (fired !== null) tally.told++;
    }
    tally.covered++;
    if (expected.length > 0) tally.changed++;
  }
}

describe('a single fault', () => {
  it('changes the sums that the functional simulator changes, for any legal matrix and dtypes', async () => {
    const tally = { covered: 0, changed: 0, told: 0 };
    await fc.assert(
      fc.asyncProperty(specs, fc.nat(), (spec, seed) => compare(buildDesign(spec), seed, 6, tally)),
      { numRuns: Number(process.env['RUNS'] ?? 300) },
    );
    expect(tally.covered).toBeGreaterThan(300);
    expect(tally.changed).toBeGreaterThan(100);
    expect(tally.told).toBeGreaterThan(tally.covered);
  });

  const TYPES: readonly ArraySpec['types'][] = [
    { a: 'int8', b: 'int8', c: 'int32' },
    { a: 'uint8', b: 'int8', c: 'int16' },
    { a: 'float32', b: 'float32', c: 'float32' },
  ];
  it.each(TYPES)('does so on the presets with $a, $b, $c, with product registers too', async (types) => {
    for (const matrix of Object.values(MATRICES)) {
      for (const multiplierStages of [0, 1]) {
        const tally = { covered: 0, changed: 0, told: 0 };
        await compare(designOf({ matrix, types, size: [4, 3, 5], multiplierStages }), 7, 60, tally);
      }
    }
  });
});
