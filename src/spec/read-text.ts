import { readFileSync } from 'node:fs';
import { FileError } from '../errors.ts';

/**
 * Read a file as UTF-8 text; `thing` names it in the message, such as `the spec file x.array`.
 *
 * @throws {FileError} when it is missing or not readable as text.
 */
export function readText(path: string, thing: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = REASONS[code ?? ''] ?? code ?? String(cause);
    throw new FileError(`${thing} cannot be read: ${reason}`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};
