import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type Matrix3, PRESETS } from '../../src/projection/space-time.ts';
import { beatTable } from '../../src/schedule/beat-table.ts';
import { measureJob, planJob } from '../../src/schedule/plan.ts';
import { jobBeats } from '../../src/schedule/segments.ts';
import type { ArraySpec } from '../../src/spec/array-spec.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf, everyDesign, specs } from '../design/support/arrays.ts';

const FOUR_CYCLES_TO_ADD: Matrix3 = [
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 4],
];

const sides = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));

describe('a plan', () => {
  it('covers every step of the job with exactly one tile', () => {
    fc.assert(
      fc.property(specs, sides, (spec, [m, k, n]) => {
        const [n1, n2, n3] = spec.size;
        const covered = new Map<string, number>();
        for (const { row, column, depth } of planJob(buildDesign(spec), m, k, n).tiles) {
          const place = `${row / n1},${column / n2},${depth / n3}`;
          covered.set(place, (covered.get(place) ?? 0) + 1);
        }
        const whole = Math.ceil(m / n1) * Math.ceil(n / n2) * Math.ceil(k / n3);
        expect(covered.size).toBe(whole);
        expect([...covered.values()].every((times) => times === 1)).toBe(true);
        expect(
          [...covered.keys()].every((place) => place.split(',').every((part) => Number.isInteger(Number(part)))),
        ).toBe(true);
      }),
    );
  });

  it('starts tiles in order, never at a distance at which two of them meet', () => {
    fc.assert(
      fc.property(specs, sides, (spec, [m, k, n]) => {
        const design = buildDesign(spec);
        const starts = planJob(design, m, k, n).tiles.map(({ startCycle }) => startCycle);
        const forbidden = new Set(design.schedule.conflictSteps.map((step) => step * design.periodCycles));
        starts.forEach((start, later) => {
          for (const earlier of starts.slice(0, later)) {
            expect(start).toBeGreaterThan(earlier);
            expect(forbidden.has(start - earlier)).toBe(false);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is measured without its tiles', () => {
    fc.assert(
      fc.property(specs, sides, (spec, [m, k, n]) => {
        const design = buildDesign(spec);
        const { tiles, ...plan } = planJob(design, m, k, n);
        expect(measureJob(design, m, k, n)).toEqual({ ...plan, tileCount: tiles.length });
      }),
    );
  });

  it('feeds a partial sum back only after it has been sampled', () => {
    fc.assert(
      fc.property(specs, sides, (spec, [m, k, n]) => {
        const design = buildDesign(spec);
        const { tiles } = planJob(design, m, k, n);
        const results = beatTable(design, 'results');
        const feeds = beatTable(design, design.returnPort);
        const cycleOf = (table: typeof feeds, row: number, column: number) =>
          table.cycle.find((_, beat) => table.row[beat] === row && table.column[beat] === column)!;
        for (const { previous, startCycle, depth } of tiles) {
          expect(previous === null).toBe(depth === 0);
          if (previous === null) continue;
          for (let row = 0; row < spec.size[0]; row++) {
            for (let column = 0; column < spec.size[1]; column++) {
              const sampled = tiles[previous]!.startCycle + cycleOf(results, row, column);
              expect(startCycle + cycleOf(feeds, row, column)).toBeGreaterThan(sampled);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('reaches the bound of utilisation when tiles follow each other for long', () => {
    everyDesign((design) => {
      const { spec, pes, schedule } = design;
      const [n1, n2, n3] = spec.size;
      const { tiles } = planJob(design, n1 * 600, 1, 1);
      const cycles = tiles[599]!.startCycle - tiles[299]!.startCycle;
      const reached = (300 * n1 * n2 * n3) / (pes.length * cycles);
      // The stretch of 300 tiles may end within a group of interleaved ones.
      expect(Math.abs(reached / schedule.utilisationBound - 1)).toBeLessThan(0.03);
    }, 30);
  });

  it.each<[string, Matrix3, ArraySpec['size'], number, number, number]>([
    ['output stationary', PRESETS.output_stationary, [16, 16, 64], 64, 1, 0.99],
    ['row stationary', PRESETS.row_stationary, [16, 64, 16], 64, 1, 0.99],
    ['col stationary', PRESETS.col_stationary, [64, 16, 16], 64, 1, 0.99],
    ['output stationary with four cycles to add', FOUR_CYCLES_TO_ADD, [16, 16, 64], 64, 1, 0.969],
    ['no local reuse', PRESETS.no_local_reuse, [3, 3, 3], 64, 27 / 57, 0.95],
    // 64 is no multiple of the three phases: the last group holds one tile.
    ['no local reuse', PRESETS.no_local_reuse, [16, 16, 16], 64, 256 / 721, 0.942],
    ['no local reuse', PRESETS.no_local_reuse, [16, 16, 16], 66, 256 / 721, 0.97],
  ])('of %s, %j, size %j, %i tiles from first beat to last result, nears the bound %f', (_, ...given) => {
    const [matrix, size, count, bound, share] = given;
    const { schedule, pes } = designOf({ matrix, size });
    expect(schedule.utilisationBound).toBeCloseTo(bound, 12);
    const [n1, n2, n3] = size;
    const { tiles, cycles } = planJob(designOf({ matrix, size }), n1 * count, n3, n2);
    expect(tiles.length).toBe(count);
    const reached = (count * n1 * n2 * n3) / (pes.length * cycles);
    expect(reached / bound).toBeGreaterThan(share);
    expect(reached).toBeLessThanOrEqual(bound);
  });

  it.each([
    ['one full tile', [3, 4, 2], 1, [0]],
    ['tiles along M, N and K', [6, 8, 4], 8, [0, 4, 8, 12, 16, 20, 24, 28]],
  ] as const)('of %s starts at the smallest initiation interval', (_, [m, k, n], count, starts) => {
    const { tiles } = planJob(designOf({ size: [3, 2, 4] }), m, k, n);
    expect(tiles.length).toBe(count);
    expect(tiles.map(({ startCycle }) => startCycle)).toEqual(starts);
  });
});

describe('the beats of a long job', () => {
  it('come in consecutive segments that together hold every result once', () => {
    const design = designOf({ size: [2, 2, 2] });
    const [m, k, n] = [10, 8, 12] as const;
    const plan = planJob(design, m, k, n);
    const operands = { a: tensor('int8', [m, k]), b: tensor('int8', [k, n]), c: tensor('int32', [m, n]) };
    const cyclesPerSegment = 7;
    const beats = jobBeats(design, plan, operands, cyclesPerSegment);
    let cycles = 0;
    let samples = 0;
    for (const segment of beats.segments) {
      expect(segment.firstCycle).toBe(cycles);
      expect(segment.frames.map(({ length }) => length)).toEqual(
        design.inputs.map(({ frameBytes }) => segment.cycles * frameBytes),
      );
      expect([...segment.sampleCycle]).toEqual([...segment.sampleCycle].sort((p, q) => p - q));
      expect([...segment.returnCycle]).toEqual([...segment.returnCycle].sort((p, q) => p - q));
      cycles += segment.cycles;
      samples += segment.sampleCycle.length;
    }
    expect(cycles).toBe(plan.cycles);
    expect(plan.cycles).toBeGreaterThan(10 * cyclesPerSegment);
    expect(samples).toBe(m * n * Math.ceil(k / 2));
    expect(new Set(beats.resultSample).size).toBe(m * n);
  });
});
