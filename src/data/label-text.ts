import { FileError } from '../errors.ts';
import { shorten } from '../spec/wording.ts';

const LARGEST = 2 ** 31 - 1;

/**
 * Read the label at the end of each line; commas, semicolons, tabs and blanks part columns, and empty lines do not count.
 * @throws {FileError} with the line that ends in no label.
 */
export function labelsInText(text: string, place: string): Int32Array {
  const labels: number[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  lines.forEach((line, index) => {
    const column = lastColumn(line);
    if (column === '' && line.trim() === '') return;
    if (index === 0 && isHeading(column)) return;
    const label = /^\+?\d+$/.test(column) ? Number(column) : Number.NaN;
    if (!(label <= LARGEST)) {
      throw new FileError(
        `labels must be whole numbers from 0, one at the end of each line, received "${shorten(column)}" (${place}:${index + 1})`,
      );
    }
    labels.push(label);
  });
  return Int32Array.from(labels);
}

function lastColumn(line: string): string {
  const column = line
    .trim()
    .split(/[,;\t ]/)
    .at(-1)!;
  return column.replace(/^"(.*)"$/, '$1');
}

/** A heading is a word: what begins with anything but a letter is a broken label. */
function isHeading(column: string): boolean {
  return /^[\p{L}_]\w*$/u.test(column);
}
