import { extname } from 'node:path';

/** What a file is, and the bytes it begins with; IDX has only two zero bytes in common. */
const MAGIC = [
  ['npy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ['npz', [0x50, 0x4b, 0x03, 0x04]],
  // An archive without members.
  ['npz', [0x50, 0x4b, 0x05, 0x06]],
  ['gzip', [0x1f, 0x8b]],
  ['png', [0x89, 0x50, 0x4e, 0x47]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['idx', [0x00, 0x00]],
] as const;

const EXTENSIONS: Readonly<Record<string, FileKind>> = {
  '.pb': 'pb',
  '.npy': 'npy',
  '.npz': 'npz',
  '.gz': 'gzip',
  '.idx': 'idx',
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
};

export type FileKind = (typeof MAGIC)[number][0] | 'pb';

/** How many bytes from the start of a file `fileKind` looks at. */
export const HEAD_BYTES = 6;

/**
 * Tell what a file holds by its first bytes, and by its name where they say nothing: so that a broken file is refused as
 * what it claims to be. Null when neither is known.
 */
export function fileKind(head: Uint8Array, path: string): FileKind | null {
  const extension = EXTENSIONS[extname(path).toLowerCase()] ?? named(path);
  // A TensorProto begins with no bytes of its own.
  if (extension === 'pb') return 'pb';
  return MAGIC.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0] ?? extension;
}

/** The files of MNIST end in idx3-ubyte. */
function named(path: string): FileKind | null {
  return /[-.]idx\d-[a-z]+$/i.test(path) ? 'idx' : null;
}
