import { type Dtype, dtypeInfo, integerRange, productRange } from '../dtype/dtype.ts';
import type { ArraySpec } from './array-spec.ts';

/** Which line's dtype breaks a rule, and the rule in a sentence. */
export interface TypeProblem {
  readonly line: 'a' | 'b' | 'c';
  readonly message: string;
}

/**
 * Find what makes three dtypes no array: factors of both kinds or of two floating-point formats, an accumulator of
 * the other kind or one that cannot hold what it adds up. Null when they go together.
 */
export function typeProblem({ a, b, c }: ArraySpec['types'], wrap: boolean): TypeProblem | null {
  const [x, y, z] = [dtypeInfo(a), dtypeInfo(b), dtypeInfo(c)];
  if (x.kind !== y.kind) {
    return { line: 'b', message: `a and b must both be integers or both floating point, received ${a} × ${b}` };
  }
  if (x.kind !== z.kind) {
    const kind = x.kind === 'float' ? 'floating point' : 'an integer';
    return { line: 'c', message: `the accumulator of ${a} × ${b} must be ${kind} as they are, received ${c}` };
  }
  if (x.kind === 'integer') return wrap ? null : narrowProblem(a, b, c);
  if (a !== b) return { line: 'b', message: `floating-point a and b must have the same dtype, received ${a} × ${b}` };
  if (wrap) return { line: 'c', message: `only integers wrap, received wrap behind ${c}` };
  if (z.float!.exponentBits >= x.float!.exponentBits && z.float!.fractionBits >= x.float!.fractionBits) return null;
  return { line: 'c', message: `the accumulator must hold every ${a} exactly, received ${c}` };
}

/** Tell whether an integer accumulator cannot hold every single product. */
export function isNarrow({ a, b, c }: ArraySpec['types']): boolean {
  const [product, sum] = [productRange(a, b), integerRange(c)];
  return product.min < sum.min || product.max > sum.max;
}

function narrowProblem(a: Dtype, b: Dtype, c: Dtype): TypeProblem | null {
  if (!isNarrow({ a, b, c })) return null;
  const { min, max } = productRange(a, b);
  const { widthBits } = dtypeInfo(c);
  const message =
    `the accumulator must hold every product of ${a} × ${b} (${min} to ${max}) unless "wrap" follows it, ` +
    `which lets sums wrap modulo 2^${widthBits}; received ${c}`;
  return { line: 'c', message };
}
