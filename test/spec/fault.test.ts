import { describe, expect, it, test } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { ALWAYS, FAULT_KINDS, FAULT_NODES } from '../../src/fault/fault.ts';
import { parseFault } from '../../src/spec/parse.ts';

const Infinite = Number.POSITIVE_INFINITY;

describe('the text of a fault', () => {
  test.each([
    ['inf', 0, Infinite],
    ['>4', 5, Infinite],
    ['>=4', 4, Infinite],
    ['<4', 0, 3],
    ['<=4', 0, 4],
    ['>3<=9', 4, 9],
    ['>=3<9', 3, 8],
    ['>3<5', 4, 4],
    ['>= 0x3 <= 3', 3, 3],
    ['=7', 7, 7],
    ['= 0', 0, 0],
  ])('reads the window %s as the cycles %d to %d', (window, from, to) => {
    const text = `flip bit 0 of a at (0, 0) cycles ${window}`;
    expect(parseFault(text).window).toEqual({ from, to, tile: null });
    expect(parseFault(`${text} tile 3`).window).toEqual({ from, to, tile: 3 });
  });

  it('acts always when it names no window, or inf', () => {
    expect(parseFault('flip bit 0 of a at (0, 0)').window).toEqual(ALWAYS);
    expect(parseFault('flip bit 0 of a at (0, 0) cycles inf').window).toEqual(ALWAYS);
    expect(parseFault('flip bit 0 of a at (0, 0) tile 2').window).toEqual({ ...ALWAYS, tile: 2 });
  });

  test.each([
    ['flip bit 5', { form: 'index', index: 5, msb: 'last' }, null],
    ['flip bit 0x5 msb last', { form: 'index', index: 5, msb: 'last' }, null],
    ['flip bit 5 msb first', { form: 'index', index: 5, msb: 'first' }, null],
    ['flip bits 0x1F', { form: 'mask', mask: 31n, msb: 'last' }, null],
    ['flip bits 0b101 msb first', { form: 'mask', mask: 5n, msb: 'first' }, null],
    ['flip bits 18446744073709551615', { form: 'mask', mask: 2n ** 64n - 1n, msb: 'last' }, null],
    ['set bits 0xff to 0x12', { form: 'mask', mask: 0xffn, msb: 'last' }, 0x12n],
    ['set bits 0xff msb first to 0', { form: 'mask', mask: 0xffn, msb: 'first' }, 0n],
    ['set bit 3 to 0', { form: 'index', index: 3, msb: 'last' }, 0n],
  ])('reads the bits of %s', (start, bits, value) => {
    expect(parseFault(`${start} of c at (1, 1)`)).toMatchObject({ bits, value });
  });

  it('moves the value of a single bit to its place, in the bit order of the mask', () => {
    expect(parseFault('set bit 3 to 1 of c at (1, 1)').value).toBe(8n);
    expect(parseFault('set bit 3 msb first to 1 of c at (1, 1)').value).toBe(8n);
  });

  it('takes PEs with negative coordinates, and blanks and line ends around it', () => {
    const fault = parseFault('\n flip bit 0 of a at (-1, -0);\r\n');
    expect(fault.pe).toEqual({ x: -1, y: 0 });
    expect(fault.name).toBeNull();
  });

  test.each(FAULT_NODES)('takes the node %s', (node) => {
    expect(parseFault(`flip bit 0 of ${node} at (0, 0)`).node).toBe(node);
  });

  test.each(FAULT_KINDS)('takes the kind %s', (kind) => {
    expect(parseFault(`${kind} bit 0 ${kind === 'set' ? 'to 1 ' : ''}of a at (0, 0)`).kind).toBe(kind);
  });
});

