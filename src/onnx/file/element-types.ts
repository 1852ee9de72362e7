import { ModelError } from '../../errors.ts';
import { ELEMENT_TYPES, type ElementType } from '../../tensor/tensor.ts';

/** Element types of ONNX by their code in TensorProto.data_type, as ONNX Runtime spells them. */
const NAMES_BY_CODE: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
};

const CODES_BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries(NAMES_BY_CODE).map(([code, name]) => [name, Number(code)]),
);

/** Name the element type that a model declares; a code that ONNX does not define gives `type <code>`. */
export function elementTypeName(code: number): string {
  return NAMES_BY_CODE[code] ?? `type ${code}`;
}

/**
 * Give the code that ONNX has for an element type.
 * @throws {ModelError} for a name that is no ONNX element type.
 */
export function elementTypeCode(name: string): number {
  const code = CODES_BY_NAME.get(name);
  if (code === undefined) throw new ModelError(`${name} is not an element type of ONNX`);
  return code;
}

/** Tell whether tensors of an element type can be read into memory here. */
export function isElementType(name: string): name is ElementType {
  return (ELEMENT_TYPES as readonly string[]).includes(name);
}
