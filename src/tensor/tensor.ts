/**
 * Element types of tensors as files and models hold them; arrays compute in a subset of these. The two 16-bit
 * floating-point types are stored as their bits.
 */
export const ELEMENT_TYPES = [
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float32',
  'float64',
  'bfloat16',
  'float16',
  'bool',
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number];

export type TensorData =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A dense tensor in row-major (C) order. `bool` elements are stored as 0 and 1 in a Uint8Array. */
export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const STORAGE = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  bfloat16: Uint16Array,
  float16: Uint16Array,
  bool: Uint8Array,
} as const satisfies Record<ElementType, unknown>;

/** Allocate the storage of `length` elements, all zero. */
export function allocate(type: ElementType, length: number): TensorData {
  return new STORAGE[type](length);
}

/** Read bytes (little-endian, aligned to the element) as storage of a type, without a copy. */
export function storageOver(type: ElementType, { buffer, byteOffset, byteLength }: Uint8Array): TensorData {
  const Storage = STORAGE[type];
  return new Storage(buffer as ArrayBuffer, byteOffset, byteLength / Storage.BYTES_PER_ELEMENT);
}

/** Count the elements of a shape; a scalar (rank 0) has one. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Make a tensor of zeros, or wrap existing storage whose length must match the shape. */
export function tensor<T extends ElementType>(type: T, shape: readonly number[], data?: TensorData): Tensor<T> {
  const length = elementCount(shape);
  const storage = data ?? allocate(type, length);
  if (!(storage instanceof STORAGE[type]) || storage.length !== length) {
    throw new TypeError(`a ${type} tensor of shape [${shape}] needs ${length} elements in its own storage type`);
  }
  return { type, shape: [...shape], data: storage };
}

/** Look at storage as integers of the same width, which copies keep bit for bit: moving a NaN as a number may change it. */
export function bitsOf(data: TensorData): Exclude<TensorData, Float32Array | Float64Array> {
  const { buffer, byteOffset, length } = data;
  if (data instanceof Float32Array) return new Uint32Array(buffer, byteOffset, length);
  if (data instanceof Float64Array) return new BigUint64Array(buffer, byteOffset, length);
  return data;
}
