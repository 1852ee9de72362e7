import { isAbsolute, join } from 'node:path';
import { EspalierError, SpecError } from '../errors.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import type { NameSyntax } from './campaign-syntax.ts';
import type { Report } from './diagnostics.ts';
import { selectArray } from './select-item.ts';
import { splitSpecReference } from './spec-reference.ts';
import { unknownWord } from './suggest.ts';
import { shorten } from './wording.ts';

/** Read a spec file for its arrays. */
export type ArrayLoader = (path: string) => Pick<SpecFile, 'arrays'>;

/** The arrays that a campaign can name. */
export interface ArrayScope {
  /** Where paths of other files start from. */
  readonly folder: string;
  /** The arrays of this file by their names, null for one that has a mistake; one without a name may be any. */
  readonly arrays: ReadonlyMap<string | null, ArraySpec | null>;
  readonly load: ArrayLoader;
}

/**
 * Find the array that a campaign names: one of the same file, or one of another file as "FILE:NAME". Null when there is
 * a mistake, also one of the other file, which is reported where it is named.
 */
export function checkArrayReference(
  { token, text, quoted }: NameSyntax,
  { folder, arrays, load }: ArrayScope,
  report: Report,
): ArraySpec | null {
  if (!quoted) {
    if (!arrays.has(text) && !arrays.has(null)) report(token, unknownArray(text, arrays));
    return arrays.get(text) ?? null;
  }
  const { file, name } = splitSpecReference(isAbsolute(text) ? text : join(folder, text));
  try {
    return selectArray(load(file), name, file);
  } catch (error) {
    if (!(error instanceof EspalierError)) throw error;
    const messages =
      error instanceof SpecError
        ? error.diagnostics.map((found) => `in ${found.file}:${found.line}:${found.column}: ${found.message}`)
        : [error.message];
    for (const message of messages) report(token, message, error);
    return null;
  }
}

function unknownArray(name: string, arrays: ArrayScope['arrays']): string {
  const names = [...arrays.keys()].filter((known) => known !== null);
  if (names.length > 0) return unknownWord('array', shorten(name), names);
  return `unknown array "${shorten(name)}", the file defines none; one of another file is written "FILE:${shorten(name)}"`;
}
