import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cycleBackend, functionalBackend } from '../../src/backend/functional.ts';
import { resolveFaults } from '../../src/check/check-case.ts';
import { describeDifference } from '../../src/check/compare.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import { modelsOf, runCase } from '../../src/check/run-case.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { CastingError, FaultError, OperandError } from '../../src/errors.ts';
import { driveFault, resolveFault } from '../../src/fault/resolve.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { coversFault } from '../../src/sim/functional.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { bitsOf, tensor } from '../../src/tensor/tensor.ts';
import { designOf, MATRICES, specs } from '../design/support/arrays.ts';

const DIAGONAL: Matrix3 = [
  [1, 0, 1],
  [0, 1, -1],
  [1, 1, 1],
];

describe('the functional simulator', () => {
  it('gives the results and fired counts of the cycle simulator, for any legal matrix and any faults', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
        const models = modelsOf(buildDesign(spec), null);
        for (let trial = 0; trial < 4; trial++) {
          const { differences } = await runCase(models, drawTrial(models.cycle.design, seed, trial));
          expect(differences.map(describeDifference)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each(Object.keys(MATRICES))(
    'covers every fault but those in control tokens and shadow chain, with projection %s',
    (name) => {
      const design = designOf({ matrix: MATRICES[name]!, multiplierStages: 1 });
      const plan = planJob(design, 1, 1, 1);
      for (let trial = 0; trial < 50; trial++) {
        const checkCase = drawTrial(design, 2, trial);
        for (const fault of resolveFaults(design, checkCase)) {
          const { node, window } = fault;
          const drive = driveFault(design, plan, { ...fault, window: { ...window, tile: null } });
          expect(coversFault(drive)).toBe(node !== 'first' && node !== 'last' && node !== 's');
        }
      }
    },
  );

  it('takes the sign of a zero that a fault of c_in makes into account, in a step that only passes a sum on', async () => {
    const types = { a: 'float32', b: 'float32', c: 'float32' } as const;
    const design = designOf({ matrix: DIAGONAL, types, size: [2, 5, 4] });
    const job = {
      a: tensor('float32', [3, 1], Float32Array.of(1, 1, 1)),
      b: tensor('float32', [1, 5], new Float32Array(5).fill(-1)),
    };
    const faults = [resolveFault(design, parseFault('set bits 0xffffffff to 0x80000000 of c_in at (6, 0)'))];
    const { result } = await functionalBackend(design).matmul(job, { faults });
    expect(bitsOf(result.data)[4]).toBe(0x8000_0000);
    expect(bitsOf(result.data)).toEqual(bitsOf((await cycleBackend(design).matmul(job, { faults })).result.data));
  });

  it('keeps the sign of a zero product, in a step that only passes a sum on, of which a fault of p makes a number', async () => {
    const types = { a: 'bfloat16', b: 'bfloat16', c: 'float32' } as const;
    const design = designOf({ matrix: DIAGONAL, types, size: [2, 5, 4], multiplierStages: 1 });
    const minusZero = 0x8000;
    const job = {
      a: tensor('bfloat16', [3, 1]),
      b: tensor('bfloat16', [1, 5], Uint16Array.of(minusZero, 0, 0, 0, 0)),
    };
    const faults = [resolveFault(design, parseFault('flip bit 1 of p at (6, 0) cycles =9'))];
    const { result } = await functionalBackend(design).matmul(job, { faults });
    expect(bitsOf(result.data)[4]).toBe(0x8000_0002);
    expect(result).toEqual((await cycleBackend(design).matmul(job, { faults })).result);
  });
});

const int8 = (...shape: number[]) => tensor('int8', shape);

describe.each([
  ['functional', functionalBackend],
  ['cycle', cycleBackend],
] as const)('the %s simulator', (_, open) => {
  test.each([
    ['A of rank 1', { a: int8(4), b: int8(4, 2) }, 'A must be a matrix (rank 2), received rank 1 with shape [4]'],
    [
      'B without columns',
      { a: int8(3, 4), b: int8(4, 0) },
      'B must have at least one row and one column, received 4×0',
    ],
    [
      'A and B that do not fit',
      { a: int8(3, 4), b: int8(5, 2) },
      'the inner dimensions of A (M×K) and B (K×N) must agree, received A 3×4 and B 5×2',
    ],
    ['C of another shape', { a: int8(3, 4), b: int8(4, 2), c: int8(2, 3) }, 'C must be 3×2 like A×B, received 2×3'],
  ])('refuses %s', async (_, job, message) => {
    await expect(open(designOf()).matmul(job)).rejects.toThrow(new OperandError(message));
  });

  it('refuses a value that its dtype cannot hold', async () => {
    const job = { a: tensor('int16', [1, 1], Int16Array.of(128)), b: int8(1, 1) };
    await expect(open(designOf()).matmul(job)).rejects.toThrow(
      new CastingError('A[0, 0] = 128 does not fit int8 exactly'),
    );
  });

  it('refuses a fault in a tile that the job does not have', async () => {
    const design = designOf();
    const faults = resolveFaults(design, {
      ...drawTrial(design, 1, 1),
      faults: [
        {
          name: 'late',
          kind: 'flip',
          node: 'a',
          pe: { x: 1, y: 1 },
          bits: { form: 'index', index: 0, msb: 'last' },
          value: null,
          window: { from: 0, to: 3, tile: 1 },
        },
      ],
    });
    await expect(open(design).matmul({ a: int8(1, 1), b: int8(1, 1) }, { faults })).rejects.toThrow(
      new FaultError('fault "late": the job has tiles 0 to 0, received tile 1'),
    );
  });

  it('counts tiles, cycles and utilisation of a job', async () => {
    const { stats } = await open(designOf({ size: [4, 4, 4] })).matmul({ a: int8(8, 8), b: int8(8, 8) });
    const utilisation = (8 * 64) / (16 * 41);
    expect(stats).toEqual({
      tiles: 8,
      cycles: 41,
      utilisation,
      effectiveUtilisation: utilisation,
      utilisationBound: 1,
    });
  });
});
