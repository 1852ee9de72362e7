import { describe, expect, it, test } from 'vitest';
import type { RecordedLayer } from '../../../src/campaign/engine/recorded-layer.ts';
import { changedSums, tensorChange } from '../../../src/campaign/replay/changed-sums.ts';
import { type TensorData, tensor } from '../../../src/tensor/tensor.ts';

const PIXELS = 12;
const CHANNELS = 8;
/** Tiles of two pixels and four channels where channels are columns, of four and two where they are rows. */
const SIZE = [2, 4, 4] as const;

/** A layer of one product, of so many channels and pixels in one line, that is all zeros. */
function zeros(axis: 'rows' | 'columns'): RecordedLayer {
  const isRows = axis === 'rows';
  const matrix = tensor('int32', isRows ? [CHANNELS, PIXELS] : [PIXELS, CHANNELS]);
  const sums = Array.from({ length: CHANNELS }, (_, channel) => ({
    first: isRows ? channel * PIXELS : channel,
    step: isRows ? 1 : CHANNELS,
    count: PIXELS,
    place: channel * PIXELS,
  }));
  const product = { a: matrix, b: matrix, previous: null, result: matrix, sums, channels: { axis, first: 0 } };
  const layer = tensor('int32', [1, CHANNELS, 1, PIXELS]);
  return { operands: [], products: [product], sums: layer, result: layer };
}

type Place = readonly [channel: number, pixel: number];

const CASES: readonly (readonly [axis: 'rows' | 'columns', places: readonly Place[], pattern: string | null])[] = [
  ['columns', [], null],
  ['columns', [[3, 5]], 'single'],
  [
    'columns',
    [
      [3, 5],
      [7, 5],
    ],
    'row',
  ],
  [
    'columns',
    [
      [3, 5],
      [3, 11],
    ],
    'column',
  ],
  [
    'columns',
    [
      [0, 2],
      [3, 3],
    ],
    'block',
  ],
  [
    'columns',
    [
      [0, 3],
      [3, 4],
    ],
    'scattered',
  ],
  [
    'columns',
    [
      [3, 2],
      [4, 3],
    ],
    'scattered',
  ],
  [
    'rows',
    [
      [0, 4],
      [1, 7],
    ],
    'block',
  ],
  [
    'rows',
    [
      [1, 4],
      [2, 7],
    ],
    'scattered',
  ],
  [
    'rows',
    [
      [0, 3],
      [1, 4],
    ],
    'scattered',
  ],
];

describe('changedSums', () => {
  it.each(CASES)('of a layer with channels as %s, %j, finds the pattern %s', (axis, places, pattern) => {
    const recorded = zeros(axis);
    const faulty = tensor('int32', recorded.sums.shape);
    for (const [channel, pixel] of places) faulty.data[channel * PIXELS + pixel] = -1;
    const found = changedSums(recorded, faulty, SIZE);
    expect(found).toMatchObject({ pattern, changed: places.length, elements: CHANNELS * PIXELS });
    expect(found.first).toEqual(
      places.map(([channel, pixel]) => ({
        position: [channel, 0, pixel],
        clean: '0',
        faulty: '-1',
        cleanBits: '0x00000000',
        faultyBits: '0xffffffff',
      })),
    );
  });

  it('tells the first eight of many', () => {
    const recorded = zeros('rows');
    const all = new Int32Array(CHANNELS * PIXELS).fill(7);
    const { changed, first } = changedSums(recorded, tensor('int32', recorded.sums.shape, all), SIZE);
    expect(changed).toBe(CHANNELS * PIXELS);
    expect(first.map(({ position }) => position)).toEqual(Array.from({ length: 8 }, (_, pixel) => [0, 0, pixel]));
  });
});

const DIFFERENCES: readonly (readonly [clean: TensorData, faulty: TensorData, changed: number, largest: number])[] = [
  [Float32Array.of(1, 2), Float32Array.of(1, 2), 0, 0],
  [Float32Array.of(0, 2), Float32Array.of(-0, -2), 2, 4],
  [Float32Array.of(1, 2), Float32Array.of(Number.NaN, 3), 2, Number.NaN],
  [Float32Array.of(1, 2), Float32Array.of(1, Number.NEGATIVE_INFINITY), 1, Number.POSITIVE_INFINITY],
];

test.each(DIFFERENCES)('%o and %o differ in %i elements, by %d at most', (clean, faulty, changed, largest) => {
  const [x, y] = [tensor('float32', [2], clean), tensor('float32', [2], faulty)];
  expect(tensorChange(x, y)).toMatchObject({ elements: 2, changed, largestDifference: largest });
});
