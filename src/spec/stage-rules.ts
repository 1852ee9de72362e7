import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { determinant, type Matrix3 } from '../projection/space-time.ts';
import { type ArraySpec, MAX_STAGES, type MultiplierStyle } from './array-spec.ts';
import { type IntegerRule, shorten } from './wording.ts';

export const MULTIPLIER_STAGES: IntegerRule = { thing: 'the stages of a multiplier', least: 0, most: MAX_STAGES };
export const ADDER_STAGES: IntegerRule = { thing: 'the stages of an adder', least: 1, most: MAX_STAGES };

/** What the stages of an adder depend on; null for what is not known, which then refuses nothing. */
interface AdderSurroundings {
  readonly adderStages: number;
  readonly c: Dtype | null;
  readonly matrix: Matrix3 | null;
  /** Name of the user's own adder. */
  readonly ownAdder: string | null;
}

/** Say why an adder cannot have so many stages; null when it can. */
export function adderStagesProblem({ adderStages, c, matrix, ownAdder }: AdderSurroundings): string | null {
  if (adderStages === 1) return null;
  if (c !== null && dtypeInfo(c).kind === 'integer') {
    return `only floating-point adders have more than 1 stage, received ${adderStages} for ${c}`;
  }
  if (ownAdder !== null) {
    return `an own adder is combinational and has 1 stage, received ${adderStages} for "${shorten(ownAdder)}"`;
  }
  if (matrix === null) return null;
  const schedule = matrix[2];
  if (adderStages <= schedule[2]) return null;
  return (
    `an adder of ${adderStages} stages needs a delay of line c (entry k of the schedule row) of at least ${adderStages} ` +
    `cycles, received [${schedule.join(', ')}]; the smallest that works is [${slowerSchedule(matrix, adderStages).join(', ')}]`
  );
}

/** Say why an array's multiplier cannot have a style; null when it can. */
export function multiplierStyleProblem(
  style: MultiplierStyle,
  { a, b }: ArraySpec['types'],
  ownMultiplier: string | null,
): string | null {
  if (style === 'inferred') return null;
  if (ownMultiplier !== null) {
    return `an own multiplier has no style, received multiplier_style ${style} for "${shorten(ownMultiplier)}"`;
  }
  if (dtypeInfo(a).kind === 'integer') return null;
  return `the multiplier style ${style} is for integers, received ${a} × ${b}`;
}

/** The schedule row with the smallest entry k that gives line c so many cycles and keeps the matrix legal. */
function slowerSchedule([p, q, [i, j]]: Matrix3, delayCycles: number): readonly number[] {
  // The determinant is linear in that entry, so at most one value makes it 0.
  return determinant([p, q, [i, j, delayCycles]]) === 0 ? [i, j, delayCycles + 1] : [i, j, delayCycles];
}
