import { dtypeInfo } from '../../../src/dtype/dtype.ts';
import type { ArraySpec } from '../../../src/spec/array-spec.ts';
import { allocate, type Tensor, tensor } from '../../../src/tensor/tensor.ts';

/** What the platform itself computes for an array: bigints modulo 2^W, or its own floating-point typed arrays. */
export interface Plain {
  read(matrix: Tensor, at: number): never;
  multiply(a: never, b: never): never;
  add(x: never, y: never): never;
  operandBits(value: never, line: 'a' | 'b'): bigint;
  productBits(value: never): bigint;
  sumBits(value: never): bigint;
}

/** Choose how the platform computes with the dtypes of an array. */
export function plainOf(types: ArraySpec['types']): Plain {
  return dtypeInfo(types.c).kind === 'float' ? plainFloats(types) : plainIntegers(types);
}

/** Put 1 in place of what is not finite, and of −0, which sums do not keep when they pass other PEs. */
export function tame(matrix: Tensor): Tensor {
  const { type, shape, data } = matrix;
  const copy = data.slice();
  if (!isFloat(type)) return matrix;
  const one = storageOfBits(type, toBits(type, 1));
  for (let at = 0; at < copy.length; at++) {
    const value = floatAt(type, data[at]!);
    if (!Number.isFinite(value) || Object.is(value, -0)) copy[at] = one as never;
  }
  return tensor(type, shape, copy);
}

function plainIntegers({ a, b, c }: ArraySpec['types']): Plain {
  const widths = { a: dtypeInfo(a).widthBits, b: dtypeInfo(b).widthBits, c: dtypeInfo(c).widthBits };
  const plain = {
    read: ({ data }: Tensor, at: number) => BigInt(data[at]!),
    multiply: (x: bigint, y: bigint) => x * y,
    add: (x: bigint, y: bigint) => x + y,
    operandBits: (value: bigint, line: 'a' | 'b') => BigInt.asUintN(widths[line], value),
    productBits: (value: bigint) => BigInt.asUintN(widths.a + widths.b, value),
    sumBits: (value: bigint) => BigInt.asUintN(widths.c, value),
  };
  return plain as unknown as Plain;
}

function plainFloats({ a, b, c }: ArraySpec['types']): Plain {
  const [operands, sum] = [{ a, b }, c] as [Record<'a' | 'b', FloatType>, FloatType];
  const round = (value: number) => floatAt(sum, storageOfBits(sum, toBits(sum, value)));
  const plain = {
    read: ({ type, data }: Tensor, at: number) => floatAt(type as FloatType, data[at]!),
    multiply: (x: number, y: number) => round(x * y),
    add: (x: number, y: number) => round(x + y),
    operandBits: (value: number, line: 'a' | 'b') => toBits(operands[line], value),
    productBits: (value: number) => toBits(sum, value),
    sumBits: (value: number) => toBits(sum, value),
  };
  return plain as unknown as Plain;
}

type FloatType = 'float16' | 'float32' | 'float64' | 'bfloat16';

function isFloat(type: string): type is FloatType {
  return ['float16', 'float32', 'float64', 'bfloat16'].includes(type);
}

/** The number that an element of a typed array of the project stands for. */
function floatAt(type: FloatType, element: number | bigint): number {
  if (type === 'float16') return new Float16Array(Uint16Array.of(Number(element)).buffer)[0]!;
  // The upper half of a float32.
  if (type === 'bfloat16') return new Float32Array(Uint32Array.of(Number(element) << 16).buffer)[0]!;
  return Number(element);
}

const QUIET_NAN = { float16: 0x7e00n, float32: 0x7fc00000n, float64: 0x7ff8n << 48n, bfloat16: 0x7fc0n };

/** The bits of a number, rounded by the platform; bfloat16 alone must hold it exactly. The platform's NaNs may be any. */
function toBits(type: FloatType, value: number): bigint {
  if (Number.isNaN(value)) return QUIET_NAN[type];
  switch (type) {
    case 'float16':
      return BigInt(new Uint16Array(Float16Array.of(value).buffer)[0]!);
    case 'float32':
      return BigInt(new Uint32Array(Float32Array.of(value).buffer)[0]!);
    case 'float64':
      return new BigUint64Array(Float64Array.of(value).buffer)[0]!;
    case 'bfloat16':
      return toBits('float32', value) >> 16n;
  }
}

/** An element of the project's typed array with the given bits. */
function storageOfBits(type: FloatType, bits: bigint): number | bigint {
  const storage = allocate(type, 1);
  if (storage instanceof Uint16Array) return Number(bits);
  if (storage instanceof Float32Array) new Uint32Array(storage.buffer)[0] = Number(bits);
  else new BigUint64Array(storage.buffer)[0] = bits;
  return storage[0]!;
}
