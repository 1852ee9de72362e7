import type { Design } from '../design/design.ts';
import { elementTexts } from '../dtype/element-text.ts';
import type { Fault, FaultSpec } from '../fault/fault.ts';
import { resolveFault } from '../fault/resolve.ts';
import { formatFault } from '../spec/format.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What one trial runs on every model: R = A×B + C in the array's own dtypes, with faults. */
export interface CheckCase {
  /** M×K. */
  readonly a: Tensor;
  /** K×N. */
  readonly b: Tensor;
  /** M×N. */
  readonly c: Tensor;
  readonly faults: readonly FaultSpec[];
}

/** The sides of a case's job. */
export function sizeOf({ a, b }: CheckCase): { readonly m: number; readonly k: number; readonly n: number } {
  return { m: a.shape[0]!, k: a.shape[1]!, n: b.shape[1]! };
}

/** Place the faults of a case in the design. */
export function resolveFaults(design: Design, { faults }: CheckCase): Fault[] {
  return faults.map((fault) => resolveFault(design, fault));
}

/** Say in words what a case is, a line per fact. */
export function describeCase(checkCase: CheckCase): string[] {
  const { m, k, n } = sizeOf(checkCase);
  const { a, b, c, faults } = checkCase;
  return [
    `M = ${m}, K = ${k}, N = ${n}`,
    `A = ${describeMatrix(a)}`,
    `B = ${describeMatrix(b)}`,
    `C = ${describeMatrix(c)}`,
    ...(faults.length === 0 ? ['no faults'] : faults.map((fault, at) => `fault ${at}: ${formatFault(fault)}`)),
  ];
}

/** Beyond this many elements a matrix is described rather than printed. */
const PRINTED_ELEMENTS = 64;

function describeMatrix(matrix: Tensor): string {
  const [rows, columns] = matrix.shape as [number, number];
  const elements = elementTexts(matrix);
  const others = elements.filter((element) => element !== '0').length;
  if (others === 0) return 'zeros';
  if (elements.length > PRINTED_ELEMENTS) return `${rows}×${columns}, ${others} elements not zero`;
  const lines = Array.from({ length: rows }, (_, row) => elements.slice(row * columns, (row + 1) * columns));
  return `[${lines.map((line) => `[${line.join(', ')}]`).join(', ')}]`;
}
