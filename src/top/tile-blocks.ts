import { allocate, bitsOf, type Tensor, type TensorData } from '../tensor/tensor.ts';

/** Part of a matrix, where it begins and how large it is. */
export interface Block {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Take a block out of a matrix, padded with zeros where it lies outside. */
export function takeBlock({ type, shape, data }: Tensor, block: Block): TensorData {
  const taken = allocate(type, block.rows * block.columns);
  const [to, from] = [bitsOf(taken) as Int32Array, bitsOf(data) as Int32Array];
  const [rows, columns] = shape as [number, number];
  const width = Math.min(block.columns, columns - block.column);
  for (let i = 0; i < block.rows && block.row + i < rows; i++) {
    const start = (block.row + i) * columns + block.column;
    to.set(from.subarray(start, start + width), i * block.columns);
  }
  return taken;
}

/** Put a block's elements into a matrix; what lies outside is left out. */
export function putBlock({ shape, data }: Tensor, block: Block, elements: TensorData): void {
  const [to, from] = [bitsOf(data) as Int32Array, bitsOf(elements) as Int32Array];
  const [rows, columns] = shape as [number, number];
  const width = Math.min(block.columns, columns - block.column);
  for (let i = 0; i < block.rows && block.row + i < rows; i++) {
    to.set(from.subarray(i * block.columns, i * block.columns + width), (block.row + i) * columns + block.column);
  }
}
