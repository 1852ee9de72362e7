import { readdirSync, readFileSync } from 'node:fs';
import type { SourceFile } from './machine-design.ts';

const FOLDER = new URL('../../cosim/', import.meta.url);

/** Read the files of the C++ harness: sources, the makefile and the blank model, by name. */
export function harnessSources(): readonly SourceFile[] {
  return readdirSync(FOLDER)
    .filter((name) => /\.(cpp|h|mk|v)$/.test(name))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
}
