import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addScaled,
  type Box,
  dot,
  forEachEarliestPoint,
  intersect,
  inverseOf,
  kernelVector,
  placeOf,
  stepsWithin,
  timeOf,
} from '../../src/projection/geometry.ts';
import type { Vector3 } from '../../src/projection/space-time.ts';
import { boxes, legalMatrices } from '../design/support/arrays.ts';

const coordinate = fc.integer({ min: -1000, max: 1000 }).map((value) => value + 0);
const points = fc.tuple(coordinate, coordinate, coordinate);

function pointsOf([n1, n2, n3]: Box): Vector3[] {
  const all: Vector3[] = [];
  for (let i = 1; i <= n1; i++) for (let j = 1; j <= n2; j++) for (let k = 1; k <= n3; k++) all.push([i, j, k]);
  return all;
}

describe('the inverse of T', () => {
  it('takes every place and time back to its point', () => {
    fc.assert(
      fc.property(legalMatrices, points, (matrix, point) => {
        expect(inverseOf(matrix)(...placeOf(matrix, point), timeOf(matrix, point))).toEqual(point);
      }),
    );
  });

  it('gives a point only where T leads back from it to the same place and time', () => {
    fc.assert(
      fc.property(legalMatrices, points, (matrix, [x, y, t]) => {
        const point = inverseOf(matrix)(x, y, t);
        if (point) expect([...placeOf(matrix, point), timeOf(matrix, point)]).toEqual([x, y, t]);
      }),
    );
  });
});

describe('the kernel vector u', () => {
  it('stays on its PE, goes forward in time and is primitive', () => {
    fc.assert(
      fc.property(legalMatrices, (matrix) => {
        const u = kernelVector(matrix);
        expect(placeOf(matrix, u)).toEqual([0, 0]);
        expect(timeOf(matrix, u)).toBeGreaterThan(0);
        for (const divisor of [2, 3, 5, 7]) expect(u.every((entry) => entry % divisor === 0)).toBe(false);
      }),
    );
  });

  it('separates all points that share a PE by its multiples', () => {
    fc.assert(
      fc.property(legalMatrices, boxes, (matrix, box) => {
        const u = kernelVector(matrix);
        const all = pointsOf(box);
        for (const p of all) {
          for (const q of all) {
            const difference: Vector3 = addScaled(p, -1, q);
            const samePe = placeOf(matrix, difference).every((entry) => entry === 0);
            const steps = dot(difference, u) / dot(u, u);
            const multiple = Number.isInteger(steps) && addScaled(q, steps, u).join() === p.join();
            expect(multiple).toBe(samePe);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('leads to the earliest point of every PE, each visited once', () => {
    fc.assert(
      fc.property(legalMatrices, boxes, (matrix, box) => {
        const earliest = new Map<string, Vector3>();
        for (const point of pointsOf(box)) {
          const place = placeOf(matrix, point).join();
          const known = earliest.get(place);
          if (!known || timeOf(matrix, point) < timeOf(matrix, known)) earliest.set(place, point);
        }
        const visited: Vector3[] = [];
        forEachEarliestPoint(box, kernelVector(matrix), (i, j, k) => visited.push([i, j, k]));
        expect(visited.map(String).sort()).toEqual([...earliest.values()].map(String).sort());
      }),
    );
  });
});

describe('an interval of steps', () => {
  const small = fc.integer({ min: -9, max: 9 });

  it('holds exactly the steps that stay within the bounds', () => {
    fc.assert(
      fc.property(small, small, small, small, (start, step, low, high) => {
        const { from, to } = stepsWithin(start, step, low, high);
        for (let n = -25; n <= 25; n++) {
          const at = start + n * step;
          expect(n >= from && n <= to).toBe(at >= low && at <= high);
        }
      }),
    );
  });

  it('intersects another in the steps of both', () => {
    expect(intersect({ from: -2, to: 5 }, { from: 3, to: 9 })).toEqual({ from: 3, to: 5 });
    expect(intersect({ from: -Infinity, to: Infinity }, { from: 3, to: 9 })).toEqual({ from: 3, to: 9 });
  });
});
