import { checkElementBytes, decodeElements, elementBytes, encodeElements } from './elements.ts';
import { type NpyType, parseNpyHeader, printNpyHeader } from './npy-header.ts';
import { allocate, elementCount, type Tensor, type TensorData, tensor } from './tensor.ts';
import { readWhole, replaceFile } from './whole-file.ts';

/**
 * Read a tensor from a .npy file: any of `ELEMENT_TYPES`, either byte order; Fortran order becomes C order.
 * @throws FileError when the file is missing, unreadable or broken.
 */
export async function readNpy(path: string): Promise<Tensor> {
  return decodeNpy(await readWhole(path), path);
}

/**
 * Write a tensor to a .npy file, which is replaced as a whole or not at all.
 * @throws FileError when the file cannot be written.
 */
export async function writeNpy(path: string, value: Tensor): Promise<void> {
  await replaceFile(path, encodeNpy(value));
}

/**
 * Read a tensor from the bytes of a .npy file of format version 1.0, 2.0 or 3.0.
 * @param place what errors call the bytes, such as the file's path
 * @throws FileError naming the rule that the bytes break.
 */
export function decodeNpy(bytes: Uint8Array, place: string): Tensor {
  const { type, shape, bigEndian, fortranOrder, dataOffset } = parseNpyHeader(bytes, place);
  const encoding = { type, shape, bigEndian, format: '.npy', place };
  checkElementBytes(elementCount(shape) * elementBytes(type), bytes.length - dataOffset, encoding);
  const data = decodeElements(bytes.subarray(dataOffset), encoding);
  return tensor(type, shape, fortranOrder ? toRowMajor(data, type, shape) : data);
}

/**
 * Print a tensor as a .npy file: format version 1.0, little-endian, C order; the same bytes that NumPy writes. The format
 * has no bfloat16: such elements become float32, of which they are the upper half.
 */
export function encodeNpy(given: Tensor): Uint8Array {
  const { type, shape, data } = widened(given);
  return Buffer.concat([printNpyHeader(type, shape), encodeElements(data)]);
}

function widened({ type, shape, data }: Tensor): Tensor<NpyType> {
  if (type !== 'bfloat16') return { type, shape, data };
  const words = Uint32Array.from(data as Uint16Array, (bits) => bits << 16);
  return tensor('float32', shape, new Float32Array(words.buffer));
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
