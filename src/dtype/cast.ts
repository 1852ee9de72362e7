import { CastingError, OperandError } from '../errors.ts';
import { allocate, type Tensor, type TensorData } from '../tensor/tensor.ts';
import { type Dtype, integerRange } from './dtype.ts';

/**
 * Take a tensor's values into a dtype of the arrays; nothing is rounded or wrapped.
 * @param name what the tensor is called in messages, such as "A"
 * @throws {CastingError} naming the first value that the dtype cannot hold exactly, its index and the dtype
 */
export function castTensor(source: Tensor, dtype: Dtype, name: string): Tensor<Dtype> {
  if (source.type === dtype) return source as Tensor<Dtype>;
  if (source.type === 'bool') throw new OperandError(`${name} must hold numbers, received bool`);
  const { min, max } = integerRange(dtype);
  const { data } = source;
  const cast = allocate(dtype, data.length);
  if (cast instanceof BigInt64Array) castWide(source, cast, dtype, name);
  else castNarrow(source, cast, Number(min), Number(max), dtype, name);
  return { type: dtype, shape: source.shape, data: cast };
}

function castNarrow(source: Tensor, cast: TensorData, min: number, max: number, dtype: Dtype, name: string): void {
  const target = cast as Int32Array;
  source.data.forEach((element: number | bigint, at: number) => {
    const value = Number(element);
    if (!(value >= min && value <= max && Number.isInteger(value))) refuse(source, at, dtype, name);
    target[at] = value;
  });
}

function castWide(source: Tensor, cast: BigInt64Array, dtype: Dtype, name: string): void {
  const { min, max } = integerRange(dtype);
  source.data.forEach((element: number | bigint, at: number) => {
    if (typeof element === 'number' && !Number.isInteger(element)) refuse(source, at, dtype, name);
    const value = BigInt(element);
    if (value < min || value > max) refuse(source, at, dtype, name);
    cast[at] = value;
  });
}

function refuse(source: Tensor, at: number, dtype: Dtype, name: string): never {
  throw new CastingError(
    `${name}[${indexOf(source.shape, at).join(', ')}] = ${source.data[at]} does not fit ${dtype} exactly`,
  );
}

/** Turn a row-major offset into an index, one number per dimension. */
function indexOf(shape: readonly number[], offset: number): number[] {
  const index: number[] = [];
  let rest = offset;
  for (const side of [...shape].reverse()) {
    index.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return index;
}
