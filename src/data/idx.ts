import { FileError } from '../errors.ts';
import type { ElementType } from '../tensor/tensor.ts';
import type { ArrayLayout } from './array-items.ts';
import type { ByteSource } from './byte-source.ts';

/** Element types by the third byte of the file. */
const TYPES = new Map<number, ElementType>([
  [0x08, 'uint8'],
  [0x09, 'int8'],
  [0x0b, 'int16'],
  [0x0c, 'int32'],
  [0x0d, 'float32'],
  [0x0e, 'float64'],
]);

/**
 * Read the header of an IDX file, the format of MNIST: two zero bytes, the element type, the number of axes, each axis
 * as four bytes, then the elements; all of it big-endian.
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
 * @throws {FileError} naming the rule that the header breaks.
 */
export async function readIdxLayout(bytes: ByteSource): Promise<ArrayLayout> {
  const { place } = bytes;
  const magic = await readHeader(bytes, 4);
  const type = TYPES.get(magic[2]!);
  if (magic[0] !== 0 || magic[1] !== 0 || type === undefined) {
    const types = [...TYPES.keys()].map(hex).join(', ');
    const received = [...magic].map(hex).join(' ');
    throw new FileError(
      `an IDX file must begin with the bytes 00 00, an element type (${types}) and the number of axes, not with ${received} (${place})`,
    );
  }
  const axes = magic[3]!;
  const dataOffset = 4 + 4 * axes;
  const header = await readHeader(bytes, dataOffset);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { format: 'IDX', type, bigEndian: true, shape, dataOffset };
}

async function readHeader(bytes: ByteSource, length: number): Promise<Uint8Array> {
  if (bytes.sizeBytes >= length) return bytes.read(0, length);
  throw new FileError(`IDX header ends early: ${length} bytes needed, ${bytes.sizeBytes} there (${bytes.place})`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
