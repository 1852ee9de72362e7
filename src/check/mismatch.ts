import { realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Design } from '../design/design.ts';
import { FileError } from '../errors.ts';
import { makeDirectory, reasonOf } from '../make-directory.ts';
import { VERSION } from '../version.ts';
import { type CheckCase, describeCase } from './check-case.ts';
import { type Difference, describeDifference } from './compare.ts';
import { formatReplay } from './replay.ts';
import { type Models, runCase } from './run-case.ts';
import { shrinkCase } from './shrink.ts';

/** A case on which models differ, made as small as it could be. */
export interface Mismatch {
  readonly seed: number;
  readonly trial: number;
  readonly checkCase: CheckCase;
  /** The first difference of each pair of models in each respect; at least one. */
  readonly differences: readonly Difference[];
  /** Cases that were run to find a smaller one. */
  readonly shrinkAttempts: number;
  /** The replay file; null unless a directory for it was given. */
  readonly replayPath: string | null;
  /** The waveform of the RTL; null without a directory or an RTL that writes one. */
  readonly vcdPath: string | null;
}

/** A failing trial. */
export interface Failure {
  readonly seed: number;
  readonly trial: number;
  readonly checkCase: CheckCase;
}

export interface MismatchOptions {
  /** The most cases to run in search of a smaller one; 1000 when left out. */
  readonly shrinkLimit?: number | undefined;
  /** Where to write the replay file and the waveform; made when it is not there. */
  readonly directory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SHRINK_LIMIT = 1000;

/**
 * Make a failing case small, find what differs in it, and write it down.
 * @throws {FileError} when the directory cannot be written.
 */
export async function investigate(models: Models, failure: Failure, options: MismatchOptions): Promise<Mismatch> {
  const { design } = models.cycle;
  const { shrinkLimit = SHRINK_LIMIT, directory, signal } = options;
  const fails = async (checkCase: CheckCase) => (await runCase(models, checkCase, { signal })).differences.length > 0;
  const { smallest, attempts } = await shrinkCase(design, failure.checkCase, fails, shrinkLimit);
  const vcdPath = directory && models.rtl ? join(directory, `${fileStem(design, failure)}.vcd`) : undefined;
  if (directory) await makeFolder(directory);
  const { differences } = await runCase(models, smallest, { signal, vcdPath });
  const { seed, trial } = failure;
  const found = { seed, trial, checkCase: smallest, differences, shrinkAttempts: attempts };
  const replayPath = directory ? await writeReplay(directory, design, { ...failure, checkCase: smallest }) : null;
  return { ...found, replayPath, vcdPath: vcdPath && (await exists(vcdPath)) ? vcdPath : null };
}

/** Say a mismatch in words, a line per fact: where it was found, the case, what differs, the files. */
export function describeMismatch({ seed, trial, checkCase, differences, replayPath, vcdPath }: Mismatch): string[] {
  return [
    `models differ in trial ${trial} of seed ${seed}; the smallest case found:`,
    ...describeCase(checkCase).map((line) => `  ${line}`),
    ...differences.map(describeDifference),
    ...(replayPath ? [`replay file: ${replayPath}`] : []),
    ...(vcdPath ? [`waveform: ${vcdPath}`] : []),
  ];
}

function fileStem({ name }: Design, { seed, trial }: Failure): string {
  return `${name}-seed${seed}-trial${trial}`;
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
  } catch (cause) {
    throw new FileError(`the directory ${directory} cannot be made: ${reasonOf(cause)}`, { cause });
  }
}

async function writeReplay(directory: string, design: Design, failure: Failure): Promise<string> {
  const path = join(directory, `${fileStem(design, failure)}.replay.json`);
  try {
    await writeFile(path, formatReplay({ design, toolVersion: VERSION, ...failure }, await realpath(directory)));
  } catch (cause) {
    throw new FileError(`the replay file ${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
  return path;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
}
