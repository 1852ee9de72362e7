import { FileError } from '../errors.ts';
import { checkElementBytes, decodeElements, elementBytes } from '../tensor/elements.ts';
import { type ElementType, elementCount, type Tensor, tensor } from '../tensor/tensor.ts';
import type { ByteSource } from './byte-source.ts';
import type { ItemSource } from './data-source.ts';

/** Where and how a file holds one array in C order. */
export interface ArrayLayout {
  /** What errors call the format. */
  readonly format: string;
  readonly type: ElementType;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes from the start; they go on to the end. */
  readonly dataOffset: number;
}

/**
 * Serve the items of an array [N, …], each read from the file when it is wanted.
 * @throws {FileError} when the file is shorter or longer than the array.
 */
export function arrayItems(bytes: ByteSource, layout: ArrayLayout): ItemSource {
  const { shape, type, dataOffset } = layout;
  const { place } = bytes;
  const encoding = { ...layout, place };
  const [count, ...itemShape] = sides(shape, place);
  const length = elementCount(itemShape);
  const itemBytes = length * elementBytes(type);
  checkElementBytes(count * itemBytes, bytes.sizeBytes - dataOffset, encoding);
  return {
    count,
    place,
    nameOf: (index) => `${place} item ${index}`,
    async items(first, number) {
      const chunk = await bytes.read(dataOffset + first * itemBytes, number * itemBytes);
      return split(decodeElements(chunk, encoding, first * length), type, itemShape, number);
    },
    close: () => bytes.close(),
  };
}

/** Serve the items of a tensor [N, …] in memory. */
export function tensorItems({ type, shape, data }: Tensor, place: string): ItemSource {
  const [count, ...itemShape] = sides(shape, place);
  const length = elementCount(itemShape);
  return {
    count,
    place,
    nameOf: (index) => `${place} item ${index}`,
    items: async (first, number) =>
      split(data.subarray(first * length, (first + number) * length), type, itemShape, number),
    close: async () => {},
  };
}

function sides(shape: readonly number[], place: string): [number, ...number[]] {
  const [count, ...rest] = shape;
  if (count === undefined) {
    throw new FileError(`data must have an axis of items in front, received a single element (${place})`);
  }
  return [count, ...rest];
}

function split(data: Tensor['data'], type: ElementType, shape: readonly number[], count: number): Tensor[] {
  const length = elementCount(shape);
  return Array.from({ length: count }, (_, at) => tensor(type, shape, data.subarray(at * length, (at + 1) * length)));
}
