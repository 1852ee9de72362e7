import { bitsOf, type TensorData } from '../tensor/tensor.ts';
import type { BeatTable } from './beat-table.ts';

/** Frames of one port: `cycles` frames of `lanes` elements, one after the other. */
export interface FrameBlock {
  readonly frames: TensorData;
  readonly lanes: number;
  readonly cycles: number;
}

/** A row-major matrix. */
export interface SourceMatrix {
  readonly data: TensorData;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Put the elements of one tile's block into a port's frames. The tile starts in cycle `base` of the frames (it may lie
 * partly outside); its block starts at `origin` of the matrix and is padded with zeros beyond it. The frames'
 * element type has the width of the matrix's; only bits are copied.
 */
export function placeElements(
  { frames, lanes, cycles }: FrameBlock,
  table: BeatTable,
  base: number,
  { data, rows, columns }: SourceMatrix,
  origin: { readonly row: number; readonly column: number },
): void {
  const copy = data.BYTES_PER_ELEMENT === 8 ? copyWide : copyNarrow;
  const [to, from] = [frames, data].map(asIntegers) as [Int32Array, Int32Array];
  copy(to, lanes, cycles, table, base, from, rows, columns, origin.row, origin.column);
}

/** Look at storage as integers of up to 32 bits; an element of 64 bits as two. */
function asIntegers(data: TensorData): TensorData {
  const { buffer, byteOffset, length, BYTES_PER_ELEMENT } = data;
  return BYTES_PER_ELEMENT === 8 ? new Int32Array(buffer, byteOffset, length * 2) : bitsOf(data);
}

function copyNarrow(
  to: Int32Array,
  lanes: number,
  cycles: number,
  table: BeatTable,
  base: number,
  from: Int32Array,
  rows: number,
  columns: number,
  firstRow: number,
  firstColumn: number,
): void {
  for (let n = 0; n < table.length; n++) {
    const cycle = base + table.cycle[n]!;
    const row = firstRow + table.row[n]!;
    const column = firstColumn + table.column[n]!;
    if (cycle < 0 || cycle >= cycles || row >= rows || column >= columns) continue;
    to[cycle * lanes + table.lane[n]!] = from[row * columns + column]!;
  }
}

/** As copyNarrow, for elements of two words: bigints would be made and thrown away for each. */
function copyWide(
  to: Int32Array,
  lanes: number,
  cycles: number,
  table: BeatTable,
  base: number,
  from: Int32Array,
  rows: number,
  columns: number,
  firstRow: number,
  firstColumn: number,
): void {
  for (let n = 0; n < table.length; n++) {
    const cycle = base + table.cycle[n]!;
    const row = firstRow + table.row[n]!;
    const column = firstColumn + table.column[n]!;
    if (cycle < 0 || cycle >= cycles || row >= rows || column >= columns) continue;
    const target = 2 * (cycle * lanes + table.lane[n]!);
    const source = 2 * (row * columns + column);
    to[target] = from[source]!;
    to[target + 1] = from[source + 1]!;
  }
}
