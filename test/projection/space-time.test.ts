import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { ProjectionError } from '../../src/errors.ts';
import {
  adjugate,
  assertLegalProjection,
  determinant,
  formatMatrix,
  MAX_ENTRY,
  type Matrix3,
  PRESET_NAMES,
  PRESETS,
  projectionProblems,
} from '../../src/projection/space-time.ts';
import { specOf } from '../design/support/arrays.ts';

const anyEntry = fc.integer({ min: -MAX_ENTRY, max: MAX_ENTRY });
const anyRow = fc.tuple(anyEntry, anyEntry, anyEntry);

describe('a projection matrix', () => {
  test.each(PRESET_NAMES)('is legal when it is the preset %s', (preset) => {
    expect(projectionProblems(PRESETS[preset])).toEqual([]);
  });

  test.each<[string, Matrix3, string[]]>([
    [
      'its determinant is 0',
      [
        [1, 0, 0],
        [2, 0, 0],
        [1, 1, 1],
      ],
      [
        'the projection matrix [[1, 0, 0], [2, 0, 0], [1, 1, 1]] has determinant 0, so two steps would share a PE and a cycle',
      ],
    ],
    [
      'line a stands still in time',
      [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 1],
      ],
      ['the delay of line a (entry j of the schedule row) must be at least 1 cycle, received 0'],
    ],
    [
      'lines b and c run backwards in time and two rows are the same',
      [
        [0, 1, 0],
        [0, 1, 0],
        [-1, 1, -2],
      ],
      [
        'the projection matrix [[0, 1, 0], [0, 1, 0], [-1, 1, -2]] has determinant 0, so two steps would share a PE and a cycle',
        'the delay of line b (entry i of the schedule row) must be at least 1 cycle, received -1',
        'the delay of line c (entry k of the schedule row) must be at least 1 cycle, received -2',
      ],
    ],
    [
      'an entry is a fraction',
      [
        [1, 0, 0],
        [0, 0.5, 0],
        [1, 1, 1],
      ],
      ['the entries of a projection matrix are integers within ±4096, received [[1, 0, 0], [0, 0.5, 0], [1, 1, 1]]'],
    ],
    [
      'an entry is too large',
      [
        [1, 0, 0],
        [0, 4097, 0],
        [1, 1, 1],
      ],
      ['the entries of a projection matrix are integers within ±4096, received [[1, 0, 0], [0, 4097, 0], [1, 1, 1]]'],
    ],
  ])('is refused when %s', (_, matrix, problems) => {
    expect(projectionProblems(matrix)).toEqual(problems);
    const refusal = new ProjectionError(problems.join('; '));
    expect(() => assertLegalProjection(matrix)).toThrow(refusal);
    expect(() => buildDesign(specOf({ matrix }))).toThrow(refusal);
  });

  it('times its adjugate is its determinant times the identity, exactly, for all entries allowed', () => {
    fc.assert(
      fc.property(fc.tuple(anyRow, anyRow, anyRow), (matrix) => {
        const det = BigInt(determinant(matrix));
        const product = adjugate(matrix).map((row) =>
          [0, 1, 2].map((column) =>
            row.reduce((sum, entry, n) => sum + BigInt(entry) * BigInt(matrix[n]![column]!), 0n),
          ),
        );
        expect(product).toEqual([
          [det, 0n, 0n],
          [0n, det, 0n],
          [0n, 0n, det],
        ]);
      }),
    );
  });

  it('is printed as the spec language writes it', () => {
    expect(formatMatrix(PRESETS.no_local_reuse)).toBe('[[-1, 1, 0], [0, -1, 1], [1, 1, 1]]');
  });
});
