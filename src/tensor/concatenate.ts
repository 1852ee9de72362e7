import { OperandError } from '../errors.ts';
import { allocate, bitsOf, type Tensor, tensor } from './tensor.ts';

/**
 * Put tensors together along their first axis.
 * @param parts at least one; all of one type, and of one shape but for the first axis
 * @param name what errors call the whole
 * @throws {OperandError} for parts that do not go together, or several without axes.
 */
export function concatenate(parts: readonly Tensor[], name: string): Tensor {
  const [first] = parts;
  if (!first) throw new OperandError(`${name} cannot be put together from nothing`);
  if (parts.length === 1) return first;
  const [, ...rest] = first.shape;
  const other = parts.find((part) => part.type !== first.type || !hasRows(part, rest));
  if (other) {
    const [x, y] = [first, other].map(({ type, shape }) => `${type} [${shape.join(', ')}]`);
    throw new OperandError(`the batches of ${name} cannot be put together, received ${x} and ${y}`);
  }
  const data = allocate(
    first.type,
    parts.reduce((sum, part) => sum + part.data.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    bitsOf(data).set(bitsOf(part.data) as never, at);
    at += part.data.length;
  }
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return tensor(first.type, [rows, ...rest], data);
}

function hasRows({ shape }: Tensor, rest: readonly number[]): boolean {
  return shape.length === rest.length + 1 && rest.every((side, axis) => side === shape[axis + 1]);
}
