import { statSync } from 'node:fs';
import { EspalierError } from '../errors.ts';
import type { FaultSpec } from '../fault/fault.ts';
import type { ArraySpec, SpecFile } from './array-spec.ts';
import { parseFault, parseSpec } from './parse.ts';
import { readText } from './read-text.ts';
import { list, unknownWord } from './suggest.ts';

/** A spec file and the array meant in it; null where the file's only array is meant. */
export interface SpecReference {
  readonly file: string;
  readonly name: string | null;
}

/**
 * Read and parse a spec file (UTF-8); paths of operators start from its folder.
 *
 * @throws {FileError} when the file is missing or not readable as text.
 * @throws {SpecError} with every mistake of the file.
 */
export function loadSpec(path: string): SpecFile {
  return parseSpec(readText(path, `the spec file ${path}`), path);
}

/**
 * Pick an array by its name, or the only one of a file when `name` is null.
 *
 * @throws {EspalierError} naming the arrays that there are.
 */
export function selectArray(spec: SpecFile, name: string | null, file: string): ArraySpec {
  const names = spec.arrays.map((array) => array.name);
  if (names.length === 0) throw new EspalierError(`the spec file ${file} must define an array, found none`);
  if (name === null) {
    if (names.length === 1) return spec.arrays[0]!;
    const choices = list(names.map((choice) => `${file}:${choice}`));
    throw new EspalierError(`the spec file ${file} defines ${names.length} arrays, name one of them: ${choices}`);
  }
  const array = spec.arrays.find((candidate) => candidate.name === name);
  if (array === undefined) throw new EspalierError(unknownWord('array', name, names, ` in ${file}`));
  return array;
}

/**
 * Take a fault by its name in a spec file or read it from its text: a single word is a name.
 *
 * @throws {EspalierError} when the file has no fault of that name.
 * @throws {SpecError} with every mistake of the text; `place` stands where a message would name the file.
 */
export function selectFault(spec: SpecFile, nameOrText: string, file: string, place?: string): FaultSpec {
  const name = nameOrText.trim();
  if (!/^[A-Za-z_]\w*$/.test(name)) return parseFault(nameOrText, place);
  const fault = spec.faults.find((candidate) => candidate.name === name);
  if (fault !== undefined) return fault;
  const names = spec.faults.map((candidate) => candidate.name ?? '');
  if (names.length > 0) throw new EspalierError(unknownWord('fault', name, names, ` in ${file}`));
  throw new EspalierError(`unknown fault "${name}" in ${file}, the spec file defines none`);
}

/**
 * Split `FILE:NAME` into file and array name. A reference that is an existing file as a whole is that file, so paths
 * may contain colons.
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
