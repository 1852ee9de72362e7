import { BFLOAT16, FLOAT16, FLOAT32, FLOAT64, type FloatFormat } from './float-format.ts';

/** The number formats of an array's operands and accumulator. */
export const DTYPES = [
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'float32',
  'float64',
  'bfloat16',
  'float16',
] as const;

export type Dtype = (typeof DTYPES)[number];

/** The fixed facts about a number format. */
export interface DtypeInfo {
  readonly name: Dtype;
  readonly kind: 'integer' | 'float';
  readonly widthBits: number;
  readonly signed: boolean;
  /** Exponent and fraction of a floating-point format; null for integers. */
  readonly float: FloatFormat | null;
}

const INFO: Readonly<Record<Dtype, DtypeInfo>> = {
  int8: integer('int8', 8, true),
  int16: integer('int16', 16, true),
  int32: integer('int32', 32, true),
  int64: integer('int64', 64, true),
  uint8: integer('uint8', 8, false),
  uint16: integer('uint16', 16, false),
  float32: float('float32', FLOAT32),
  float64: float('float64', FLOAT64),
  bfloat16: float('bfloat16', BFLOAT16),
  float16: float('float16', FLOAT16),
};

/** Tell whether a text names a dtype of the arrays. */
export function isDtype(text: string): text is Dtype {
  return (DTYPES as readonly string[]).includes(text);
}

/** Look up the width, signedness and kind of a dtype. */
export function dtypeInfo(dtype: Dtype): DtypeInfo {
  return INFO[dtype];
}

/**
 * Choose the accumulator for operands a and b where the spec names none: of integers signed, four times the wider
 * operand, at most 64 bits; of 16-bit floating-point formats float32, of the others the same format.
 */
export function defaultAccumulator(a: Dtype, b: Dtype): Dtype {
  const widthBits = Math.max(INFO[a].widthBits, INFO[b].widthBits);
  if (INFO[a].kind === 'float') return widthBits === 16 ? 'float32' : a;
  return widthBits <= 8 ? 'int32' : 'int64';
}

/** Give the smallest and the largest value of an integer dtype. @throws {RangeError} for a floating-point dtype */
export function integerRange(dtype: Dtype): { readonly min: bigint; readonly max: bigint } {
  const { kind, widthBits, signed } = INFO[dtype];
  if (kind === 'float') throw new RangeError(`${dtype} has no integer range`);
  const bits = BigInt(widthBits);
  return signed ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
}

/** Give the smallest and the largest product of two integer dtypes. */
export function productRange(a: Dtype, b: Dtype): { readonly min: bigint; readonly max: bigint } {
  const [x, y] = [integerRange(a), integerRange(b)];
  const corners = [x.min * y.min, x.min * y.max, x.max * y.min, x.max * y.max];
  return {
    min: corners.reduce((p, q) => (q < p ? q : p)),
    max: corners.reduce((p, q) => (q > p ? q : p)),
  };
}

function integer(name: Dtype, widthBits: number, signed: boolean): DtypeInfo {
  return { name, kind: 'integer', widthBits, signed, float: null };
}

function float(name: Dtype, format: FloatFormat): DtypeInfo {
  return { name, kind: 'float', widthBits: format.widthBits, signed: true, float: format };
}
