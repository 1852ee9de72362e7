import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EspalierError, FileError } from '../errors.ts';

/** Split `name=file`; a text that is the path of a file as a whole is that file, and has no name. */
export async function splitNamedFile(text: string): Promise<{ readonly name: string | null; readonly path: string }> {
  const equals = text.indexOf('=');
  const isFile = await stat(text).then(
    (found) => found.isFile(),
    () => false,
  );
  if (equals <= 0 || isFile) return { name: null, path: text };
  return { name: text.slice(0, equals), path: text.slice(equals + 1) };
}

/** Match `[name=]file` arguments to names; a file without a name belongs to the only one. */
export async function filesByName(
  texts: readonly string[],
  { flag, thing, names }: { readonly flag: string; readonly thing: string; readonly names: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const text of texts) {
    const { name: given, path } = await splitNamedFile(text);
    if (given === null && names.length !== 1) {
      const choices = names.map((name) => `${flag} ${name}=FILE`).join(', ');
      throw new EspalierError(`the model has ${names.length} ${thing}s, say which one ${path} is: ${choices}`);
    }
    const name = given ?? names[0]!;
    if (!names.includes(name)) {
      throw new EspalierError(`the model has no ${thing} "${name}"; its ${thing}s are ${names.join(', ')}`);
    }
    if (files.has(name)) throw new EspalierError(`the ${thing} "${name}" is given twice by ${flag}`);
    files.set(name, path);
  }
  return files;
}

/** Fail before the work rather than after it when a file could not be written in the end. */
export async function assertWritable(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new FileError(`cannot write ${path}: it is a directory`);
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? `the folder ${folder} does not exist` : `the folder ${folder} is not writable`;
    throw new FileError(`cannot write ${path}: ${reason}`, { cause });
  }
}
