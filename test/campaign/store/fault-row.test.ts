import { describe, expect, it, test } from 'vitest';
import type { Pattern } from '../../../src/campaign/outcome.ts';
import { faultRow } from '../../../src/campaign/store/fault-row.ts';
import { resolveFault } from '../../../src/fault/resolve.ts';
import { parseFault } from '../../../src/spec/parse.ts';
import { designOf } from '../../design/support/arrays.ts';
import { doneFault } from './support/made-up-campaign.ts';

const design = designOf();

describe('a fault in the store', () => {
  test.each([
    [
      'stuck_at_0 bit 7 of a at (1, 1)',
      { node: 'a', kind: 'stuck_at_0', mask: '0x80', bit: 7, cycle: null, tile: null },
    ],
    ['flip bit 0 msb first of c at (3, 2)', { x: 3, y: 2, mask: '0x80000000', bit: 31 }],
    ['stuck_at_1 bits 0x3 of b at (2, 1)', { x: 2, y: 1, mask: '0x3', bit: null }],
    ['flip bit 1 of c at (1, 1) cycles =0 tile 2', { cycle: 0, tile: 2 }],
    ['flip bit 1 of c at (1, 1) cycles >=3<=4', { cycle: null }],
  ])('%s is kept with its text', (text, row) => {
    const done = doneFault(0);
    const fault = resolveFault(design, parseFault(text));
    expect(faultRow({ ...done, fault: { ...done.fault, fault } })).toMatchObject({ ...row, text });
  });

  test.each<[patterns: (Pattern | null)[], pattern: Pattern | null]>([
    [[], null],
    [[null, null], null],
    [[null, 'block', null], 'block'],
    [['row', 'block', 'block'], 'block'],
    [['block', 'row', 'block', 'row'], 'row'],
  ])('with the patterns %j has the pattern %s', (patterns, pattern) => {
    const done = doneFault(0);
    const images = patterns.map((of, image) => ({ ...done.outcome.images[0]!, image, pattern: of }));
    expect(faultRow({ ...done, outcome: { ...done.outcome, images } }).pattern).toBe(pattern);
  });

  it('counts the wrong elements of all its images', () => {
    const done = doneFault(0);
    const images = [2, 0, 5].map((corrupted, image) => ({ ...done.outcome.images[0]!, image, corrupted }));
    expect(faultRow({ ...done, outcome: { ...done.outcome, images } }).corrupted).toBe(7);
  });
});
