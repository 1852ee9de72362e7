import type { RunStats } from '../backend/backend.ts';
import { elementTexts } from '../dtype/element-text.ts';
import type { FaultReport } from '../fault/fault.ts';
import { grouped } from '../number-text.ts';
import { formatFault } from '../spec/format.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Beyond this many elements a matrix is not shown. */
const SHOWN_ELEMENTS = 144;

/** Lay out rows in columns with two spaces between; columns of numbers and blanks, below any heading, go to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell)));
  const columns = cells[0]!.map((_, column) => cells.map((row) => row[column]!));
  const padded = columns.map((column) => {
    const width = Math.max(...column.map((cell) => cell.length));
    const numeric = column.slice(1).every((cell) => /^(-?[\d,.]+(e[+-]\d+)?( %)?)?$/.test(cell));
    return column.map((cell) => (numeric ? cell.padStart(width) : cell.padEnd(width)));
  });
  return cells.map((_, row) =>
    padded
      .map((column) => column[row]!)
      .join('  ')
      .trimEnd(),
  );
}

/** Print a count with its noun: `1 tile`, `2,048 tiles`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Print a share as a percentage with one decimal. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Print a shape: `8×64`, or `scalar`. */
export function sides(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

/** Say how well a job used the array. */
export function describeStats(stats: RunStats): string {
  const { tiles, cycles, utilisation, effectiveUtilisation, utilisationBound } = stats;
  const work = `${count(tiles, 'tile')}, ${count(cycles, 'cycle')}`;
  const padding = utilisation === effectiveUtilisation ? '' : `, ${percent(effectiveUtilisation)} without padding`;
  return `${work}, utilisation ${percent(utilisation)} of PE-cycles${padding} (bound ${percent(utilisationBound)})`;
}

/** Say for each fault how often it changed a bit. */
export function describeFaults(reports: readonly FaultReport[]): string[] {
  return reports.map(({ fault: { spec }, firedCycles }) => {
    const name = spec.name === null ? formatFault(spec) : `${spec.name} (${formatFault(spec)})`;
    const fired = firedCycles === 0 ? 'never changed a bit' : `changed a bit in ${count(firedCycles, 'cycle')}`;
    return `fault ${name}: ${fired}`;
  });
}

/** Print a matrix row by row if it is small; nothing otherwise. */
export function previewMatrix(matrix: Tensor): string[] {
  if (matrix.data.length > SHOWN_ELEMENTS) return [];
  const [rows, columns] = matrix.shape as [number, number];
  const cells = elementTexts(matrix);
  const width = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: rows }, (_, row) =>
    `  ${cells
      .slice(row * columns, (row + 1) * columns)
      .map((cell) => cell.padStart(width))
      .join('  ')}`.trimEnd(),
  );
}
