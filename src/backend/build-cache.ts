import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError } from '../errors.ts';
import { makeDirectory, reasonOf } from '../make-directory.ts';

export interface CacheEntry {
  readonly root: string;
  /** Name of the entry's folder; tells everything that went into the build. */
  readonly name: string;
  /** Files without which an entry counts as broken. */
  readonly required: readonly string[];
}

// A build folder carries the name of its entry, host and process: `building.<entry>.<host>.<pid>.<random>`.
const BUILDING = 'building';
const SIGN_OF_LIFE_MS = 2_000;
const DEAD_AFTER_MS = 20_000;
const POLL_MS = 100;

/**
 * Get an entry of the build cache, building it if it is absent or broken.
 *
 * A build happens in a folder of its own that is renamed into place when it is complete, so that a half-finished build
 * never counts; of several processes that build the same entry the first to finish wins. Usually the others wait for it.
 * @param build fills the empty folder it is given with the required files and nothing else worth keeping
 * @returns the path of the entry
 * @throws {FileError} if the cache cannot be written, and what `build` throws.
 */
export async function cached(
  entry: CacheEntry,
  build: (folder: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<string> {
  const place = join(entry.root, entry.name);
  if (await isComplete(place, entry)) return place;
  await makeRoot(entry.root);
  await removeDeadBuilds(entry.root);
  while (await isBeingBuilt(entry)) {
    await sleep(POLL_MS);
    signal?.throwIfAborted();
    if (await isComplete(place, entry)) return place;
  }
  const folder = join(entry.root, buildFolder(entry.name));
  await mkdir(folder);
  const alive = setInterval(() => void utimes(folder, new Date(), new Date()).catch(() => {}), SIGN_OF_LIFE_MS);
  try {
    await build(folder);
    await putInPlace(folder, place, entry);
    return place;
  } finally {
    clearInterval(alive);
    await rm(folder, { recursive: true, force: true });
  }
}

async function isComplete(place: string, { required }: CacheEntry): Promise<boolean> {
  const found = await Promise.all(required.map((name) => exists(join(place, name))));
  return found.every(Boolean);
}

async function putInPlace(folder: string, place: string, entry: CacheEntry): Promise<void> {
  for (;;) {
    try {
      await rename(folder, place);
      return;
    } catch (error) {
      if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    if (await isComplete(place, entry)) return;
    // What lies there is broken. It is moved away first: nobody may see an entry that is half deleted.
    const broken = join(entry.root, buildFolder(entry.name));
    await rename(place, broken).catch(ignoreMissing);
    await rm(broken, { recursive: true, force: true });
  }
}

/** Whether a live process builds the entry just now. */
async function isBeingBuilt(entry: CacheEntry): Promise<boolean> {
  for (const name of await readdir(entry.root)) {
    const build = parseBuildFolder(name);
    if (build?.entry !== entry.name || isDead(build)) continue;
    const touched = await stat(join(entry.root, name)).catch(ignoreMissing);
    if (touched && Date.now() - touched.mtimeMs < DEAD_AFTER_MS) return true;
  }
  return false;
}

async function removeDeadBuilds(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const build = parseBuildFolder(name);
    if (build && isDead(build)) await rm(join(root, name), { recursive: true, force: true });
  }
}

interface BuildFolder {
  readonly entry: string;
  readonly host: string;
  readonly pid: number;
}

function buildFolder(entry: string): string {
  return [BUILDING, entry, hostToken(), process.pid, randomBytes(4).toString('hex')].join('.');
}

function parseBuildFolder(name: string): BuildFolder | null {
  const [kind, entry, host, pid] = name.split('.');
  return kind === BUILDING && entry && host && pid ? { entry, host, pid: Number(pid) } : null;
}

/** A process of another host (the cache may lie on a shared disk) cannot be asked and counts as alive. */
function isDead({ host, pid }: BuildFolder): boolean {
  if (host !== hostToken()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

function hostToken(): string {
  return hostname().replace(/[^A-Za-z0-9-]/g, '-');
}

async function makeRoot(root: string): Promise<void> {
  if (/\s/.test(root)) {
    throw new FileError(
      `the build cache ${root} has a space in its path, which make cannot handle: set ESPALIER_CACHE`,
    );
  }
  try {
    await makeDirectory(root);
  } catch (error) {
    throw new FileError(`cannot write the build cache ${root}: ${reasonOf(error)}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
