import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { writeNpy } from '../../../src/tensor/npy.ts';
import { type ElementType, type TensorData, tensor } from '../../../src/tensor/tensor.ts';

export const BIN = fileURLToPath(new URL('../../../bin/espalier.js', import.meta.url));
export const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What a run of the program left. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** A folder of one's own to run the program in. */
export interface Workplace {
  readonly folder: string;
  path(name: string): string;
  /** Run the program with these arguments in the folder. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** Write a .npy file. */
  npy(name: string, type: ElementType, shape: readonly number[], data: TensorData): Promise<void>;
  text(name: string, content: string): Promise<void>;
  /** The names of all files and folders, in order. */
  list(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function openWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'espalier-cli-'));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    async run(args, env = {}) {
      const options = { cwd: folder, env, reject: false, stripFinalNewline: false } as const;
      const { stdout, stderr, exitCode } = await execa(process.execPath, [BIN, ...args], options);
      return { stdout, stderr, exitCode };
    },
    npy: (name, type, shape, data) => writeNpy(path(name), tensor(type, shape, data)),
    text: (name, content) => writeFile(path(name), content),
    list: async () => (await readdir(folder)).sort(),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
