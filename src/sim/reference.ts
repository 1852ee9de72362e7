import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { allocate, type Tensor, type TensorData } from '../tensor/tensor.ts';

/** A stretch of the inner dimension: from `start` (included) to `end` (excluded). */
export interface InnerRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Compute R = A×B + C by the plain triple loop over k in `range`: A is M×K, B is K×N, C and R are M×N in dtype `type`;
 * products are exact, sums wrap modulo 2^W.
 */
export function multiplyAdd(a: Tensor, b: Tensor, c: TensorData, type: Dtype, range: InnerRange): TensorData {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const widthsBits = [a, b].map((operand) => dtypeInfo(operand.type as Dtype).widthBits) as [number, number];
  const job: Loops = { a: a.data, b: b.data, rows, inner, columns, range };
  if (dtypeInfo(type).widthBits > 32) return wide(job, c as BigInt64Array, widthsBits);
  return widthsBits[0] + widthsBits[1] > 52 ? narrowOfWide(job, c, type) : narrow(job, c, type, widthsBits);
}

interface Loops {
  readonly a: TensorData;
  readonly b: TensorData;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly range: InnerRange;
}

/** Accumulators of at most 32 bits: sums modulo 2^32 reduce to any narrower width in the end. */
function narrow(job: Loops, c: TensorData, type: Dtype, widthsBits: readonly [number, number]): TensorData {
  const sums = Int32Array.from(c as Int32Array);
  const kernel = widthsBits[0] + widthsBits[1] <= 32 ? addSmallProducts : addProducts;
  kernel(job, job.a as Int32Array, job.b as Int32Array, sums);
  return storeWrapped(sums, type);
}

function addSmallProducts({ rows, inner, columns, range }: Loops, a: Int32Array, b: Int32Array, sums: Int32Array) {
  for (let i = 0; i < rows; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = sums[at]! + Math.imul(factor, b[from]!);
      }
    }
  }
}

/** Products of up to 52 bits are exact in a double; so is their sum with 32 bits before it wraps. */
function addProducts({ rows, inner, columns, range }: Loops, a: Int32Array, b: Int32Array, sums: Int32Array) {
  for (let i = 0; i < rows; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = (sums[at]! + factor * b[from]!) | 0;
      }
    }
  }
}

function narrowOfWide(job: Loops, c: TensorData, type: Dtype): TensorData {
  const sums = wide(job, BigInt64Array.from(c as Int32Array, BigInt), [64, 64]);
  return storeWrapped(
    Int32Array.from(sums as BigInt64Array, (sum) => Number(BigInt.asIntN(32, sum))),
    type,
  );
}

/** Accumulators of 64 bits: in doubles as long as no sum of products can leave 53 bits, otherwise in bigints. */
function wide(job: Loops, c: BigInt64Array, widthsBits: readonly [number, number]): TensorData {
  const { a, b, rows, inner, columns, range } = job;
  const terms = range.end - range.start;
  const exactInDoubles = widthsBits[0] + widthsBits[1] + Math.ceil(Math.log2(Math.max(terms, 1))) <= 52;
  const sums = new BigInt64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * columns + j;
      if (exactInDoubles) {
        let sum = 0;
        for (let k = range.start; k < range.end; k++) {
          sum += (a[i * inner + k] as number) * (b[k * columns + j] as number);
        }
        sums[at] = c[at]! + BigInt(sum);
      } else {
        let sum = c[at]!;
        for (let k = range.start; k < range.end; k++) {
          sum += BigInt(a[i * inner + k]!) * BigInt(b[k * columns + j]!);
        }
        sums[at] = sum;
      }
    }
  }
  return sums;
}

/** Typed arrays wrap what is stored in them modulo 2^W. */
function storeWrapped(sums: Int32Array, type: Dtype): TensorData {
  if (type === 'int32') return sums;
  const stored = allocate(type, sums.length) as Int16Array;
  stored.set(sums);
  return stored;
}
