import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { buildDesign } from '../design/build-design.ts';
import type { Design } from '../design/design.ts';
import { castTensor } from '../dtype/cast.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { elementStore } from '../dtype/element-store.ts';
import { floatBits } from '../dtype/float-bits.ts';
import { EspalierError, FileError } from '../errors.ts';
import { formatFault, formatSpec } from '../spec/format.ts';
import { parseFault, parseSpec } from '../spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../tensor/tensor.ts';
import { type CheckCase, resolveFaults } from './check-case.ts';

/** A case that was written down to be run again. */
export interface Replay {
  readonly design: Design;
  readonly seed: number;
  readonly trial: number;
  /** The version that wrote the file. */
  readonly toolVersion: string;
  readonly checkCase: CheckCase;
}

/**
 * The content of a replay file. Elements are text, so that every bit survives: integers are decimal numbers,
 * floating-point ones the hexadecimal numbers of their bits.
 */
interface ReplayFile {
  readonly espalier: string;
  readonly seed: number;
  readonly trial: number;
  readonly spec: string;
  readonly faults: readonly string[];
  readonly a: readonly (readonly string[])[];
  readonly b: readonly (readonly string[])[];
  readonly c: readonly (readonly string[])[];
}

/**
 * Print a case of a design as the text of a replay file; the same case gives the same text. Paths of own operators start
 * from `folder`, the real path of the one that the file will lie in.
 */
export function formatReplay({ design, seed, trial, toolVersion, checkCase }: Replay, folder: string): string {
  const file: ReplayFile = {
    espalier: toolVersion,
    seed,
    trial,
    spec: formatSpec({ arrays: [design.spec], faults: [] }, folder),
    faults: checkCase.faults.map(formatFault),
    a: rowsOf(checkCase.a),
    b: rowsOf(checkCase.b),
    c: rowsOf(checkCase.c),
  };
  const lines = Object.entries(file).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * Read a replay file; paths of own operators start from its folder.
 * @throws {FileError} when it is missing or no replay file, and what a spec, a fault or an operand in it may be refused for.
 */
export async function readReplay(path: string): Promise<Replay> {
  let text: string;
  let folder: string;
  try {
    text = await readFile(path, 'utf8');
    folder = dirname(await realpath(path));
  } catch (cause) {
    throw new FileError(`the replay file ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    return toReplay(JSON.parse(text) as ReplayFile, basename(path), folder);
  } catch (cause) {
    if (cause instanceof EspalierError) throw cause;
    throw new FileError(`${path} is no replay file: ${(cause as Error).message}`, { cause });
  }
}

function toReplay(file: ReplayFile, name: string, folder: string): Replay {
  const [spec] = parseSpec(file.spec, name, folder).arrays;
  if (!spec) throw new TypeError('it holds no array');
  const { types } = spec;
  const checkCase = {
    a: toMatrix(file.a, types.a, 'A'),
    b: toMatrix(file.b, types.b, 'B'),
    c: toMatrix(file.c, types.c, 'C'),
    faults: file.faults.map((fault) => parseFault(fault, name)),
  };
  const design = buildDesign(spec);
  resolveFaults(design, checkCase);
  return { design, seed: file.seed, trial: file.trial, toolVersion: file.espalier, checkCase };
}

function rowsOf({ type, data, shape }: Tensor): string[][] {
  const columns = shape[1]!;
  const isFloat = dtypeInfo(type as Dtype).kind === 'float';
  const print = (element: number | bigint) => (isFloat ? `0x${element.toString(16)}` : String(element));
  const elements = Array.from<number | bigint, string>(bitsOf(data), print);
  return Array.from({ length: shape[0]! }, (_, row) => elements.slice(row * columns, (row + 1) * columns));
}

function toMatrix(rows: readonly (readonly string[])[], type: Dtype, name: string): Tensor {
  const shape = [rows.length, rows[0]?.length ?? 0];
  const elements = rows.flat().map(BigInt);
  const { float } = dtypeInfo(type);
  if (float === null) return castTensor(tensor('int64', shape, BigInt64Array.from(elements)), type, name);
  const matrix = tensor(type, shape);
  const { write } = elementStore(type);
  const { fromBits } = floatBits(float);
  for (const [at, bits] of elements.entries()) write(matrix.data, at, fromBits(bits));
  return matrix;
}
