import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { FileError } from '../errors.ts';
import { type NpyType, parseNpyHeader, printNpyHeader } from './npy-header.ts';
import { allocate, elementCount, type Tensor, type TensorData, tensor } from './tensor.ts';

/**
 * Read a tensor from a .npy file: any of `ELEMENT_TYPES`, either byte order; Fortran order becomes C order.
 * @throws FileError when the file is missing, unreadable or broken.
 */
export async function readNpy(path: string): Promise<Tensor> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FileError(`cannot read ${path}: ${reason(cause)}`, { cause });
  });
  return decodeNpy(bytes, path);
}

/**
 * Write a tensor to a .npy file, which is replaced as a whole or not at all.
 * @throws FileError when the file cannot be written.
 */
export async function writeNpy(path: string, value: Tensor): Promise<void> {
  try {
    await replaceFile(path, encodeNpy(value));
  } catch (cause) {
    throw new FileError(`cannot write ${path}: ${reason(cause)}`, { cause });
  }
}

/**
 * Read a tensor from the bytes of a .npy file of format version 1.0, 2.0 or 3.0.
 * @param place what errors call the bytes, such as the file's path
 * @throws FileError naming the rule that the bytes break.
 */
export function decodeNpy(bytes: Uint8Array, place: string): Tensor {
  const { type, shape, bigEndian, fortranOrder, dataOffset } = parseNpyHeader(bytes, place);
  const count = elementCount(shape);
  const sizeBytes = allocate(type, 0).BYTES_PER_ELEMENT;
  const received = bytes.length - dataOffset;
  if (count * sizeBytes !== received) {
    throw new FileError(
      `.npy elements must fill ${count * sizeBytes} bytes (${type}, shape [${shape}]), not ${received} (${place})`,
    );
  }
  const data = allocate(type, count);
  const storage = bytesOf(data);
  storage.set(bytes.subarray(dataOffset));
  if (bigEndian !== HOST_IS_BIG_ENDIAN) reverseElements(storage, sizeBytes);
  if (type === 'bool') {
    const odd = storage.findIndex((element) => element > 1);
    if (odd >= 0) throw new FileError(`.npy bool elements must be 0 or 1, not ${data[odd]} at ${odd} (${place})`);
  }
  return tensor(type, shape, fortranOrder ? toRowMajor(data, type, shape) : data);
}

/**
 * Print a tensor as a .npy file: format version 1.0, little-endian, C order; the same bytes that NumPy writes. The format
 * has no bfloat16: such elements become float32, of which they are the upper half.
 */
export function encodeNpy(given: Tensor): Uint8Array {
  const value = widened(given);
  const elements = Uint8Array.from(bytesOf(value.data));
  if (HOST_IS_BIG_ENDIAN) reverseElements(elements, value.data.BYTES_PER_ELEMENT);
  return Buffer.concat([printNpyHeader(value.type, value.shape), elements]);
}

function widened({ type, shape, data }: Tensor): Tensor<NpyType> {
  if (type !== 'bfloat16') return { type, shape, data };
  const words = Uint32Array.from(data as Uint16Array, (bits) => bits << 16);
  return tensor('float32', shape, new Float32Array(words.buffer));
}

const HOST_IS_BIG_ENDIAN = endianness() === 'BE';

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function reverseElements(bytes: Uint8Array, sizeBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sizeBytes === 2) buffer.swap16();
  if (sizeBytes === 4) buffer.swap32();
  if (sizeBytes === 8) buffer.swap64();
}

/** Reorder elements whose first index runs fastest. */
function toRowMajor(source: TensorData, type: Tensor['type'], shape: readonly number[]): TensorData {
  const target = allocate(type, source.length);
  const index = shape.map(() => 0);
  let strides = 1;
  const stride = shape.map((side) => {
    const own = strides;
    strides *= side;
    return own;
  });
  let offset = 0;
  for (let i = 0; i < target.length; i++) {
    target[i] = source[offset]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += stride[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      offset -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

/** Write beside the target, then rename. A symbolic link is followed; a device or pipe is written as it stands. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const replaceable = await stat(target).then(
    (found) => found.isFile(),
    () => true,
  );
  if (!replaceable) return writeFile(target, bytes);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The operating system's words for an error, without the call and path that Node adds. */
function reason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