describe('a fault is refused', () => {
  test.each([
    ['', '1:1: expected a fault kind (stuck_at_0, stuck_at_1, flip or set), found the end of the text'],
    ['flip', '1:5: expected "bit" and an index or "bits" and a mask, found the end of the text'],
    ['flip 3 of c at (1, 1)', '1:6: expected "bit" and an index or "bits" and a mask, found "3"'],
    ['stuckat1 bit 1 of c at (1, 1)', '1:1: unknown fault kind "stuckat1", did you mean "stuck_at_1"?'],
    ['break bit 1 of c at (1, 1)', '1:1: unknown fault kind "break", expected stuck_at_0, stuck_at_1, flip or set'],
    ['flip bit -1 of c at (1, 1)', '1:10: the bit index of a fault must be from 0 to 127, received -1'],
    ['flip bit 128 of c at (1, 1)', '1:10: the bit index of a fault must be from 0 to 127, received 128'],
    ['flip bit five of c at (1, 1)', '1:10: expected a bit index such as 5, found "five"'],
    ['flip bit 5 msb of c at (1, 1)', '1:16: expected "first" or "last", found "of"'],
    ['flip bits 0 of c at (1, 1)', '1:11: the mask of a fault must have at least one bit set, received 0'],
    ['flip bits -1 of c at (1, 1)', '1:11: the mask of a fault must have at least one bit set, received -1'],
    ['flip bits 0xg of c at (1, 1)', '1:11: expected a mask such as 0x11, found "0xg"'],
    [
      `flip bits 0x1${'0'.repeat(32)} of c at (1, 1)`,
      `1:11: the mask of a fault has at most 128 bits, received 0x1${'0'.repeat(32)}`,
    ],
    ['set bits 3 of c at (1, 1)', '1:1: a fault of kind set needs "to" and a value behind its bits, found none'],
    ['flip bit 3 to 1 of c at (1, 1)', '1:12: only a fault of kind set takes "to" and a value, received kind flip'],
    ['set bits 0xf0 to 0xf1 of c at (1, 1)', '1:18: the value of a fault must lie within its mask 0xf0, received 0xf1'],
    ['set bits 0xf0 to -1 of c at (1, 1)', '1:18: the value of a fault must lie within its mask 0xf0, received -1'],
    ['set bit 3 to 2 of c at (1, 1)', '1:14: the value of a single bit must be 0 or 1, received 2'],
    ['set bit 3 to of c at (1, 1)', '1:14: expected a value such as 0x12, found "of"'],
    ['flip bit 1 in c at (1, 1)', '1:12: expected "of" and a node such as c, found "in"'],
    ['flip bit 1 of aout at (1, 1)', '1:15: unknown node "aout", did you mean "a_out"?'],
    [
      'flip bit 1 of 5 at (1, 1)',
      '1:15: expected a node (a, b, c, p, a_out, b_out, c_in, first, last or s), found "5"',
    ],
    ['flip bit 1 of c (1, 1)', '1:17: expected "at" and a PE such as (1, 1), found "("'],
    ['flip bit 1 of c at 1, 1', '1:20: expected a PE such as (1, 1), found "1"'],
    ['flip bit 1 of c at (1 1)', '1:23: expected "," and the y of the PE, found "1"'],
    ['flip bit 1 of c at (1, 1', '1:25: expected ")" after the y of the PE, found the end of the text'],
    [
      'flip bit 1 of c at (99999999999, 1)',
      '1:21: the x of a PE must be from -12582912 to 12582912, received 99999999999',
    ],
    ['flip bit 1 of c at (1, 1) cycels >4', '1:27: expected "cycles", "tile" or the end of the fault, found "cycels"'],
    ['flip bit 1 of c at (1, 1) cycles >4 tiel 2', '1:37: expected "tile" or the end of the fault, found "tiel"'],
    ['flip bit 1 of c at (1, 1) tile 2 cycles >4', '1:34: expected the end of the fault, found "cycles"'],
    ['flip bit 1 of c at (1, 1) tile -2', '1:32: the tile of a fault must be from 0 to 9007199254740991, received -2'],
    [
      'flip bit 1 of c at (1, 1) cycles 4',
      '1:34: expected a cycle window such as inf, >4, >=4, >3<=9 or =7, found "4"',
    ],
    ['flip bit 1 of c at (1, 1) cycles >', '1:35: expected a cycle number, found the end of the text'],
    ['flip bit 1 of c at (1, 1) cycles >9<3', '1:34: a window must hold at least one cycle, received >9<3'],
    ['flip bit 1 of c at (1, 1) cycles > 4 < 5', '1:34: a window must hold at least one cycle, received >4<5'],
    ['flip bit 1 of c at (1, 1) cycles <0', '1:34: a window must hold at least one cycle, received <0'],
    [
      'flip bit 1 of c at (1, 1) cycles >=-5',
      '1:36: a cycle of a window must be from 0 to 9007199254740991, received -5',
    ],
    [
      'flip bit 1 of c at (1, 1) cycles =9007199254740992',
      '1:35: a cycle of a window must be from 0 to 9007199254740991, received 9007199254740992',
    ],
    [
      'flip bit 1 of c at (1, 1) cycles >9007199254740991',
      '1:34: a window must hold at least one cycle, received >9007199254740991',
    ],
    ['flip bit 1 of c at (1, 1); flip bit 2 of c at (1, 1)', '1:28: expected the end of the text, found "flip"'],
  ])('%j', (text, message) => {
    const [, column] = message.split(':');
    const excerpt = `${text}\n${' '.repeat(Number(column) - 1)}^`;
    expect(() => parseFault(text, '--fault')).toThrowError(`--fault:${message}\n${excerpt}`);
  });

  it('with all its wrong parts at once', () => {
    expect.assertions(2);
    try {
      parseFault('flop bit -1 of q at (1, 1) cycles <0');
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError);
      expect(
        (error as SpecError).diagnostics.map(({ file, column, message }) => `${file} ${column} ${message}`),
      ).toEqual([
        'fault 1 unknown fault kind "flop", did you mean "flip"?',
        'fault 10 the bit index of a fault must be from 0 to 127, received -1',
        'fault 16 unknown node "q", expected a, b, c, p, a_out, b_out, c_in, first, last or s',
        'fault 35 a window must hold at least one cycle, received <0',
      ]);
    }
  });
});
