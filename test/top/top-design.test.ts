import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { EspalierError } from '../../src/errors.ts';
import { beatTable, operandOf } from '../../src/schedule/beat-table.ts';
import { type TopLane, topDesign } from '../../src/top/top-design.ts';
import { designOf, specs } from '../design/support/arrays.ts';

describe('the width of the streams', () => {
  it.each([
    [16, 'the streams of a top module are a power of two of 32 to 4096 bits wide, received 16'],
    [96, 'the streams of a top module are a power of two of 32 to 4096 bits wide, received 96'],
    [8192, 'the streams of a top module are a power of two of 32 to 4096 bits wide, received 8192'],
    [0, 'the streams of a top module are a power of two of 32 to 4096 bits wide, received 0'],
    [Number.NaN, 'the streams of a top module are a power of two of 32 to 4096 bits wide, received NaN'],
  ])('%s is refused by a sentence', (streamBits, sentence) => {
    expect(() => topDesign(designOf(), streamBits)).toThrow(new EspalierError(sentence));
  });

  it('holds an element at least', () => {
    const design = designOf({ types: { a: 'int16', b: 'int16', c: 'int64' } });
    expect(() => topDesign(design, 32)).toThrow(
      new EspalierError('the streams of a top module are a power of two of 64 to 4096 bits wide, received 32'),
    );
  });

  it('is by default the least that brings a tile with its C in the time of a tile', () => {
    const design = designOf({ size: [4, 4, 16] });
    const { streamBits, beats } = topDesign(design);
    const clocks = 1 + beats.a + beats.b + beats.c;
    expect(clocks).toBeLessThanOrEqual(design.schedule.initiationSteps);
    const narrower = topDesign(design, streamBits / 2).beats;
    expect(1 + narrower.a + narrower.b + narrower.c).toBeGreaterThan(design.schedule.initiationSteps);
  });
});

describe('an array that a top module cannot serve', () => {
  it('is refused by a sentence', () => {
    const design = designOf({
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [1, 1, 4000],
      ],
      size: [2, 2, 40],
    });
    expect(() => topDesign(design)).toThrow(
      new EspalierError(
        `a top module takes arrays whose tiles span up to 65536 cycles, received sample with ${design.schedule.spanCycles}`,
      ),
    );
  });
});

/** The row-major elements of a lane in the order of time, as a lane of a top module works them out. */
function elementsOf({ first, stride, count, descending }: TopLane): number[] {
  const ascending = Array.from({ length: count }, (_, n) => first + n * stride);
  return descending ? ascending.reverse() : ascending;
}

describe('the lanes of any array', () => {
  it('pass the elements of the schedule in its cycles, and no beat holds more of one lane than it has banks', () => {
    fc.assert(
      fc.property(specs, fc.constantFrom(64, 128, 512), (spec, streamBits) => {
        const design = buildDesign(spec);
        const top = topDesign(design, streamBits);
        const columns = { a: spec.size[2], b: spec.size[1], c: spec.size[1] };
        const ports = [...top.ports, top.output];
        for (const port of ports) {
          const input = design.inputs.findIndex(({ name }) => name === port.name);
          const table = beatTable(design, input === -1 ? 'results' : input);
          const expected = new Map<string, number>();
          for (let n = 0; n < table.length; n++) {
            expected.set(`${table.lane[n]} ${table.cycle[n]}`, table.row[n]! * columns[port.line] + table.column[n]!);
          }
          const found = new Map<string, number>();
          for (const lane of port.lanes) {
            const elements = elementsOf(lane);
            elements.forEach((element, n) => {
              found.set(`${lane.lane} ${lane.cycle + n * design.periodCycles}`, element);
            });
            const inBeat = new Map<number, number>();
            for (const element of elements) {
              const beat = Math.floor(element / lane.elements);
              inBeat.set(beat, (inBeat.get(beat) ?? 0) + 1);
            }
            expect(Math.max(...inBeat.values())).toBeLessThanOrEqual(lane.banks);
            expect(Number.isInteger(Math.log2(lane.banks))).toBe(true);
          }
          expect(found).toEqual(expected);
          if (input === -1) expect(new Set(found.values()).size).toBe(spec.size[0] * spec.size[1]);
          expect(input === -1 || operandOf(design, port.name) === port.line).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
