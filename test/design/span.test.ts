import { describe, expect, it, test } from 'vitest';
import { leastSpanCycles, MAX_SPAN_CYCLES, refuseLongSpan } from '../../src/design/span.ts';
import { ProjectionError } from '../../src/errors.ts';
import type { Matrix3 } from '../../src/projection/space-time.ts';
import { designOf, everyDesign, specOf } from './support/arrays.ts';

const LONG: Matrix3 = [
  [4096, -1, 0],
  [0, 0, 1],
  [1, 4096, 1],
];

const spreads = 'the projection matrix [[4096, -1, 0], [0, 0, 1], [1, 4096, 1]] spreads a tile of';

describe('a tile that spans more cycles than 32 bits count', () => {
  test.each<[string, readonly [number, number, number], string]>([
    ['before its PEs are placed', [1024, 1, 1], '1024 × 1 × 1 over at least 17163092992 cycles'],
    [
      'even with a PE for every point of the largest size',
      [1024, 1024, 1024],
      '1024 × 1024 × 1024 over at least 17163092992 cycles',
    ],
  ])('is refused %s', (_, size, said) => {
    expect(() => designOf({ matrix: LONG, size })).toThrow(
      new ProjectionError(`${spreads} ${said}, at most 2147483647 can be counted`),
    );
    expect(() => designOf({ matrix: LONG, size })).toThrow(ProjectionError);
  });

  it('is refused by the span itself once that is known', () => {
    expect(designOf({ matrix: LONG, size: [64, 1, 1] }).schedule.spanCycles).toBe(2113929280);
    expect(() => designOf({ matrix: LONG, size: [65, 1, 1] })).toThrow(
      new ProjectionError(`${spreads} 65 × 1 × 1 over 2147483713 cycles, at most 2147483647 can be counted`),
    );
  });

  it('is one of at least 2^31 cycles', () => {
    const spec = specOf({ matrix: LONG, size: [1, 1, 1] });
    expect(() => refuseLongSpan(spec, MAX_SPAN_CYCLES)).not.toThrow();
    expect(() => refuseLongSpan(spec, MAX_SPAN_CYCLES + 1)).toThrow(
      new ProjectionError(`${spreads} 1 × 1 × 1 over 2147483648 cycles, at most 2147483647 can be counted`),
    );
  });
});

describe('the bound on the span that is known before PEs are placed', () => {
  it('never exceeds the span', () => {
    everyDesign(({ spec, kernel, schedule }) => {
      expect(leastSpanCycles(spec, kernel)).toBeLessThanOrEqual(schedule.spanCycles);
    });
  });
});
