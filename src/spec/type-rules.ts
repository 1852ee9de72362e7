import { dtypeInfo, integerRange, productRange } from '../dtype/dtype.ts';
import type { ArraySpec } from './array-spec.ts';

/** The line whose dtype breaks a rule, or the wrap of line c, and the rule in a sentence. */
export interface TypeProblem {
  readonly part: 'a' | 'b' | 'c' | 'wrap';
  readonly message: string;
}

/**
 * Find what makes three dtypes no array: factors of both kinds or of two floating-point formats, an accumulator of
 * the other kind or one that cannot hold what it adds up, a wrap for nothing. Null when they go together.
 */
export function typeProblem({ a, b, c }: ArraySpec['types'], wrap: boolean): TypeProblem | null {
  const [x, y, z] = [dtypeInfo(a), dtypeInfo(b), dtypeInfo(c)];
  if (x.kind !== y.kind) {
    return { part: 'b', message: `a and b must both be integers or both floating point, received ${a} × ${b}` };
  }
  if (x.kind !== z.kind) {
    const kind = x.kind === 'float' ? 'floating point' : 'an integer';
    return { part: 'c', message: `the accumulator of ${a} × ${b} must be ${kind} as they are, received ${c}` };
  }
  if (x.kind === 'integer') return wrapProblem({ a, b, c }, wrap);
  if (a !== b) return { part: 'b', message: `floating-point a and b must have the same dtype, received ${a} × ${b}` };
  if (wrap) return { part: 'wrap', message: `only integers wrap, received wrap behind ${c}` };
  if (z.float!.exponentBits >= x.float!.exponentBits && z.float!.fractionBits >= x.float!.fractionBits) return null;
  return { part: 'c', message: `the accumulator must hold every ${a} exactly, received ${c}` };
}

/** Tell whether an integer accumulator cannot hold every single product. */
export function isNarrow({ a, b, c }: ArraySpec['types']): boolean {
  const [product, sum] = [productRange(a, b), integerRange(c)];
  return product.min < sum.min || product.max > sum.max;
}

function wrapProblem(types: ArraySpec['types'], wrap: boolean): TypeProblem | null {
  if (wrap === isNarrow(types)) return null;
  const { a, b, c } = types;
  const { min, max } = productRange(a, b);
  const products = `every product of ${a} × ${b} (${min} to ${max})`;
  if (wrap) {
    const message = `"wrap" follows only an accumulator that cannot hold ${products}, received ${c}`;
    return { part: 'wrap', message };
  }
  const { widthBits } = dtypeInfo(c);
  const message =
    `the accumulator must hold ${products} unless "wrap" follows it, ` +
    `which lets sums wrap modulo 2^${widthBits}; received ${c}`;
  return { part: 'c', message };
}
