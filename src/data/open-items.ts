import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { FileError } from '../errors.ts';
import { reasonOf } from '../make-directory.ts';
import { decodeNpy } from '../tensor/npy.ts';
import { parseNpyHeader } from '../tensor/npy-header.ts';
import type { ElementType } from '../tensor/tensor.ts';
import { arrayItems, tensorItems } from './array-items.ts';
import { type ByteSource, bytesInMemory, openBytes } from './byte-source.ts';
import type { ItemSource } from './data-source.ts';
import { fileKind, HEAD_BYTES } from './file-kind.ts';
import { readIdxLayout } from './idx.ts';

/** What a raw file holds: elements in C order, little-endian, and nothing else. */
export interface RawLayout {
  /** [N, …], the items included. */
  readonly shape: readonly number[];
  readonly dtype: ElementType;
}

/** A header of version 1.0 is at most this long; NumPy writes later versions only for records. */
const NPY_HEADER_BYTES = 10 + 0xffff;

const FORMATS = '.npy, .npz, TensorProto .pb, IDX, PNG or JPEG';

/**
 * Open a file or a folder of images. A file is told by its first bytes; a raw one by its declared layout.
 * @throws {FileError} when it is missing, broken, or of no known format.
 */
export async function openItems(given: string, raw: RawLayout | null): Promise<ItemSource> {
  const isFolder = (await stat(given).catch(() => null))?.isDirectory() ?? false;
  if (isFolder) return (await import('./image-items.ts')).folderItems(given);
  if (raw) {
    return fromBytes(given, async (bytes) =>
      arrayItems(bytes, { format: 'raw', type: raw.dtype, bigEndian: false, shape: raw.shape, dataOffset: 0 }),
    );
  }
  const items = await openArray(given);
  if (items) return items;
  const bytes = await openBytes(given);
  const head = await headOf(bytes).finally(() => bytes.close());
  const kind = fileKind(head, given);
  if (kind === 'png' || kind === 'jpeg') return (await import('./image-items.ts')).imageItems([given], given);
  const found =
    Buffer.from(head)
      .toString('hex')
      .replaceAll(/..(?=.)/g, '$& ') || 'nothing';
  throw new FileError(
    `data must be ${FORMATS}, a folder of images, or raw with a shape and a dtype; ${given} begins with ${found}`,
  );
}

/**
 * Open a file that holds an array [N, …]; null when it does not.
 * @param given a path, with `:name` behind it for one member of a .npz file
 * @throws {FileError} when it is missing or broken.
 */
export async function openArray(given: string): Promise<ItemSource | null> {
  const { path, member } = await splitMember(given);
  return fromBytes(path, (bytes) => arrayIn(bytes, path, member));
}

/** @param name says what is inside where the bytes do not */
async function arrayIn(bytes: ByteSource, name: string, member: string | null): Promise<ItemSource | null> {
  const { place } = bytes;
  switch (fileKind(await headOf(bytes), name)) {
    case 'npy':
      return npyItems(bytes);
    case 'npz': {
      const { decodeNpzMember } = await import('../tensor/npz.ts');
      const archive = await bytes.read(0, bytes.sizeBytes);
      return tensorItems(decodeNpzMember(archive, member, place), member === null ? place : `${place}:${member}`);
    }
    case 'pb': {
      const { readTensorFile } = await import('../onnx/file/model.ts');
      return tensorItems(await readTensorFile(place), place);
    }
    case 'idx':
      return arrayItems(bytes, await readIdxLayout(bytes));
    case 'gzip':
      return arrayIn(bytesInMemory(await unpack(bytes), place), name.replace(/\.gz$/i, ''), member);
    default:
      return null;
  }
}

/** Fortran order puts the items apart, so that such a file is read as a whole. */
async function npyItems(bytes: ByteSource): Promise<ItemSource> {
  const head = await bytes.read(0, Math.min(NPY_HEADER_BYTES, bytes.sizeBytes));
  const header = parseNpyHeader(head, bytes.place);
  if (!header.fortranOrder) return arrayItems(bytes, { ...header, format: '.npy' });
  return tensorItems(decodeNpy(await bytes.read(0, bytes.sizeBytes), bytes.place), bytes.place);
}

async function unpack(bytes: ByteSource): Promise<Uint8Array> {
  const packed = await bytes.read(0, bytes.sizeBytes);
  try {
    return await promisify(gunzip)(packed);
  } catch (cause) {
    throw new FileError(`cannot decompress ${bytes.place}: ${reasonOf(cause)}`, { cause });
  }
}

/** Keep a file open for as long as its items are. */
async function fromBytes<T extends ItemSource | null>(
  path: string,
  use: (bytes: ByteSource) => Promise<T>,
): Promise<T> {
  const bytes = await openBytes(path);
  try {
    const items = await use(bytes);
    if (items === null) await bytes.close();
    return items && { ...items, close: () => bytes.close() };
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

function headOf(bytes: ByteSource): Promise<Uint8Array> {
  return bytes.read(0, Math.min(HEAD_BYTES, bytes.sizeBytes));
}

/** A text that is the path of a file as a whole names no member. */
async function splitMember(given: string): Promise<{ readonly path: string; readonly member: string | null }> {
  const isFile = (await stat(given).catch(() => null)) !== null;
  const [, path, member] = (isFile ? null : /^(.+?\.npz):(.+)$/i.exec(given)) ?? [];
  return path === undefined ? { path: given, member: null } : { path, member: member! };
}
