import type { BackendKind } from '../backend/backend.ts';
import type { Design } from '../design/design.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { traceCycleBytes } from '../sim/stores.ts';
import { bitsOf, type Tensor, type TensorData } from '../tensor/tensor.ts';

/** The models that a check compares; `reference` is the plain triple loop. */
export type ModelName = BackendKind | 'reference';

/** Two models by name, and what each of them said. */
export interface Pair<T> {
  readonly models: readonly [ModelName, ModelName];
  readonly values: readonly [T, T];
}

/** The first place in which two models differ in one respect. Values are unsigned bit patterns. */
export type Difference =
  | ({
      readonly kind: 'register';
      readonly cycle: number;
      readonly register: string;
      readonly pe: { readonly x: number; readonly y: number };
      readonly widthBits: number;
    } & Pair<bigint>)
  | ({
      readonly kind: 'result';
      readonly row: number;
      readonly column: number;
      readonly widthBits: number;
    } & Pair<bigint>)
  | ({ readonly kind: 'fired'; readonly fault: number } & Pair<number>);

type Models = Pair<unknown>['models'];

/** Find the first register, in time and then in the order of the trace, in which two traces differ. */
export function compareRegisters(
  design: Design,
  models: Models,
  traces: readonly [Uint8Array, Uint8Array],
): Difference | null {
  const [ours, theirs] = traces.map(asBuffer) as [Buffer, Buffer];
  if (ours.equals(theirs)) return null;
  let at = 0;
  while (ours[at] === theirs[at]) at++;
  const cycleBytes = traceCycleBytes(design);
  const cycle = Math.floor(at / cycleBytes);
  let start = cycle * cycleBytes;
  for (const { name, bytes, widthBits } of design.registers) {
    const pe = design.pes[Math.floor((at - start) / bytes)];
    if (pe) {
      const from = start + pe.index * bytes;
      const values = [readBits(ours, from, bytes), readBits(theirs, from, bytes)] as const;
      return { kind: 'register', models, cycle, register: name, pe: { x: pe.x, y: pe.y }, widthBits, values };
    }
    start += bytes * design.pes.length;
  }
  throw new Error(`byte ${at} lies outside the trace`);
}

/** Find the first element, in row-major order, in which two results differ. */
export function compareResults(models: Models, results: readonly [Tensor, Tensor]): Difference | null {
  const [ours, theirs] = results;
  if (asBuffer(ours.data).equals(asBuffer(theirs.data))) return null;
  const { widthBits } = dtypeInfo(ours.type as Parameters<typeof dtypeInfo>[0]);
  const bits = results.map(({ data }) => bitsOf(data));
  const at = bits[0]!.findIndex((element: number | bigint, n: number) => element !== bits[1]![n]);
  const columns = ours.shape[1]!;
  const values = bits.map((data) => BigInt.asUintN(widthBits, BigInt(data[at]!))) as [bigint, bigint];
  return { kind: 'result', models, row: Math.floor(at / columns), column: at % columns, widthBits, values };
}

/** Find the first fault that did not change a bit in equally many cycles. */
export function compareFired(
  models: Models,
  [ours, theirs]: readonly [readonly number[], readonly number[]],
): Difference | null {
  const fault = ours.findIndex((count, n) => count !== theirs[n]);
  return fault === -1 ? null : { kind: 'fired', models, fault, values: [ours[fault]!, theirs[fault]!] };
}

/** Say a difference in a sentence. */
export function describeDifference(difference: Difference): string {
  const [ours, theirs] = difference.models;
  if (difference.kind === 'fired') {
    const [first, second] = difference.values;
    return `fault ${difference.fault} changed a bit in ${first} cycles (${ours}) and in ${second} cycles (${theirs})`;
  }
  const digits = Math.ceil(difference.widthBits / 4);
  const [first, second] = difference.values.map((bits) => `0x${bits.toString(16).padStart(digits, '0')}`);
  const where =
    difference.kind === 'register'
      ? `register ${difference.register} of PE (${difference.pe.x}, ${difference.pe.y}) after cycle ${difference.cycle}`
      : `R[${difference.row}, ${difference.column}]`;
  return `${where} is ${first} (${ours}) and ${second} (${theirs})`;
}

function asBuffer(data: TensorData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Read bits from little-endian bytes as an unsigned number. */
export function readBits(bytes: Buffer, at: number, count: number): bigint {
  return BigInt(
    `0x${Buffer.from(bytes.subarray(at, at + count))
      .reverse()
      .toString('hex')}`,
  );
}
