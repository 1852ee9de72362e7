import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { FaultError } from '../../src/errors.ts';
import { FAULT_KINDS } from '../../src/fault/fault.ts';
import { driveFault, faultMasks, resolveFault } from '../../src/fault/resolve.ts';
import { planJob } from '../../src/schedule/plan.ts';
import { parseFault } from '../../src/spec/parse.ts';
import { designOf, MATRICES } from '../design/support/arrays.ts';

const sample = designOf();
const hexagonal = designOf({ matrix: MATRICES['no_local_reuse']! });
const rowStationary = designOf({ matrix: MATRICES['row_stationary']! });

describe('a fault', () => {
  test.each([
    ['flip bit 0 of a at (1, 1)', 0b1n],
    ['flip bit 7 of a at (1, 1)', 0x80n],
    ['flip bit 0 msb first of a at (1, 1)', 0x80n],
    ['flip bit 31 msb first of c at (1, 1)', 0b1n],
    ['flip bits 0x13 of a at (1, 1)', 0x13n],
    ['flip bits 0x13 msb first of a at (1, 1)', 0xc8n],
    ['flip bits 0xff of a at (1, 1)', 0xffn],
    ['flip bit 0 of last at (1, 1)', 0b1n],
  ])('%s has the mask %i, counted from the least significant bit', (text, mask) => {
    expect(resolveFault(sample, parseFault(text)).mask).toBe(mask);
  });

  test.each([
    ['set bits 0x13 to 0x11 of a at (1, 1)', 0x11n],
    ['set bits 0x13 msb first to 0x11 of a at (1, 1)', 0x88n],
    ['set bit 3 to 1 of a at (1, 1)', 0x08n],
    ['set bit 0 msb first to 1 of a at (1, 1)', 0x80n],
    ['set bit 3 to 0 of a at (1, 1)', 0n],
    ['stuck_at_1 bit 3 of a at (1, 1)', 0n],
  ])('%s has the value %i in the same bit order', (text, value) => {
    expect(resolveFault(sample, parseFault(text)).value).toBe(value);
  });

  it('finds its PE by the place that the projection gives it', () => {
    for (const { x, y, index } of hexagonal.pes) {
      expect(resolveFault(hexagonal, parseFault(`flip bit 0 of c at (${x}, ${y})`)).peIndex).toBe(index);
    }
  });

  test.each([
    [
      'a PE that is not there',
      sample,
      'flip bit 0 of a at (4, 1)',
      'fault "flip bit 0 of a at (4, 1)": array sample has PEs with x in 1 … 3 and y in 1 … 2 (6 in all), received (4, 1)',
    ],
    [
      'a bit beyond the node',
      sample,
      'flip bit 8 of a at (1, 1)',
      'fault "flip bit 8 of a at (1, 1)": node a has bits 0 to 7, received bit 8',
    ],
    [
      'a mask wider than the node',
      sample,
      'flip bits 0x101 of b_out at (1, 1)',
      'fault "flip bits 0x101 of b_out at (1, 1)": node b_out is 8 bits wide, received mask 0x101',
    ],
    [
      'a product that no register holds',
      sample,
      'flip bit 0 of p at (1, 1)',
      'fault "flip bit 0 of p at (1, 1)": array sample has no node p: it has no product register',
    ],
    [
      'the forwarding wire of a stationary line',
      rowStationary,
      'flip bit 0 of a_out at (1, -1)',
      'fault "flip bit 0 of a_out at (1, -1)": array sample has no node a_out: line a is stationary and forwards nothing',
    ],
    [
      'a token of an array without a stationary line',
      hexagonal,
      'flip bit 0 of first at (0, 0)',
      'fault "flip bit 0 of first at (0, 0)": array sample has no node first: no line is stationary, so there are no control tokens',
    ],
    [
      'a token that the stationary line does not need',
      rowStationary,
      'flip bit 0 of last at (1, -1)',
      'fault "flip bit 0 of last at (1, -1)": array sample has no node last: line a is loaded by the token first alone',
    ],
  ])('in %s is refused', (_, design, text, message) => {
    expect(() => resolveFault(design, parseFault(text))).toThrow(new FaultError(message));
  });

  it('is called by its name when it has one', () => {
    expect(() => resolveFault(sample, { ...parseFault('flip bit 9 of a at (1, 1)'), name: 'weak' })).toThrow(
      new FaultError('fault "weak": node a has bits 0 to 7, received bit 9'),
    );
  });
});

describe('the window of a fault in a job of several tiles', () => {
  const plan = planJob(sample, 6, 8, 4);
  const { spanCycles } = sample.schedule;

  test.each([
    ['', 0, Number.POSITIVE_INFINITY],
    [' cycles =7', 7, 7],
    [' cycles >=3<=9', 3, 9],
    [' cycles >3', 4, Number.POSITIVE_INFINITY],
    [' tile 2', 8, 8 + spanCycles - 1],
    [' cycles =1 tile 2', 9, 9],
    [' cycles >=2<=900 tile 2', 10, 8 + spanCycles - 1],
  ])('"%s" is cycles %i to %d of the job', (window, firstCycle, lastCycle) => {
    const fault = resolveFault(sample, parseFault(`flip bit 0 of a at (1, 1)${window}`));
    expect(driveFault(sample, plan, fault)).toMatchObject({ firstCycle, lastCycle });
  });

  it('is refused in a tile that the job does not have', () => {
    const fault = resolveFault(sample, parseFault('flip bit 0 of a at (1, 1) tile 8'));
    expect(() => driveFault(sample, plan, fault)).toThrow(
      new FaultError('fault "flip bit 0 of a at (1, 1) tile 8": the job has tiles 0 to 7, received tile 8'),
    );
  });
});

describe('the masks of a fault', () => {
  const byte = fc.bigInt({ min: 0n, max: 0xffn });
  const meanings = {
    stuck_at_0: (v: bigint, mask: bigint) => v & ~mask,
    stuck_at_1: (v: bigint, mask: bigint) => v | mask,
    flip: (v: bigint, mask: bigint) => v ^ mask,
    set: (v: bigint, mask: bigint, value: bigint) => (v & ~mask) | (value & mask),
  };

  test.each(FAULT_KINDS)('do to every value what %s means', (kind) => {
    fc.assert(
      fc.property(byte, byte, byte, (v, mask, value) => {
        const drive = {
          peIndex: 0,
          nodeCode: 0,
          kindCode: FAULT_KINDS.indexOf(kind),
          mask,
          value,
          firstCycle: 0,
          lastCycle: 0,
        };
        const { keep, toggle } = faultMasks(drive);
        expect((v & keep) ^ toggle).toBe(meanings[kind](v, mask, value));
      }),
    );
  });
});
