import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from '../errors.ts';
import { type SpecReference, splitSpecReference } from '../spec/spec-reference.ts';
import type { Store } from './store/store.ts';

/**
 * Find the campaign of a store: in the file that one is told, or in the one of the store's record, beside the store or here.
 * @param told `FILE` or `FILE:NAME`; without a name the one of the record
 * @throws {FileError} when there is no such file
 */
export function findCampaign(
  { path, record }: Pick<Store, 'path' | 'record'>,
  told: string | undefined,
): SpecReference {
  if (told !== undefined) {
    const { file, name } = splitSpecReference(told);
    return { file, name: name ?? record.name };
  }
  const { file, name } = record;
  const places = [join(dirname(path), file), file];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return { file: found, name };
  throw new FileError(
    `cannot find ${file}, the file of campaign ${name}, beside ${path} or here: say where with --campaign FILE:${name}`,
  );
}
