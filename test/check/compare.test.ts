import { describe, expect, it, test } from 'vitest';
import { compareFired, compareRegisters, compareResults, describeDifference } from '../../src/check/compare.ts';
import { traceCycleBytes } from '../../src/sim/stores.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';
import { corruptRegister } from './support/defects.ts';

const design = designOf({ multiplierStages: 1, types: { a: 'int8', b: 'int16', c: 'int64' } });
const MODELS = ['cycle', 'rtl'] as const;

describe('traces', () => {
  const trace = new Uint8Array(9 * traceCycleBytes(design));

  it('that are equal have no difference', () => {
    expect(compareRegisters(design, MODELS, [trace, trace.slice()])).toBeNull();
  });

  test.each(design.registers.map(({ name, widthBits }) => [name, widthBits] as const))(
    'that differ in %s (%i bits) of a PE in a cycle tell just that',
    (name, widthBits) => {
      for (const pe of design.pes) {
        for (const cycle of [0, 3, 8]) {
          const bit = widthBits - 1;
          const { run } = corruptRegister(design, name, pe.index, cycle, bit);
          const { registers } = run!(
            { samples: trace, firedCycles: [], registers: trace },
            { segments: [], faults: [] },
          );
          expect(compareRegisters(design, MODELS, [trace, registers!])).toEqual({
            kind: 'register',
            models: MODELS,
            cycle,
            register: name,
            pe: { x: pe.x, y: pe.y },
            widthBits,
            values: [0n, 1n << BigInt(bit)],
          });
        }
      }
    },
  );

  it('that differ in several places tell the earliest', () => {
    const later = corruptRegister(design, 'a_q', 0, 5, 0).run!;
    const earlier = corruptRegister(design, 's_q', 3, 4, 9).run!;
    const run = { samples: trace, firedCycles: [], registers: trace };
    const { registers } = earlier(later(run, { segments: [], faults: [] }), { segments: [], faults: [] });
    const difference = compareRegisters(design, MODELS, [trace, registers!])!;
    expect(describeDifference(difference)).toBe(
      'register s_q of PE (2, 2) after cycle 4 is 0x0000000000000000 (cycle) and 0x0000000000000200 (rtl)',
    );
  });
});

describe('results', () => {
  const ours = tensor('int16', [2, 3], Int16Array.of(1, 2, 3, 4, -5, 6));

  it('that are equal have no difference', () => {
    expect(
      compareResults(MODELS, [ours, tensor('int16', [2, 3], Int16Array.from(ours.data as Int16Array))]),
    ).toBeNull();
  });

  it('that differ tell the first element in row-major order, as bits', () => {
    const theirs = tensor('int16', [2, 3], Int16Array.of(1, 2, 3, 4, 5, 7));
    const difference = compareResults(['functional', 'cycle'], [ours, theirs])!;
    expect(describeDifference(difference)).toBe('R[1, 1] is 0xfffb (functional) and 0x0005 (cycle)');
  });
});

describe('fired counts', () => {
  it('that are equal have no difference', () => {
    expect(
      compareFired(MODELS, [
        [1, 2],
        [1, 2],
      ]),
    ).toBeNull();
  });

  it('that differ tell the first fault', () => {
    expect(
      describeDifference(
        compareFired(MODELS, [
          [1, 2],
          [1, 3],
        ])!,
      ),
    ).toBe('fault 1 changed a bit in 2 cycles (cycle) and in 3 cycles (rtl)');
  });
});
