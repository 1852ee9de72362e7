import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorMap } from 'node:util';

/**
 * Make a directory and its missing parents, one by one: where a parent refuses new entries by saying that it does not
 * exist, as in /proc, Node's own recursive form tries for ever.
 * @param made told of each directory as it is made, parents first
 */
export async function makeDirectory(path: string, made: (path: string) => void = () => {}): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null;
    throw cause;
  });
  if (found?.isDirectory()) return;
  if (found) throw new Error(`${path} is not a directory`);
  if (dirname(path) !== path) await makeDirectory(dirname(path), made);
  try {
    await mkdir(path);
  } catch (cause) {
    // Another process may have been faster.
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new Error(`cannot make the directory ${path}: ${reasonOf(cause)}`, { cause });
  }
  made(path);
}

/** What the system says went wrong, without code, call and path. */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
