/** The number formats of an array's operands and accumulator. */
export const DTYPES = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16'] as const;

export type Dtype = (typeof DTYPES)[number];

/** The fixed facts about a number format. */
export interface DtypeInfo {
  readonly name: Dtype;
  /** Floating-point formats take their own seat here. */
  readonly kind: 'integer';
  readonly widthBits: number;
  readonly signed: boolean;
}

const INFO: Readonly<Record<Dtype, DtypeInfo>> = {
  int8: { name: 'int8', kind: 'integer', widthBits: 8, signed: true },
  int16: { name: 'int16', kind: 'integer', widthBits: 16, signed: true },
  int32: { name: 'int32', kind: 'integer', widthBits: 32, signed: true },
  int64: { name: 'int64', kind: 'integer', widthBits: 64, signed: true },
  uint8: { name: 'uint8', kind: 'integer', widthBits: 8, signed: false },
  uint16: { name: 'uint16', kind: 'integer', widthBits: 16, signed: false },
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
 * Choose the accumulator for operands a and b where the spec names none: signed, four times the wider operand,
 * at most 64 bits.
 */
export function defaultAccumulator(a: Dtype, b: Dtype): Dtype {
  const widthBits = Math.min(64, 4 * Math.max(INFO[a].widthBits, INFO[b].widthBits));
  return widthBits <= 32 ? 'int32' : 'int64';
}

/** Give the smallest and the largest value of an integer dtype. */
export function integerRange(dtype: Dtype): { readonly min: bigint; readonly max: bigint } {
  const { widthBits, signed } = INFO[dtype];
  const bits = BigInt(widthBits);
  return signed ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
}
