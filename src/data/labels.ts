import { extname } from 'node:path';
import { numberReader } from '../dtype/element-store.ts';
import { FileError } from '../errors.ts';
import { elementCount } from '../tensor/tensor.ts';
import { readWhole } from '../tensor/whole-file.ts';
import { labelsInText } from './label-text.ts';
import { openArray } from './open-items.ts';

const TEXT = new Set(['.txt', '.csv', '.tsv']);
const LARGEST = 2 ** 31 - 1;

/**
 * Read labels, the class of each item counted from 0: an array [N] or [N, 1] in any format that `openData` reads, of any
 * type whose numbers are whole; or a text with a label at the end of each line (the last column of a CSV file), of which
 * the first line may be a heading.
 * @param count how many labels there must be, such as the items of the data; any number when left out
 * @throws {FileError} when the file is missing or broken, a label is no class, or the number of labels is another.
 */
export async function readLabels(path: string, count?: number): Promise<Int32Array> {
  const labels = (TEXT.has(extname(path).toLowerCase()) ? null : await arrayLabels(path)) ?? (await textLabels(path));
  if (count !== undefined && labels.length !== count) {
    throw new FileError(`there must be a label for each of the ${count} items, received ${labels.length} (${path})`);
  }
  return labels;
}

async function arrayLabels(path: string): Promise<Int32Array | null> {
  const source = await openArray(path);
  if (source === null) return null;
  const items = await source.items(0, source.count).finally(() => source.close());
  const shape = items[0]?.shape ?? [];
  if (elementCount(shape) !== 1) {
    throw new FileError(`labels must be [N] or [N, 1], received [${[source.count, ...shape].join(', ')}] (${path})`);
  }
  return Int32Array.from(items, ({ type, data }, at) => {
    const value = Number(numberReader(type)(data, 0));
    if (type !== 'bool' && Number.isInteger(value) && value >= 0 && value <= LARGEST) return value;
    throw new FileError(`labels must be whole numbers from 0, received ${type} ${value} at ${at} (${path})`);
  });
}

async function textLabels(path: string): Promise<Int32Array> {
  return labelsInText(Buffer.from(await readWhole(path)).toString('utf8'), path);
}
