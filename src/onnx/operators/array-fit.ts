import { dtypeInfo } from '../../dtype/dtype.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';

/** Say why an integer layer cannot run on an array of these dtypes; null when it can. */
export function integerProblem(types: ArraySpec['types']): string | null {
  if (dtypeInfo(types.c).kind === 'integer') return null;
  return `its integers need an array of integers, received ${describe(types)}`;
}

/**
 * Say why a floating-point layer cannot run on an array of these dtypes; null when it can. Factors must have the type
 * of the layer; the accumulator, which every array has at least as wide as its factors, may be wider.
 * @param type element type of the layer; null when it is not known yet
 */
export function floatProblem(type: string | null, types: ArraySpec['types']): string | null {
  if (type === null) {
    if (dtypeInfo(types.c).kind === 'float') return null;
    return `its floating-point numbers need an array of floating point, received ${describe(types)}`;
  }
  if (types.a === type && types.b === type) return null;
  return `its ${type} numbers need an array with ${type} as a and b, received ${describe(types)}`;
}

function describe({ a, b, c }: ArraySpec['types']): string {
  return `a: ${a}, b: ${b}, c: ${c}`;
}
