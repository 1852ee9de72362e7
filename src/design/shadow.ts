import { dot, placeOf } from '../projection/geometry.ts';
import { LINE_AXIS, type Line, type Matrix3, type Vector3 } from '../projection/space-time.ts';
import type { Pe, ShadowChain } from './design.ts';
import { buildNetwork, type PeLookup } from './network.ts';

/**
 * Lay the shadow chain of a stationary line: values hop from PE to PE so that each passes its own PE in just the cycle
 * in which the `first` token arrives there.
 *
 * A chain that makes the step g of iteration space every ρ cycles carries values of neighbouring PEs π·g − ρ cycles
 * apart. ρ = π·g + period spaces them by one period, so a chain loads one value per tile phase and period, as fast as
 * PEs can use them, and the chain may take a finished sum into the very slot whose value it has just delivered.
 * Of the steps between neighbours the one with the fewest registers (smallest ρ) is taken; for the usual schedule
 * [1, 1, 1] that is the anti-diagonal, whose PEs start in the same cycle: one register per PE.
 */
export function buildShadowChain(
  line: Line,
  matrix: Matrix3,
  periodCycles: number,
  widthBits: number,
  pes: readonly Pe[],
  peAt: PeLookup,
): ShadowChain {
  const axis = LINE_AXIS[line];
  const [p, q] = ([0, 1, 2] as const).filter((d) => d !== axis) as [0 | 1 | 2, 0 | 1 | 2];
  const step = cheapestStep(matrix[2], unit(p), unit(q));
  const delayCycles = dot(matrix[2], step) + periodCycles;
  const network = buildNetwork(pes, peAt, placeOf(matrix, step), delayCycles);
  return { ...network, step, widthBits, drains: line === 'c' };
}

function cheapestStep(schedule: Vector3, p: Vector3, q: Vector3): Vector3 {
  const difference: Vector3 = [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
  const reverse: Vector3 = [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
  const candidates = [p, q, difference, reverse].filter((step) => dot(schedule, step) >= 0);
  return candidates.reduce((best, step) => (dot(schedule, step) < dot(schedule, best) ? step : best));
}

function unit(axis: 0 | 1 | 2): Vector3 {
  return [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
}
