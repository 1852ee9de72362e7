import { EspalierError } from '../errors.ts';
import type { FaultSpec } from '../fault/fault.ts';
import type { SpecFile } from './array-spec.ts';
import { parseFault, parseSpec } from './parse.ts';
import { readText } from './read-text.ts';
import { unknownWord } from './suggest.ts';

/**
 * Read and parse a spec file (UTF-8); paths of operators and of campaigns start from its folder.
 *
 * @throws {FileError} when the file is missing or not readable as text.
 * @throws {SpecError} with every mistake of the file.
 */
export function loadSpec(path: string): SpecFile {
  return parseSpec(readText(path, `the spec file ${path}`), path);
}

/**
 * Take a fault by its name in a spec file or read it from its text: a single word is a name.
 *
 * @throws {EspalierError} when the file has no fault of that name.
 * @throws {SpecError} with every mistake of the text; `place` stands where a message would name the file.
 */
export function selectFault(
  spec: Pick<SpecFile, 'faults'>,
  nameOrText: string,
  file: string,
  place?: string,
): FaultSpec {
  const name = nameOrText.trim();
  if (!/^[A-Za-z_]\w*$/.test(name)) return parseFault(nameOrText, place);
  const fault = spec.faults.find((candidate) => candidate.name === name);
  if (fault !== undefined) return fault;
  const names = spec.faults.map((candidate) => candidate.name ?? '');
  if (names.length > 0) throw new EspalierError(unknownWord('fault', name, names, ` in ${file}`));
  throw new EspalierError(`unknown fault "${name}" in ${file}, the spec file defines none`);
}
