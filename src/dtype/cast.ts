import { CastingError, OperandError } from '../errors.ts';
import { allocate, bitsOf, type Tensor, type TensorData } from '../tensor/tensor.ts';
import { type Dtype, dtypeInfo, integerRange } from './dtype.ts';
import { elementStore, numberReader } from './element-store.ts';
import { type FloatFormat, roundTo } from './float-format.ts';

/**
 * Take a tensor's values into a dtype of the arrays; nothing is rounded or wrapped. A NaN becomes the canonical quiet NaN
 * of a floating-point dtype.
 * @param name what the tensor is called in messages, such as "A"
 * @throws {CastingError} naming the first value that the dtype cannot hold exactly, its index and the dtype
 */
export function castTensor(source: Tensor, dtype: Dtype, name: string): Tensor<Dtype> {
  if (source.type === 'bool') throw new OperandError(`${name} must hold numbers, received bool`);
  const { float } = dtypeInfo(dtype);
  if (source.type === dtype) return float ? withCanonicalNaNs(source as Tensor<Dtype>) : (source as Tensor<Dtype>);
  const cast = allocate(dtype, source.data.length);
  if (float) castFloat(source, cast, float, dtype, name);
  else if (cast instanceof BigInt64Array) castWide(source, cast, dtype, name);
  else castNarrow(source, cast, dtype, name);
  return { type: dtype, shape: source.shape, data: cast };
}

function castNarrow(source: Tensor, cast: TensorData, dtype: Dtype, name: string): void {
  const target = cast as Int32Array;
  const read = numberReader(source.type);
  const range = integerRange(dtype);
  const [min, max] = [Number(range.min), Number(range.max)];
  for (let at = 0; at < target.length; at++) {
    const value = Number(read(source.data, at));
    if (!(value >= min && value <= max && Number.isInteger(value))) refuse(source, at, dtype, name);
    target[at] = value;
  }
}

function castWide(source: Tensor, cast: BigInt64Array, dtype: Dtype, name: string): void {
  const read = numberReader(source.type);
  const { min, max } = integerRange(dtype);
  for (let at = 0; at < cast.length; at++) {
    const element = read(source.data, at);
    if (typeof element === 'number' && !Number.isInteger(element)) refuse(source, at, dtype, name);
    const value = BigInt(element);
    if (value < min || value > max) refuse(source, at, dtype, name);
    cast[at] = value;
  }
}

function castFloat(source: Tensor, cast: TensorData, format: FloatFormat, dtype: Dtype, name: string): void {
  const read = numberReader(source.type);
  const { write } = elementStore(dtype);
  const round = roundTo(format);
  for (let at = 0; at < cast.length; at++) {
    const element = read(source.data, at);
    const value = Number(element);
    const isExact = Object.is(round(value), value) && (typeof element === 'number' || BigInt(value) === element);
    if (!isExact) refuse(source, at, dtype, name);
    write(cast, at, value);
  }
}

/** NaNs differ in bits that no number shows; on the arrays all of them begin as the canonical one. */
function withCanonicalNaNs(source: Tensor<Dtype>): Tensor<Dtype> {
  const { read, write } = elementStore(source.type);
  let { data } = source;
  for (let at = 0; at < data.length; at++) {
    if (typeof read(data, at) === 'number') continue;
    // An odd NaN is the only value of a floating-point format that is no number.
    if (data === source.data) data = copyOf(source);
    write(data, at, Number.NaN);
  }
  return data === source.data ? source : { ...source, data };
}

function copyOf({ type, data }: Tensor): TensorData {
  const copy = allocate(type, data.length);
  bitsOf(copy).set(bitsOf(data) as never);
  return copy;
}

function refuse(source: Tensor, at: number, dtype: Dtype, name: string): never {
  const value = numberReader(source.type)(source.data, at);
  throw new CastingError(
    `${name}[${indexOf(source.shape, at).join(', ')}] = ${Object.is(value, -0) ? '-0' : value} does not fit ${dtype} exactly`,
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
