import { dtypeInfo } from '../dtype/dtype.ts';
import { FAULT_NODES } from '../fault/fault.ts';
import type { ArrayInput, ArraySpec } from './array-spec.ts';

/** A floating-point adder gets so many registers by itself, where the schedule gives it time: more help little. */
const MOST_DEFAULT_STAGES = 8;

/** Fill in what an array leaves out; a copy, so that what the caller changes later does not matter. */
export function completeSpec(given: ArrayInput): ArraySpec {
  const { name, size, projection, types, operators } = given;
  const own = { multiplier: operators?.multiplier ?? null, adder: operators?.adder ?? null };
  return {
    name,
    size: [...size],
    projection: {
      preset: projection.preset,
      matrix: projection.matrix.map((row) => [...row]) as unknown as ArraySpec['projection']['matrix'],
    },
    types: { a: types.a, b: types.b, c: types.c },
    wrap: given.wrap ?? false,
    faultSlots: given.faultSlots ?? 0,
    faultNodes: given.faultNodes ? FAULT_NODES.filter((node) => given.faultNodes!.includes(node)) : null,
    multiplierStages: given.multiplierStages ?? 0,
    multiplierStyle: given.multiplierStyle ?? 'inferred',
    adderStages: given.adderStages ?? defaultAdderStages({ projection, types, operators: own }),
    operators: own,
  };
}

/** Choose the registers of the adder: all that its schedule has time for in floating point, only c otherwise. */
export function defaultAdderStages({
  projection,
  types,
  operators,
}: Pick<ArraySpec, 'projection' | 'types' | 'operators'>): number {
  if (dtypeInfo(types.c).kind === 'integer' || operators.adder !== null) return 1;
  return Math.min(projection.matrix[2][2], MOST_DEFAULT_STAGES);
}
