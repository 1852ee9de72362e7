import type { Stats } from 'node:fs';
import { readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FileError } from '../errors.ts';
import { makeDirectory, reasonOf } from '../make-directory.ts';
import type { EmittedFile } from './emit-design.ts';

/** A file whose content differs from what is there. */
interface Change {
  readonly path: string;
  readonly text: string;
  /** Where the file goes, and where its content waits until all files have been written. */
  readonly target: string;
  readonly staged: string;
  /** Where the old content, if any, waits until all files are in place. */
  readonly backup: string;
}

/** Takes one step back. */
type Undo = () => Promise<void>;

/**
 * Write files into a directory, made when missing. Files that already hold the same bytes are left untouched; the
 * others appear all together in the end, and a failure leaves everything as it was.
 * @returns the paths of the files that changed, relative to the directory
 * @throws {FileError} when the directory or a file cannot be written
 */
export async function writeFiles(directory: string, files: readonly EmittedFile[]): Promise<string[]> {
  const changes = await findChanges(directory, files);
  const undos: Undo[] = [];
  let place = directory;
  try {
    await makeDirectory(resolve(directory), (path) => undos.push(() => rmdir(path)));
    for (const change of changes) {
      place = join(directory, change.path);
      await stage(change, undos);
    }
    for (const change of changes) {
      place = join(directory, change.path);
      await replace(change, undos);
    }
  } catch (cause) {
    const kept = await undoAll(undos);
    throw new FileError(`cannot write ${place}: ${reasonOf(cause)}${kept}`, { cause });
  }
  await Promise.all(changes.map(({ backup }) => rm(backup, { force: true })));
  return changes.map(({ path }) => path);
}

/** Find the files to write; everything that stands in the place of one is named before anything is touched. */
async function findChanges(directory: string, files: readonly EmittedFile[]): Promise<Change[]> {
  const changes: Change[] = [];
  const problems: string[] = [];
  for (const { path, text } of files) {
    const place = join(directory, path);
    const target = resolve(place);
    try {
      const found = await look(target);
      if (found && !found.isFile()) {
        problems.push(`${place}: it is ${found.isDirectory() ? 'a directory' : 'not a regular file'}`);
      } else if (!found || !(await holds(target, text))) {
        const beside = `${target}.${process.pid}`;
        changes.push({ path, text, target, staged: `${beside}.new`, backup: `${beside}.old` });
      }
    } catch (cause) {
      problems.push(`${place}: ${reasonOf(cause)}`);
    }
  }
  if (problems.length > 0) throw new FileError(`cannot write ${problems.join('; ')}`);
  return changes;
}

/** Tell what is at a path; null for nothing. */
async function look(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (cause) {
    // A file in the place of a parent directory is found when that directory is made.
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw cause;
  }
}

async function holds(path: string, text: string): Promise<boolean> {
  const content = await readFile(path).catch(() => null);
  return content?.equals(Buffer.from(text)) ?? false;
}

async function stage({ target, staged, text }: Change, undos: Undo[]): Promise<void> {
  await makeDirectory(dirname(target), (path) => undos.push(() => rmdir(path)));
  try {
    await writeFile(staged, text);
  } catch (cause) {
    await rm(staged, { force: true }).catch(() => {});
    throw cause;
  }
  undos.push(() => rm(staged, { force: true }));
}

async function replace({ target, staged, backup }: Change, undos: Undo[]): Promise<void> {
  try {
    await rename(target, backup);
    undos.push(() => rename(backup, target));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  await rename(staged, target);
  undos.push(() => rm(target));
}

/** Take all steps back, the last one first; returns what to say when that fails as well. */
async function undoAll(undos: readonly Undo[]): Promise<string> {
  let left = '';
  for (const undo of undos.toReversed()) {
    await undo().catch((cause: Error) => {
      left += `; and not everything could be put back: ${cause.message}`;
    });
  }
  return left;
}
