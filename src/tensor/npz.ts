import { unzipSync, zipSync } from 'fflate';
import { FileError } from '../errors.ts';
import { decodeNpy, encodeNpy } from './npy.ts';
import type { Tensor } from './tensor.ts';
import { readWhole, replaceFile } from './whole-file.ts';

const SUFFIX = '.npy';

/** A zip file holds the day of each member; the same tensors must give the same bytes on any day, in any time zone. */
const EVERY_DAY = new Date(1980, 0, 1);

/** Sizes and offsets beyond this need the 64-bit form of zip, which the library does not write. */
const LARGEST_BYTES = 2 ** 32 - 1;

/**
 * Write tensors to a .npz file as NumPy's `savez` does: one stored .npy file per name. The file is replaced as a whole or
 * not at all, and the same tensors give the same bytes. bfloat16 becomes float32, as in `encodeNpy`.
 * @throws {FileError} when the file cannot be written, or would be larger than 4 GiB.
 */
export async function writeNpz(path: string, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
  const files = Object.entries(tensors).map(([name, value]) => [`${name}${SUFFIX}`, encodeNpy(value)] as const);
  // Names stand twice in the archive, beside headers of 30 and 46 bytes.
  const sizeBytes = files.reduce((sum, [name, bytes]) => sum + bytes.length + 2 * Buffer.byteLength(name) + 76, 22);
  if (sizeBytes > LARGEST_BYTES) {
    throw new FileError(`a .npz file must be smaller than 4 GiB, not ${sizeBytes} bytes (${path})`);
  }
  await replaceFile(path, zipSync(Object.fromEntries(files), { level: 0, mtime: EVERY_DAY }));
}

/**
 * Read all tensors of a .npz file, by name.
 * @throws {FileError} when the file is missing or broken.
 */
export async function readNpz(path: string): Promise<Record<string, Tensor>> {
  const bytes = await readWhole(path);
  return Object.fromEntries(npzNames(bytes, path).map((name) => [name, decodeNpzMember(bytes, name, path)]));
}

/**
 * Read one tensor from the bytes of a .npz file.
 * @param name may be null when the file holds only one
 * @param place what errors call the file
 * @throws {FileError} naming the members when the one wanted is missing, or none of several is named.
 */
export function decodeNpzMember(bytes: Uint8Array, name: string | null, place: string): Tensor {
  const names = npzNames(bytes, place);
  const members = names.join(', ') || 'none';
  if (name === null && names.length !== 1) {
    throw new FileError(
      `one of the ${names.length} members must be named, as in ${place}:${names[0] ?? 'x'}; ${place} has ${members}`,
    );
  }
  const wanted = name ?? names[0]!;
  if (!names.includes(wanted)) throw new FileError(`no member "${wanted}" in ${place}; its members are ${members}`);
  const found = unzip(bytes, place, (entry) => entry === `${wanted}${SUFFIX}`);
  return decodeNpy(found[`${wanted}${SUFFIX}`]!, `${place}:${wanted}`);
}

function npzNames(bytes: Uint8Array, place: string): string[] {
  const names: string[] = [];
  unzip(bytes, place, (name) => {
    if (name.endsWith(SUFFIX)) names.push(name.slice(0, -SUFFIX.length));
    return false;
  });
  return names;
}

function unzip(bytes: Uint8Array, place: string, wanted: (name: string) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => wanted(name) });
  } catch (cause) {
    throw new FileError(`not a .npz file: ${(cause as Error).message} (${place})`, { cause });
  }
}
