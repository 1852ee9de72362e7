import type { Design } from '../design/design.ts';
import type { Vector3 } from '../projection/space-time.ts';

/** Where and when step (i, j, k) of a tile runs, as formulas. */
export interface Formulas {
  readonly x: string;
  readonly y: string;
  /** The cycle in which registers a and b take their values, and the one in which register c does. */
  readonly cycle: string;
  readonly cycleOfSum: string;
}

/** Print the space-time contract of a design. */
export function formulasOf({ matrix, schedule, sumLagCycles }: Design): Formulas {
  return {
    x: linearFormula(matrix[0], 0),
    y: linearFormula(matrix[1], 0),
    cycle: linearFormula(matrix[2], -schedule.originTime),
    cycleOfSum: linearFormula(matrix[2], sumLagCycles - schedule.originTime),
  };
}

/** Print a row of T as a formula in i, j and k, such as `i - 2*k + 3`. */
function linearFormula(row: Vector3, constant: number): string {
  const terms = row.flatMap((factor, axis) => (factor === 0 ? [] : [term(factor, 'ijk'[axis]!)]));
  if (constant !== 0 || terms.length === 0) terms.push(term(constant, ''));
  return terms.join(' ').replace(/^\+ /, '').replace(/^- /, '-');
}

function term(factor: number, name: string): string {
  const size = Math.abs(factor);
  const product = name === '' ? `${size}` : size === 1 ? name : `${size}*${name}`;
  return `${factor < 0 ? '-' : '+'} ${product}`;
}
