import { endianness } from 'node:os';
import { FileError } from '../errors.ts';
import { allocate, type ElementType, type TensorData } from './tensor.ts';

/** How a file holds elements; `format` and `place` are what errors call the file. */
export interface ElementEncoding {
  readonly type: ElementType;
  readonly bigEndian: boolean;
  readonly format: string;
  readonly place: string;
}

const HOST_IS_BIG_ENDIAN = endianness() === 'BE';

/**
 * Read elements from the bytes of a file, which are copied.
 * @param bytes a whole number of elements
 * @param first the index of the first of them in the file, for errors
 * @throws {FileError} when a bool is neither 0 nor 1.
 */
export function decodeElements(
  bytes: Uint8Array,
  { type, bigEndian, format, place }: ElementEncoding,
  first = 0,
): TensorData {
  const data = allocate(type, bytes.length / elementBytes(type));
  const storage = bytesOf(data);
  storage.set(bytes);
  if (bigEndian !== HOST_IS_BIG_ENDIAN) reverseElements(storage, data.BYTES_PER_ELEMENT);
  if (type === 'bool') {
    const odd = storage.findIndex((element) => element > 1);
    if (odd >= 0) {
      throw new FileError(`${format} bool elements must be 0 or 1, not ${storage[odd]} at ${first + odd} (${place})`);
    }
  }
  return data;
}

/** Print elements as a little-endian file holds them. */
export function encodeElements(data: TensorData): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(data));
  if (HOST_IS_BIG_ENDIAN) reverseElements(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}

/** Give the size of one element in bytes. */
export function elementBytes(type: ElementType): number {
  return allocate(type, 0).BYTES_PER_ELEMENT;
}

/**
 * Check that a file has the bytes that its shape needs.
 * @throws {FileError} when it has fewer or more.
 */
export function checkElementBytes(
  needed: number,
  received: number,
  { type, shape, format, place }: Omit<ElementEncoding, 'bigEndian'> & { readonly shape: readonly number[] },
): void {
  if (needed === received) return;
  throw new FileError(
    `${format} elements must fill ${needed} bytes (${type}, shape [${shape}]), not ${received} (${place})`,
  );
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function reverseElements(bytes: Uint8Array, sizeBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sizeBytes === 2) buffer.swap16();
  if (sizeBytes === 4) buffer.swap32();
  if (sizeBytes === 8) buffer.swap64();
}
