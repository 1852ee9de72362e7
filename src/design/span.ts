import { ProjectionError } from '../errors.ts';
import { dot, intersect, stepsWithin } from '../projection/geometry.ts';
import { formatMatrix, LINE_AXIS, LINES, type Vector3 } from '../projection/space-time.ts';
import type { ArraySpec } from '../spec/array-spec.ts';

/** Tables of beats and the harness count the cycles of a tile in 32 bits. */
export const MAX_SPAN_CYCLES = 2 ** 31 - 1;

/**
 * Bound a tile's span from below before any PE is placed, which takes long where the span is long: one lane is fed
 * values a period apart for as many steps of u as both indices of its line allow.
 */
export function leastSpanCycles(spec: ArraySpec, kernel: Vector3): number {
  const periodCycles = dot(spec.projection.matrix[2], kernel);
  const steps = LINES.map((line) => mostStepsOfLane(spec, kernel, LINE_AXIS[line])).filter(Number.isFinite);
  return Math.max(...steps) * periodCycles + 1;
}

/**
 * Refuse a tile that spans more cycles than can be counted; `bound` precedes a span that is only bounded.
 * @throws {ProjectionError}
 */
export function refuseLongSpan({ size, projection }: ArraySpec, spanCycles: number, bound = ''): void {
  if (spanCycles <= MAX_SPAN_CYCLES) return;
  throw new ProjectionError(
    `the projection matrix ${formatMatrix(projection.matrix)} spreads a tile of ${size.join(' × ')} over ` +
      `${bound}${spanCycles} cycles, at most ${MAX_SPAN_CYCLES} can be counted`,
  );
}

/** The steps of u between the first and the last value of a line's longest lane; Infinity for a stationary line. */
function mostStepsOfLane({ size }: ArraySpec, kernel: Vector3, lineAxis: number): number {
  return ([0, 1, 2] as const)
    .filter((axis) => axis !== lineAxis)
    .map((axis) => stepsWithin(kernel[axis] > 0 ? 1 : size[axis], kernel[axis], 1, size[axis]))
    .reduce(intersect).to;
}
