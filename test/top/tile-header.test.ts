import { describe, expect, it } from 'vitest';
import { encodeTile, ResultReader } from '../../src/top/packets.ts';
import { tileHeader } from '../../src/top/tile-header.ts';
import { topDesign } from '../../src/top/top-design.ts';
import { designOf } from '../design/support/arrays.ts';

describe('the header of a tile', () => {
  it.each([
    [{ last: false, gapCycles: 0 }, false, 0xe500_0000],
    [{ last: true, gapCycles: 0 }, false, 0xe520_0000],
    [{ last: false, gapCycles: 0 }, true, 0xe510_0000],
    [{ last: true, gapCycles: 0xf_ffff }, true, 0xe53f_ffff],
  ])('for %o and C %o is %i', (schedule, withC, header) => {
    expect(tileHeader(schedule, withC)).toBe(header);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 20])('has no room for a gap of %i', (gapCycles) => {
    expect(() => tileHeader({ last: true, gapCycles }, false)).toThrow(`a gap of ${gapCycles} cycles fits no header`);
  });
});

describe('the reader of results', () => {
  // R is 3 × 5 words: four beats of 16 bytes, the last one of 12.
  const top = topDesign(designOf({ size: [3, 5, 5], faultSlots: 0 }), 128);
  const packet = { data: Uint8Array.from({ length: 64 }, (_, n) => n), keep: new Uint8Array(8).fill(255) };
  packet.keep[7] = 0x0f;

  it('skips what a soft reset cut short, up to its closing beat', () => {
    const reader = new ResultReader(top);
    const last = Uint8Array.of(0, 0, 1, 0, 0, 0, 1);
    const data = new Uint8Array(7 * 16);
    data.set(packet.data, 3 * 16);
    const keep = Uint8Array.of(255, 255, 255, 255, 0, 0, ...packet.keep);
    const results = reader.take({ data, keep, last });
    expect(results.map((bytes) => [...bytes])).toEqual([[...packet.data.subarray(0, 60)]]);
  });

  it('refuses a packet of another length', () => {
    const reader = new ResultReader(top);
    expect(() => reader.take({ ...packet, last: Uint8Array.of(0, 1, 0, 1) })).toThrow(/beat 1 of a packet of results/);
  });

  it('takes what encoding makes of a C of the same shape', () => {
    const c = Int32Array.from({ length: 15 }, (_, n) => n - 7);
    const beats = encodeTile(top, { a: new Int8Array(15), b: new Int8Array(25), c }, { last: true, gapCycles: 0 });
    const from = beats.last.length - top.beats.c;
    const [bytes] = new ResultReader(top).take({
      data: beats.data.slice(from * 16),
      keep: Uint8Array.from([...beats.keep.slice(from * 2, -1), 0x0f]),
      last: beats.last.slice(from),
    });
    expect(new Int32Array(bytes!.buffer)).toEqual(c);
  });
});
