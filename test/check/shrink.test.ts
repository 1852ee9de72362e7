import { describe, expect, it, test } from 'vitest';
import { type CheckCase, describeCase, resolveFaults, sizeOf } from '../../src/check/check-case.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import { shrinkCase } from '../../src/check/shrink.ts';
import { driveFault } from '../../src/fault/resolve.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { designOf } from '../design/support/arrays.ts';

const design = designOf({ multiplierStages: 1 });
const LIMIT = 2000;

/** Find a trial that fails and shrink it. */
async function shrunk(fails: (checkCase: CheckCase) => boolean): Promise<CheckCase> {
  let n = 0;
  while (!fails(drawTrial(design, 9, n))) n++;
  const { smallest, attempts } = await shrinkCase(design, drawTrial(design, 9, n), async (c) => fails(c), LIMIT);
  expect(fails(smallest)).toBe(true);
  expect(attempts).toBeLessThan(LIMIT);
  return smallest;
}

const isNegative = (element: number | bigint) => element < 0;

describe('shrinking', () => {
  test.each<[string, (checkCase: CheckCase) => boolean, string[]]>([
    ['every case fails', () => true, ['M = 1, K = 1, N = 1', 'A = zeros', 'B = zeros', 'C = zeros', 'no faults']],
    [
      'it takes 5 steps along K and 4 rows',
      (checkCase) => sizeOf(checkCase).k >= 5 && sizeOf(checkCase).m >= 4,
      ['M = 4, K = 5, N = 1', 'A = zeros', 'B = zeros', 'C = zeros', 'no faults'],
    ],
    [
      'it takes an element of C',
      ({ c }) => Array.from<number | bigint>(c.data).some((element) => element !== 0),
      ['M = 1, K = 1, N = 1', 'A = zeros', 'B = zeros', 'C = [[1]]', 'no faults'],
    ],
    [
      'it takes bit 6 of register p to be faulty',
      ({ faults }) =>
        resolveFaults(design, { faults } as CheckCase).some(({ node, mask }) => node === 'p' && (mask >> 6n) & 1n),
      ['M = 1, K = 1, N = 1', 'A = zeros', 'B = zeros', 'C = zeros', 'fault 0: '],
    ],
  ])('gives the smallest case when %s', async (_, fails, lines) => {
    const described = describeCase(await shrunk(fails));
    expect(described.map((line, n) => (lines[n]?.endsWith(': ') ? line.slice(0, lines[n].length) : line))).toEqual(
      lines,
    );
  });

  it('leaves a single bit and a single cycle of a fault', async () => {
    const { faults } = await shrunk(({ faults }) => faults.some(({ kind, node }) => kind === 'set' && node === 'b'));
    expect(faults.length).toBe(1);
    expect(faults[0]!.bits.form).toBe('index');
    expect(faults[0]!.window.from).toBe(faults[0]!.window.to);
  });

  it('keeps the element that matters', async () => {
    const { a } = await shrunk(({ a }) => Array.from<number | bigint>(a.data).some(isNegative));
    expect(a.shape).toEqual([1, 1]);
    expect(isNegative(a.data[0]!)).toBe(true);
  });

  it('only ever tries cases that can run', async () => {
    for (let n = 0; n < 40; n++) {
      const tried = async (checkCase: CheckCase) => {
        const { m, k, n } = sizeOf(checkCase);
        const plan = planJob(design, m, k, n);
        for (const fault of resolveFaults(design, checkCase)) driveFault(design, plan, fault);
        expect(checkCase.b.shape[0]).toBe(k);
        expect(checkCase.c.shape).toEqual([m, n]);
        return (m + k + n + checkCase.faults.length) % 3 !== 0;
      };
      await shrinkCase(design, drawTrial(design, 4, n), tried, 300);
    }
  });

  it('stops after the given number of attempts', async () => {
    const { attempts } = await shrinkCase(design, drawTrial(design, 9, 1), async () => true, 2);
    expect(attempts).toBe(2);
  });
});
