import { adjugate, determinant, type Matrix3, type Vector3 } from './space-time.ts';

/** The iteration box 1 ≤ ν_d ≤ N_d. */
export type Box = readonly [n1: number, n2: number, n3: number];

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Compute a + n·b. */
export function addScaled(a: Vector3, n: number, b: Vector3): Vector3 {
  return [a[0] + n * b[0], a[1] + n * b[1], a[2] + n * b[2]];
}

/** Apply P: the PE at which the point ν runs. */
export function placeOf(matrix: Matrix3, point: Vector3): readonly [x: number, y: number] {
  return [dot(matrix[0], point), dot(matrix[1], point)];
}

/** Apply π: the time step in which the point ν runs. */
export function timeOf(matrix: Matrix3, point: Vector3): number {
  return dot(matrix[2], point);
}

/**
 * Find the primitive integer vector u with P·u = 0 and π·u > 0. The points that share a PE differ by multiples of u,
 * and follow each other every π·u cycles.
 */
export function kernelVector(matrix: Matrix3): Vector3 {
  const [[a, b, c], [d, e, f], schedule] = matrix;
  const cross: Vector3 = [b * f - c * e, c * d - a * f, a * e - b * d];
  const divisor = cross.reduce((g, entry) => gcd(g, Math.abs(entry)), 0);
  const sign = Math.sign(dot(schedule, cross));
  const scale = (entry: number) => (sign * entry) / divisor + 0;
  return [scale(cross[0]), scale(cross[1]), scale(cross[2])];
}

/**
 * Make the exact inverse of T: a function that gives the point ν with T·ν = (x, y, t), or null where that is no
 * integer point. Computed with adjugate and determinant; all products stay below 2^53.
 */
export function inverseOf(matrix: Matrix3): (x: number, y: number, t: number) => Vector3 | null {
  const adj = adjugate(matrix);
  const det = determinant(matrix);
  return (x, y, t) => {
    const i = (adj[0][0] * x + adj[0][1] * y + adj[0][2] * t) / det;
    const j = (adj[1][0] * x + adj[1][1] * y + adj[1][2] * t) / det;
    const k = (adj[2][0] * x + adj[2][1] * y + adj[2][2] * t) / det;
    return Number.isInteger(i) && Number.isInteger(j) && Number.isInteger(k) ? [i + 0, j + 0, k + 0] : null;
  };
}

/**
 * Visit exactly one point of the box for every PE: the earliest, whose predecessor ν − u lies outside. Takes time in
 * proportion to the number of PEs, not of points.
 */
export function forEachEarliestPoint(
  box: Box,
  kernel: Vector3,
  visit: (i: number, j: number, k: number) => void,
): void {
  const [n1, n2, n3] = box;
  const [ui, uj, uk] = kernel;
  for (let i = 1; i <= n1; i++) {
    const leavesByI = i - ui < 1 || i - ui > n1;
    for (let j = 1; j <= n2; j++) {
      const leaves = leavesByI || j - uj < 1 || j - uj > n2;
      const from = !leaves && uk < 0 ? Math.max(1, n3 + uk + 1) : 1;
      const to = !leaves && uk >= 0 ? Math.min(n3, uk) : n3;
      for (let k = from; k <= to; k++) visit(i, j, k);
    }
  }
}

/** An interval of integers, both ends included; empty when from > to. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Find all n for which start + n·step stays within low … high. */
export function stepsWithin(start: number, step: number, low: number, high: number): Interval {
  if (step === 0) {
    return start >= low && start <= high
      ? { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
      : { from: 0, to: -1 };
  }
  const [first, last] = step > 0 ? [low, high] : [high, low];
  return { from: Math.ceil((first - start) / step) + 0, to: Math.floor((last - start) / step) + 0 };
}

/** Intersect two intervals. */
export function intersect(a: Interval, b: Interval): Interval {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
