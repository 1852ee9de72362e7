import { statSync } from 'node:fs';

/** A spec file and the item meant in it; null where the file's only one is meant. */
export interface SpecReference {
  readonly file: string;
  readonly name: string | null;
}

/**
 * Split `FILE:NAME` into file and name. A reference that is an existing file as a whole is that file, so paths may
 * contain colons.
 */
export function splitSpecReference(reference: string): SpecReference {
  const colon = reference.lastIndexOf(':');
  const name = reference.slice(colon + 1);
  if (colon <= 0 || /[\\/]/.test(name) || isFile(reference)) return { file: reference, name: null };
  return { file: reference.slice(0, colon), name };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
