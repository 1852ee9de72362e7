import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { FaultError } from '../../src/errors.ts';
import { FAULT_KINDS, type FaultSpec } from '../../src/fault/fault.ts';
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
      'a shadow chain of an array without a stationary line',
      hexagonal,
      'flip bit 0 of s at (0, 0)',
      'fault "flip bit 0 of s at (0, 0)": array sample has no node s: no line is stationary, so there is no shadow chain',
    ],
    [
      'a token that the stationary line does not need',
      rowStationary,
      'flip bit 0 of last at (1, -1)',
      'fault "flip bit 0 of last at (1, -1)": array sample has no node last: line a is loaded by the token first alone',
    ],
    [
      'a node that the array leaves out',
      designOf({ faultNodes: ['a', 'b', 'c'] }),
      'flip bit 0 of c_in at (1, 1)',
      'fault "flip bit 0 of c_in at (1, 1)": array sample takes no faults at node c_in: its fault_nodes are a, b and c',
    ],
  ])('in %s is refused', (_, design, text, message) => {
    expect(() => resolveFault(design, parseFault(text))).toThrow(new FaultError(message));
  });

  test.each<[string, Parameters<typeof designOf>[0], string, string]>([
    [
      'hexagonal',
      { name: 'hex', matrix: MATRICES['no_local_reuse']!, size: [4, 4, 4] },
      '(3, 1)',
      'array hex has no PE at (3, 1); the nearest are (2, 1) and (3, 0)',
    ],
    [
      'hexagonal',
      { name: 'hex', matrix: MATRICES['no_local_reuse']!, size: [1, 4, 1] },
      '(1, -2)',
      'array hex has no PE at (1, -2); the nearest are (1, -1) and (2, -2)',
    ],
    [
      'scattered',
      { matrix: MATRICES['scattered PEs']!, size: [2, 1, 2] },
      '(6, -4)',
      'array sample has no PE at (6, -4); the nearest are (4, -5) and (4, -2)',
    ],
    ['rectangular', {}, '(4, 9)', 'array sample has PEs with x in 1 … 3 and y in 1 … 2 (6 in all), received (4, 9)'],
  ])('names the nearest PEs of a %s array where the position is between them', (_, given, position, message) => {
    const fault = parseFault(`flip bit 0 of c at ${position}`);
    expect(() => resolveFault(designOf(given), fault)).toThrow(
      new FaultError(`fault "flip bit 0 of c at ${position}": ${message}`),
    );
  });

  const flip = parseFault('flip bit 3 of a at (1, 1)');
  const set = parseFault('set bits 0xf0 to 0x30 of a at (1, 1)');

  test.each<[string, FaultSpec, Record<string, unknown>, string[]]>([
    [
      'an unknown kind',
      flip,
      { kind: 'flop' },
      ['flop bit 3 of a at (1, 1)', 'unknown fault kind "flop", did you mean "flip"?'],
    ],
    [
      'an unknown node',
      flip,
      { node: 'q' },
      ['flip bit 3 of q at (1, 1)', 'unknown node "q", expected a, b, c, p, a_out, b_out, c_in, first, last or s'],
    ],
    [
      'a negative bit index',
      flip,
      { bits: { form: 'index', index: -1, msb: 'last' } },
      ['flip bit -1 of a at (1, 1)', 'the bit index of a fault must be from 0 to 127, received -1'],
    ],
    [
      'a fractional bit index',
      set,
      { bits: { form: 'index', index: 1.5, msb: 'last' } },
      ['set bit 1.5 to 0x30 of a at (1, 1)', 'the bit index of a fault must be an integer from 0 to 127, received 1.5'],
    ],
    [
      'an empty mask',
      flip,
      { bits: { form: 'mask', mask: 0n, msb: 'last' } },
      ['flip bits 0x0 of a at (1, 1)', 'the mask of a fault must have at least one bit set, received 0x0'],
    ],
    [
      'a negative mask',
      flip,
      { bits: { form: 'mask', mask: -1n, msb: 'last' } },
      ['flip bits -0x1 of a at (1, 1)', 'the mask of a fault must have at least one bit set, received -0x1'],
    ],
    [
      'a mask that is a number',
      { ...flip, name: 'weak' },
      { bits: { form: 'mask', mask: 3, msb: 'last' } },
      ['weak', 'the mask of a fault must be a bigint, received 3'],
    ],
    [
      'another form of bits',
      { ...flip, name: 'weak' },
      { bits: { form: 'range', msb: 'last' } },
      ['weak', 'the bits of a fault are an "index" or a "mask", received "range"'],
    ],
    [
      'another bit order',
      { ...flip, name: 'weak' },
      { bits: { form: 'index', index: 0, msb: 'up' } },
      ['weak', 'the msb of a fault must be "first" or "last", received "up"'],
    ],
    [
      'kind set without a value',
      set,
      { value: null },
      ['set bits 0xf0 of a at (1, 1)', 'a fault of kind set needs a value for its bits, received none'],
    ],
    [
      'another kind with a value',
      set,
      { kind: 'flip' },
      ['flip bits 0xf0 to 0x30 of a at (1, 1)', 'only a fault of kind set takes a value, received kind flip with 48'],
    ],
    [
      'a value outside the mask',
      set,
      { value: 0x31n },
      ['set bits 0xf0 to 0x31 of a at (1, 1)', 'the value of a fault must lie within its mask 0xf0, received 0x31'],
    ],
    [
      'the value of a single bit that is not in its place',
      set,
      { bits: { form: 'index', index: 3, msb: 'last' }, value: 1n },
      ['set bit 3 to 0x1 of a at (1, 1)', 'the value of a fault must lie within its mask 0x8, received 0x1'],
    ],
    [
      'an empty window',
      flip,
      { window: { from: 9, to: 3, tile: null } },
      ['flip bit 3 of a at (1, 1) cycles >=9<=3', 'a window must hold at least one cycle, received >=9<=3'],
    ],
    [
      'a negative cycle',
      flip,
      { window: { from: -2, to: 3, tile: null } },
      [
        'flip bit 3 of a at (1, 1) cycles >=-2<=3',
        'a cycle of a window must be from 0 to 9007199254740991, received -2',
      ],
    ],
    [
      'a fractional cycle',
      flip,
      { window: { from: 0, to: 2.5, tile: null } },
      [
        'flip bit 3 of a at (1, 1) cycles <=2.5',
        'a cycle of a window must be an integer from 0 to 9007199254740991, received 2.5',
      ],
    ],
    [
      'a window that never begins',
      { ...flip, name: 'weak' },
      { window: { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, tile: null } },
      ['weak', 'a cycle of a window must be an integer from 0 to 9007199254740991, received Infinity'],
    ],
    [
      'a fractional tile',
      flip,
      { window: { from: 0, to: 2, tile: 0.5 } },
      [
        'flip bit 3 of a at (1, 1) cycles <=2 tile 0.5',
        'the tile of a fault must be an integer from 0 to 9007199254740991, received 0.5',
      ],
    ],
    [
      'several mistakes',
      flip,
      { kind: 'set', node: 'd', window: { from: -1, to: 1.5, tile: null } },
      [
        'set bit 3 of d at (1, 1) cycles >=-1<=1.5',
        'a fault of kind set needs a value for its bits, received none; ' +
          'unknown node "d", expected a, b, c, p, a_out, b_out, c_in, first, last or s; ' +
          'a cycle of a window must be from 0 to 9007199254740991, received -1; ' +
          'a cycle of a window must be an integer from 0 to 9007199254740991, received 1.5',
      ],
    ],
    [
      'a place and a bit that the array lacks',
      flip,
      { pe: { x: 4, y: 1 }, bits: { form: 'index', index: 9, msb: 'last' } },
      [
        'flip bit 9 of a at (4, 1)',
        'array sample has PEs with x in 1 … 3 and y in 1 … 2 (6 in all), received (4, 1); ' +
          'node a has bits 0 to 7, received bit 9',
      ],
    ],
  ])('that a program makes with %s is refused', (_, good, bad, [called, message]) => {
    const fault = { ...good, ...bad } as FaultSpec;
    expect(() => resolveFault(sample, fault)).toThrow(new FaultError(`fault "${called}": ${message}`));
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

describe('the window of a fault in a tile', () => {
  const plan = planJob(sample, 6, 8, 4);
  const { spanCycles } = sample.schedule;

  it('may begin with the last cycle of the tile', () => {
    const fault = resolveFault(sample, parseFault(`flip bit 0 of a at (1, 1) cycles >=${spanCycles - 1} tile 2`));
    expect(driveFault(sample, plan, fault)).toMatchObject({
      firstCycle: 8 + spanCycles - 1,
      lastCycle: 8 + spanCycles - 1,
    });
  });

  it('is refused when it begins after the last cycle of the tile', () => {
    expect(spanCycles).toBe(10);
    const fault = resolveFault(sample, parseFault('flip bit 0 of a at (1, 1) cycles =10 tile 2'));
    expect(() => driveFault(sample, plan, fault)).toThrow(
      new FaultError(
        'fault "flip bit 0 of a at (1, 1) cycles =10 tile 2": ' +
          'a tile of array sample has 10 cycles (0 to 9), received a window that begins with cycle 10',
      ),
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
