import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cycleBackend } from '../../src/backend/functional.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Design } from '../../src/design/design.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { placeOf, timeOf } from '../../src/projection/geometry.ts';
import type { Vector3 } from '../../src/projection/space-time.ts';
import { multiplyAdd } from '../../src/sim/reference.ts';
import { traceCycleBytes } from '../../src/sim/stores.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf, MATRICES, specs } from '../design/support/arrays.ts';
import { plainOf, tame } from './support/plain.ts';

/** Read a register out of a trace as unsigned bits. */
function readRegister(design: Design, trace: Uint8Array, name: string, pe: number, cycle: number): bigint {
  let at = cycle * traceCycleBytes(design);
  for (const register of design.registers) {
    if (register.name === name) {
      at += pe * register.bytes;
      const bytes = [...trace.subarray(at, at + register.bytes)].reverse();
      return bytes.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
    }
    at += register.bytes * design.pes.length;
  }
  throw new Error(`no register ${name}`);
}

/** A job of exactly one full tile. */
function fullTile(design: Design, seed: number) {
  const [m, n, k] = design.spec.size;
  for (let trial = 0; ; trial++) {
    const { a, b, c } = drawTrial(design, seed, trial);
    if (a.shape.join() === `${m},${k}` && b.shape[1] === n) return { a: tame(a), b: tame(b), c: tame(c) };
  }
}

describe('the cycle simulator', () => {
  it('holds in a, b, p and c of PE P·ν what the recurrence says of ν, in the cycle that π·ν says', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
        const design = buildDesign(spec);
        const plain = plainOf(spec.types);
        const { a, b, c } = fullTile(design, seed);
        const { registers } = await cycleBackend(design).matmul({ a, b, c }, { trace: true });
        const [n1, n2, n3] = spec.size;
        for (let i = 1; i <= n1; i++) {
          for (let j = 1; j <= n2; j++) {
            let sum = plain.read(c, (i - 1) * n2 + j - 1);
            for (let k = 1; k <= n3; k++) {
              const point: Vector3 = [i, j, k];
              const [x, y] = placeOf(design.matrix, point);
              const pe = design.pes.findIndex((candidate) => candidate.x === x && candidate.y === y);
              const cycle = timeOf(design.matrix, point) - design.schedule.originTime;
              const register = (name: string, lag: number) => readRegister(design, registers!, name, pe, cycle + lag);
              const aik = plain.read(a, (i - 1) * n3 + k - 1);
              const bkj = plain.read(b, (k - 1) * n2 + j - 1);
              const product = plain.multiply(aik, bkj);
              sum = plain.add(sum, product);
              expect(register('a_q', 0)).toBe(plain.operandBits(aik, 'a'));
              expect(register('b_q', 0)).toBe(plain.operandBits(bkj, 'b'));
              if (spec.multiplierStages > 0) {
                expect(register('p_q', spec.multiplierStages)).toBe(plain.productBits(product));
              }
              expect(register('c_q', spec.multiplierStages + spec.adderStages)).toBe(plain.sumBits(sum));
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each(Object.keys(MATRICES))(
    'gives the plain triple loop for jobs of any size, with projection %s',
    async (name) => {
      for (const multiplierStages of [0, 1]) {
        const design = designOf({ matrix: MATRICES[name]!, size: [3, 2, 3], multiplierStages });
        for (let trial = 0; trial < 25; trial++) {
          const { a, b, c } = drawTrial(design, 1, trial);
          const { result } = await cycleBackend(design).matmul({ a, b, c });
          expect(result.data).toEqual(multiplyAdd(a, b, c.data, design.spec, { start: 0, end: a.shape[1]! }));
        }
      }
    },
  );

  const ones = (m: number, k: number, n: number) => ({
    a: tensor('int8', [m, k], new Int8Array(m * k).fill(1)),
    b: tensor('int8', [k, n], new Int8Array(k * n).fill(1)),
  });

  // A 3×2×4 output-stationary array on ones gives 4 everywhere; A(i, ·) meets B(·, j) in PE (i, j).
  test.each([
    ['a stuck register a', 'stuck_at_0 bit 0 of a at (2, 1)', [4, 4, 0, 0, 4, 4], 4],
    ['a stuck wire a_out', 'stuck_at_0 bit 0 of a_out at (2, 1)', [4, 4, 4, 0, 4, 4], 4],
    ['a stuck register b', 'stuck_at_0 bit 0 of b at (2, 1)', [4, 4, 0, 4, 0, 4], 4],
    ['a register b changed in one cycle', 'set bits 0xff to 0x3 of b at (2, 1) cycles =2', [4, 4, 6, 4, 6, 4], 1],
    ['a sum changed after its second step', 'flip bit 8 of c at (2, 1) cycles =3', [4, 4, 260, 4, 4, 4], 1],
    ['a control token that never comes', 'stuck_at_0 bit 0 of last at (2, 1)', [4, 4, 0, 0, 4, 4], 1],
  ])('shows the effect of %s', async (_, text, expected, fired) => {
    const design = designOf();
    const fault = resolveFault(design, parseFault(text));
    const { result, faults } = await cycleBackend(design).matmul(ones(3, 4, 2), { faults: [fault] });
    expect([...result.data]).toEqual(expected);
    expect(faults[0]!.firedCycles).toBe(fired);
  });

  it('lets faults on one node act in the order given', async () => {
    const design = designOf();
    const set = resolveFault(design, parseFault('set bits 0xff to 0x03 of a at (1, 1)'));
    const flip = resolveFault(design, parseFault('flip bits 0x01 of a at (1, 1)'));
    const run = async (faults: (typeof set)[]) => (await cycleBackend(design).matmul(ones(3, 4, 2), { faults })).result;
    expect([...(await run([set, flip])).data]).toEqual([8, 8, 4, 4, 4, 4]);
    expect([...(await run([flip, set])).data]).toEqual([12, 12, 4, 4, 4, 4]);
  });

  it('stops between segments when it is aborted', async () => {
    const design = designOf();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(cycleBackend(design).matmul(ones(3, 4, 2), { signal })).rejects.toThrow(new Error('enough'));
  });
});
