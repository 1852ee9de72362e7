import { dtypeInfo } from '../dtype/dtype.ts';
import { determinant, type Matrix3 } from '../projection/space-time.ts';
import { type ArraySpec, MAX_STAGES } from './array-spec.ts';
import type { IntegerRule } from './wording.ts';

export const MULTIPLIER_STAGES: IntegerRule = { thing: 'the stages of a multiplier', least: 0, most: MAX_STAGES };
export const ADDER_STAGES: IntegerRule = { thing: 'the stages of an adder', least: 1, most: MAX_STAGES };

/** Say why an adder cannot have so many stages; null when it can. */
export function adderStagesProblem(spec: Pick<ArraySpec, 'projection' | 'types' | 'adderStages' | 'operators'>) {
  const { projection, types, adderStages, operators } = spec;
  if (adderStages === 1) return null;
  if (dtypeInfo(types.c).kind === 'integer') {
    return `only floating-point adders have more than 1 stage, received ${adderStages} for ${types.c}`;
  }
  if (operators.adder !== null) {
    return `an own adder is combinational and has 1 stage, received ${adderStages} for ${operators.adder.name}`;
  }
  const { matrix } = projection;
  const schedule = matrix[2];
  if (adderStages <= schedule[2]) return null;
  return (
    `an adder of ${adderStages} stages needs a delay of line c (entry k of the schedule row) of at least ${adderStages} ` +
    `cycles, received [${schedule.join(', ')}]; the smallest that works is [${slowerSchedule(matrix, adderStages).join(', ')}]`
  );
}

/** The schedule row with the smallest entry k that gives line c so many cycles and keeps the matrix legal. */
function slowerSchedule([p, q, [i, j]]: Matrix3, delayCycles: number): readonly number[] {
  // The determinant is linear in that entry, so at most one value makes it 0.
  return determinant([p, q, [i, j, delayCycles]]) === 0 ? [i, j, delayCycles + 1] : [i, j, delayCycles];
}
