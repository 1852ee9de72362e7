import { OperatorError } from '../errors.ts';
import { type Arithmetic, integerArithmetic, type NumberFormat, type PeFormats, type Value } from './arithmetic.ts';
import { floatArithmetic } from './float-arithmetic.ts';
import type { Operator } from './operator.ts';

/** Own operators in place of the exact ones. */
export interface Operators {
  readonly multiplier: Operator | null;
  readonly adder: Operator | null;
}

/** Make the arithmetic of a PE: of integers or floating point, with the user's own operators where there are any. */
export function peArithmetic(formats: PeFormats, { multiplier, adder }: Operators): Arithmetic<Value> {
  const { a, b, c, product } = formats;
  const exact = (
    a.float ? floatArithmetic({ operand: a.float, result: c.float! }) : integerArithmetic(formats)
  ) as Arithmetic<Value>;
  if (!multiplier && !adder) return exact;
  return {
    ...exact,
    ...(multiplier && { multiply: overBits(exact, multiplier, a, b, product) }),
    // The product reaches the adder at its width; reading it in the format of c cuts or extends it.
    ...(adder && { accumulate: overBits(exact, adder, c, c, c) }),
  };
}

/** Operands of up to this many bits together get a table of all results. */
const TABLE_BITS = 16;

/** Turn a function on bits into one on values. */
function overBits(
  { toBits, fromBits }: Arithmetic<Value>,
  operator: Operator,
  x: NumberFormat,
  y: NumberFormat,
  result: NumberFormat,
): (x: Value, y: Value) => Value {
  const compute = (xBits: bigint, yBits: bigint) => fromBits(computed(operator, xBits, yBits), result);
  if (x.widthBits + y.widthBits > TABLE_BITS) return (p, q) => compute(toBits(p, x), toBits(q, y));
  const table: Value[] = [];
  return (p, q) => {
    const [xBits, yBits] = [toBits(p, x), toBits(q, y)];
    const at = Number((xBits << BigInt(y.widthBits)) | yBits);
    table[at] ??= compute(xBits, yBits);
    return table[at];
  };
}

function computed({ kind, name, compute }: Operator, x: bigint, y: bigint): bigint {
  const operands = () => `0x${x.toString(16)} and 0x${y.toString(16)}`;
  let bits: unknown;
  try {
    bits = compute(x, y);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OperatorError(`the function of ${kind} ${name} failed for ${operands()}: ${reason}`, { cause });
  }
  if (typeof bits === 'bigint' && bits >= 0n) return bits;
  const received = typeof bits === 'bigint' ? String(bits) : `${typeof bits} ${String(bits)}`;
  throw new OperatorError(
    `the function of ${kind} ${name} must give its bits as a bigint that is not negative, received ${received} for ${operands()}`,
  );
}
