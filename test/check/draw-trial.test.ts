import { describe, expect, it, test } from 'vitest';
import { resolveFaults } from '../../src/check/check-case.ts';
import { edgeValues } from '../../src/check/draw-element.ts';
import { WINDOW_FORMS, windowForm } from '../../src/check/draw-fault.ts';
import { drawTrial } from '../../src/check/draw-trial.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { FAULT_KINDS } from '../../src/fault/fault.ts';
import { driveFault } from '../../src/fault/resolve.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';

const design = designOf({ size: [3, 2, 4], multiplierStages: 1 });
const trials = Array.from({ length: 1500 }, (_, n) => drawTrial(design, 7, n));
const faults = trials.flatMap((trial) => trial.faults);

describe('a trial', () => {
  it('is a pure function of design, seed and number', () => {
    expect(drawTrial(design, 7, 1234)).toEqual(trials[1234]);
    expect(drawTrial(design, 7, 1235)).not.toEqual(trials[1234]);
    expect(drawTrial(design, 8, 1234)).not.toEqual(trials[1234]);
  });

  test.each(Object.keys(MATRICES))('has only faults that the array has, in tiles that the job has, with %s', (name) => {
    const array = designOf({ matrix: MATRICES[name]! });
    for (let n = 0; n < 100; n++) {
      const trial = drawTrial(array, 3, n);
      const plan = planJob(array, trial.a.shape[0]!, trial.a.shape[1]!, trial.b.shape[1]!);
      for (const fault of resolveFaults(array, trial)) {
        const { firstCycle, lastCycle } = driveFault(array, plan, fault);
        expect(fault.mask).toBeGreaterThan(0n);
        expect(firstCycle).toBeGreaterThanOrEqual(0);
        expect(lastCycle).toBeGreaterThanOrEqual(firstCycle - 2);
      }
    }
  });
});

describe('the trials together', () => {
  test.each([
    ['M', (n: number) => trials[n]!.a.shape[0]!, 3],
    ['K', (n: number) => trials[n]!.a.shape[1]!, 4],
    ['N', (n: number) => trials[n]!.b.shape[1]!, 2],
  ])('have %s from 1 to three tiles', (_name, sideOf, side) => {
    const seen = new Set(trials.map((_trial, n) => sideOf(n)));
    expect(seen).toEqual(new Set(Array.from({ length: 3 * side }, (_side, n) => n + 1)));
  });

  it('have none to three faults, in equal shares', () => {
    for (const count of [0, 1, 2, 3]) {
      const share = trials.filter((trial) => trial.faults.length === count).length / trials.length;
      expect(share).toBeGreaterThan(0.2);
      expect(share).toBeLessThan(0.3);
    }
  });

  test.each(design.faultSites.map(({ node }) => node))(
    'fault node %s in the first, the last and every other PE',
    (node) => {
      const places = faults.filter((fault) => fault.node === node).map(({ pe }) => `${pe.x},${pe.y}`);
      expect(new Set(places)).toEqual(new Set(design.pes.map(({ x, y }) => `${x},${y}`)));
    },
  );

  test.each(FAULT_KINDS)('have faults of kind %s on every node in every form of window', (kind) => {
    const seen = new Set(
      faults.filter((fault) => fault.kind === kind).map(({ node, window }) => `${node} ${windowForm(window)}`),
    );
    expect(seen.size).toBe(design.faultSites.length * WINDOW_FORMS.length);
  });

  it('have faults on single bits and masks, the whole node among them, counted from both ends', () => {
    const forms = new Set(
      faults
        .filter(({ node }) => node === 'a')
        .map(
          ({ bits }) => `${bits.form === 'index' ? 'index' : bits.mask === 0xffn ? 'whole' : 'mask'} msb ${bits.msb}`,
        ),
    );
    expect(forms.size).toBe(6);
    const indices = faults
      .filter(({ node }) => node === 'a')
      .map(({ bits }) => (bits.form === 'index' ? bits.index : null));
    expect(new Set(indices)).toEqual(new Set([null, 0, 1, 2, 3, 4, 5, 6, 7]));
  });

  it('have faults that share a node of a PE, so that their order counts', () => {
    const sharing = trials.filter(
      ({ faults: [first, second] }) => first?.node === second?.node && first?.pe === second?.pe,
    );
    expect(sharing.filter((trial) => trial.faults.length > 1).length).toBeGreaterThan(150);
  });

  it('have tile windows that are whole, single cycles, and ranges', () => {
    const inTiles = faults.map(({ window }) => window).filter(({ tile }) => tile !== null);
    expect(new Set(inTiles.map((window) => windowForm({ ...window, tile: null }))).size).toBe(5);
    expect(new Set(inTiles.map(({ tile }) => tile)).size).toBeGreaterThan(5);
  });

  it('have every edge value of their dtypes as operands, and C both zero and not', () => {
    for (const line of ['a', 'b', 'c'] as const) {
      const seen = new Set(trials.flatMap((trial) => Array.from<number | bigint>(trial[line].data)));
      for (const edge of edgeValues(design.spec.types[line])) expect(seen).toContain(edge);
    }
    const zeroC = trials.filter(({ c }) =>
      Array.from<number | bigint>(c.data).every((element) => element === 0),
    ).length;
    expect(zeroC).toBeGreaterThan(trials.length / 4);
    expect(zeroC).toBeLessThan(trials.length / 2);
  });
});

describe('the edge values', () => {
  test.each<[Dtype, string[]]>([
    ['int8', ['-128', '127', '0', '-1', '1', '85', '-86']],
    ['uint8', ['0', '255', '0', '255', '1', '85', '170']],
    ['int16', ['-32768', '32767', '0', '-1', '1', '21845', '-21846']],
    ['uint16', ['0', '65535', '0', '65535', '1', '21845', '43690']],
    ['int32', ['-2147483648', '2147483647', '0', '-1', '1', '1431655765', '-1431655766']],
    [
      'int64',
      ['-9223372036854775808', '9223372036854775807', '0', '-1', '1', '6148914691236517205', '-6148914691236517206'],
    ],
  ])('of %s are %j', (dtype, values) => {
    expect(edgeValues(dtype).map(String)).toEqual(values);
  });
});
