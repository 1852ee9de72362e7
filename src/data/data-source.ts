import { FileError, OperandError } from '../errors.ts';
import { allocate, bitsOf, type ElementType, elementCount, type Tensor, tensor } from '../tensor/tensor.ts';

/** Items of one shape and type, read a batch at a time. */
export interface DataSource {
  readonly count: number;
  /** The shape of one item. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  /**
   * Read the items from index `first` on as one tensor [count, …shape].
   * @throws {OperandError} for items that there are not; {FileError} when an item cannot be read, or is unlike the first.
   */
  read(first: number, count: number): Promise<Tensor>;
  close(): Promise<void>;
}

/** Items as a file or folder holds them, before they are made alike; `nameOf` is what errors call an item. */
export interface ItemSource {
  readonly count: number;
  readonly place: string;
  nameOf(index: number): string;
  items(first: number, count: number): Promise<readonly Tensor[]>;
  close(): Promise<void>;
}

/**
 * Put items together to batches. The first item says what all of them must be like.
 * @param prepare what to do to each item
 * @throws {FileError} when there is no item.
 */
export async function batched(
  source: ItemSource,
  prepare: (item: Tensor, name: string) => Tensor = (item) => item,
): Promise<DataSource> {
  if (source.count === 0) throw new FileError(`data must have at least one item, ${source.place} has none`);
  const [model] = await source.items(0, 1);
  const { shape, type } = prepare(model!, source.nameOf(0));
  const length = elementCount(shape);
  return {
    count: source.count,
    shape,
    type,
    async read(first, count) {
      checkRange(source, first, count);
      const data = allocate(type, count * length);
      const bits = bitsOf(data);
      const items = count === 0 ? [] : await source.items(first, count);
      items.forEach((item, at) => {
        const name = source.nameOf(first + at);
        const prepared = prepare(item, name);
        checkAlike(prepared, { shape, type }, name);
        bits.set(bitsOf(prepared.data) as never, at * length);
      });
      return tensor(type, [count, ...shape], data);
    },
    close: () => source.close(),
  };
}

function checkRange({ count: length, place }: ItemSource, first: number, count: number): void {
  const wholes = Number.isInteger(first) && Number.isInteger(count);
  if (wholes && first >= 0 && count >= 0 && first + count <= length) return;
  throw new OperandError(`${place} has items 0 to ${length - 1}, received ${count} items from ${first} on`);
}

function checkAlike(item: Tensor, wanted: Pick<Tensor, 'shape' | 'type'>, name: string): void {
  const same = item.shape.length === wanted.shape.length && item.shape.every((side, at) => side === wanted.shape[at]);
  if (same && item.type === wanted.type) return;
  const print = ({ type, shape }: Pick<Tensor, 'shape' | 'type'>) => `${type} [${shape.join(', ')}]`;
  throw new FileError(
    `all items must be ${print(wanted)} like the first, received ${print(item)} (${name}); ${cure(item, wanted)}`,
  );
}

/** Name the clause of the preprocess text that makes the items alike. */
function cure(item: Tensor, wanted: Pick<Tensor, 'shape' | 'type'>): string {
  if (item.type !== wanted.type) return 'images of 8 and of 16 bits cannot be mixed';
  if (item.shape.length !== wanted.shape.length) return '"gray" or "rgb" makes channels alike';
  return '"size WxH" makes sizes alike';
}
