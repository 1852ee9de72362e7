import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError } from '../errors.ts';
import { reasonOf } from '../make-directory.ts';
import { readWhole } from '../tensor/whole-file.ts';
import type { ItemSource } from './data-source.ts';
import { decodeImage } from './decode-image.ts';

const IMAGE = /^[^.].*\.(?:png|jpe?g)$/i;

/** Numbers in names count as numbers: img2 before img10. The locale is fixed, so that the order is everywhere the same. */
const NATURAL = new Intl.Collator('en', { numeric: true });

/**
 * Serve the images of a folder in natural order of their names: its own .png, .jpg and .jpeg files without the hidden
 * ones, none of its subfolders.
 * @throws {FileError} when there is none.
 */
export async function folderItems(folder: string): Promise<ItemSource> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new FileError(`cannot read ${folder}: ${reasonOf(cause)}`, { cause });
  });
  const names = entries.filter((entry) => !entry.isDirectory() && IMAGE.test(entry.name)).map(({ name }) => name);
  if (names.length === 0) {
    throw new FileError(`a folder of images must hold .png, .jpg or .jpeg files, ${folder} has none`);
  }
  names.sort((a, b) => NATURAL.compare(a, b) || (a < b ? -1 : 1));
  return imageItems(
    names.map((name) => join(folder, name)),
    folder,
  );
}

/** Serve image files, each read and decoded when it is wanted. */
export function imageItems(paths: readonly string[], place: string): ItemSource {
  return {
    count: paths.length,
    place,
    nameOf: (index) => paths[index]!,
    async items(first, count) {
      const images = [];
      // One by one: a batch may be large, and the decoder is one.
      for (const path of paths.slice(first, first + count)) images.push(await decodeImage(await readWhole(path), path));
      return images;
    },
    close: async () => {},
  };
}
