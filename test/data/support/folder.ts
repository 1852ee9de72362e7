import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DataOptions } from '../../../src/data/open-data.ts';
import { openData } from '../../../src/data/open-data.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';

/** A folder of a test's own; its path is `at('.')`. */
export interface Folder {
  at(name: string): string;
  write(name: string, bytes: Uint8Array | string): Promise<string>;
  remove(): Promise<void>;
}

export async function openFolder(): Promise<Folder> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-data-'));
  return {
    at: (name) => join(folder, name),
    async write(name, bytes) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      return path;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Read all items at once. */
export async function readAll(path: string, options?: DataOptions): Promise<Tensor> {
  const source = await openData(path, options);
  try {
    return await source.read(0, source.count);
  } finally {
    await source.close();
  }
}

/** An IDX file: element type, shape, and the elements in hexadecimal digits. */
export function idx(type: number, shape: readonly number[], elements: string | Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((side, axis) => {
    header.writeUInt32BE(side, 4 + 4 * axis);
  });
  const bytes = typeof elements === 'string' ? Buffer.from(elements.replaceAll(' ', ''), 'hex') : elements;
  return Buffer.concat([header, bytes]);
}
