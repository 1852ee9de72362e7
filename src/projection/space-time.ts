import { ProjectionError } from '../errors.ts';

export type Vector3 = readonly [number, number, number];
export type Matrix3 = readonly [Vector3, Vector3, Vector3];

/** The three data streams; line v moves along the iteration axis `LINE_AXIS[v]` (0 = i, 1 = j, 2 = k). */
export const LINES = ['a', 'b', 'c'] as const;
export type Line = (typeof LINES)[number];
export const LINE_AXIS: Readonly<Record<Line, 0 | 1 | 2>> = { a: 1, b: 0, c: 2 };

/** Rows of T = [P; π] of the dataflows that have a name in the literature. */
export const PRESETS = {
  output_stationary: [
    [1, 0, 0],
    [0, 1, 0],
    [1, 1, 1],
  ],
  row_stationary: [
    [1, 0, 0],
    [0, 0, -1],
    [1, 1, 1],
  ],
  col_stationary: [
    [0, 0, 1],
    [0, -1, 0],
    [1, 1, 1],
  ],
  no_local_reuse: [
    [-1, 1, 0],
    [0, -1, 1],
    [1, 1, 1],
  ],
  output_stationary_eq: [
    [-1, 0, 0],
    [0, -1, 0],
    [1, 1, 1],
  ],
  row_stationary_eq: [
    [-1, 0, 0],
    [0, 0, 1],
    [1, 1, 1],
  ],
  col_stationary_eq: [
    [0, 0, -1],
    [0, 1, 0],
    [1, 1, 1],
  ],
  no_local_reuse_eq: [
    [0, 1, -1],
    [-1, 1, 0],
    [1, 1, 1],
  ],
} as const satisfies Record<string, Matrix3>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** Entries of T stay within ±MAX_ENTRY, so that every product of the exact algebra fits a double's 53 bits. */
export const MAX_ENTRY = 4096;

/**
 * List every reason why a matrix cannot be a projection matrix; none means that it is legal: integer entries,
 * det T ≠ 0, and delays δ_a = π_j, δ_b = π_i, δ_c = π_k of at least one cycle.
 */
export function projectionProblems(matrix: Matrix3): string[] {
  const flat = matrix.flat();
  if (flat.some((entry) => !Number.isInteger(entry) || Math.abs(entry) > MAX_ENTRY)) {
    return [`the entries of a projection matrix are integers within ±${MAX_ENTRY}, received ${formatMatrix(matrix)}`];
  }
  const problems: string[] = [];
  if (determinant(matrix) === 0) {
    problems.push(
      `the projection matrix ${formatMatrix(matrix)} has determinant 0, so two steps would share a PE and a cycle`,
    );
  }
  for (const line of LINES) {
    const delay = matrix[2][LINE_AXIS[line]];
    if (delay < 1) {
      const axis = 'ijk'[LINE_AXIS[line]];
      problems.push(
        `the delay of line ${line} (entry ${axis} of the schedule row) must be at least 1 cycle, received ${delay}`,
      );
    }
  }
  return problems;
}

/** Refuse an illegal projection matrix. @throws {ProjectionError} with every reason. */
export function assertLegalProjection(matrix: Matrix3): void {
  const problems = projectionProblems(matrix);
  if (problems.length > 0) throw new ProjectionError(problems.join('; '));
}

/** Compute the determinant; exact for entries within ±MAX_ENTRY. */
export function determinant([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** Compute the adjugate: adj(T)·T = det(T)·I. */
export function adjugate([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): Matrix3 {
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
}

/** Print a matrix as the spec language writes it. */
export function formatMatrix(matrix: Matrix3): string {
  return `[${matrix.map((row) => `[${row.join(', ')}]`).join(', ')}]`;
}
