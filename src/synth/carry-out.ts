import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../backend/build-cache.ts';
import { cacheRoot } from '../backend/cache-root.ts';
import { run } from '../backend/process.ts';
import type { SynthesisPlan } from './plan.ts';

export interface SynthesisControl {
  readonly signal?: AbortSignal | undefined;
  /** Called with what is being done and how far the whole is; not for what the cache has. */
  readonly onProgress?: ((what: string, done: number, total: number) => void) | undefined;
}

/** Carry out a plan unless the cache has its outcome; returns the text of that. */
export async function carryOut(
  { entry, files, steps, product }: SynthesisPlan,
  { signal, onStart }: { readonly signal?: AbortSignal | undefined; readonly onStart?: () => void } = {},
): Promise<string> {
  const build = async (folder: string): Promise<void> => {
    onStart?.();
    for (const { path, text } of files) await writeFile(join(folder, path), text);
    for (const step of steps) {
      await run({ ...step, cwd: join(folder, step.cwd) }, { signal, purpose: 'synthesis' });
    }
    for (const name of await readdir(folder)) if (name !== product) await rm(join(folder, name));
  };
  const folder = await cached({ root: cacheRoot(), name: entry, required: [product] }, build, signal);
  return readFile(join(folder, product), 'utf8');
}
