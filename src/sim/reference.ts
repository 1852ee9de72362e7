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
  const steps = multiplyAddInSteps(a, b, c, type, range);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** About how many products are added between two steps: some milliseconds' worth. */
const PRODUCTS_PER_STEP = 2 ** 21;

/** As multiplyAdd, some rows at a time, so that a caller can look after other things in between. */
export function* multiplyAddInSteps(
  a: Tensor,
  b: Tensor,
  c: TensorData,
  type: Dtype,
  range: InnerRange,
): Generator<void, TensorData> {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const { kernel, sums } = chooseKernel(a.type as Dtype, b.type as Dtype, c, type, range);
  const rowsPerStep = Math.max(1, Math.floor(PRODUCTS_PER_STEP / (columns * (range.end - range.start))));
  for (let firstRow = 0; firstRow < rows; firstRow += rowsPerStep) {
    const endRow = Math.min(rows, firstRow + rowsPerStep);
    kernel({ firstRow, endRow, inner, columns, range }, a.data, b.data, sums);
    yield;
  }
  return storeWrapped(sums, type);
}

/** The rows, columns and terms that a kernel adds up. */
interface Loops {
  readonly firstRow: number;
  readonly endRow: number;
  readonly inner: number;
  readonly columns: number;
  readonly range: InnerRange;
}

/** Adds A×B to the sums, in place. */
type Kernel = (loops: Loops, a: TensorData, b: TensorData, sums: TensorData) => void;

function chooseKernel(a: Dtype, b: Dtype, c: TensorData, type: Dtype, range: InnerRange) {
  const productBits = dtypeInfo(a).widthBits + dtypeInfo(b).widthBits;
  const termBits = Math.ceil(Math.log2(range.end - range.start));
  if (dtypeInfo(type).widthBits > 32) {
    const kernel = productBits + termBits <= 52 ? addDoublesToWide : addBigints;
    return { kernel, sums: (c as BigInt64Array).slice() };
  }
  if (productBits > 52) return { kernel: addBigints, sums: BigInt64Array.from(c as Int32Array, BigInt) };
  // Sums modulo 2^32 reduce to any narrower width in the end.
  return { kernel: productBits <= 32 ? addSmallProducts : addProducts, sums: Int32Array.from(c as Int32Array) };
}

const addSmallProducts: Kernel = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
  const [a, b, sums] = [aData, bData, sumData] as [Int32Array, Int32Array, Int32Array];
  for (let i = firstRow; i < endRow; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = sums[at]! + Math.imul(factor, b[from]!);
      }
    }
  }
};

/** Products of up to 52 bits are exact in a double; so is their sum with 32 bits before it wraps. */
const addProducts: Kernel = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
  const [a, b, sums] = [aData, bData, sumData] as [Int32Array, Int32Array, Int32Array];
  for (let i = firstRow; i < endRow; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = (sums[at]! + factor * b[from]!) | 0;
      }
    }
  }
};

/** As long as no sum of products can leave 53 bits, doubles add it up exactly. */
const addDoublesToWide: Kernel = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
  const [a, b, sums] = [aData, bData, sumData] as [Int32Array, Int32Array, BigInt64Array];
  for (let i = firstRow; i < endRow; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = range.start; k < range.end; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
      sums[i * columns + j]! += BigInt(sum);
    }
  }
};

const addBigints: Kernel = ({ firstRow, endRow, inner, columns, range }, a, b, sumData) => {
  const sums = sumData as BigInt64Array;
  for (let i = firstRow; i < endRow; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = sums[i * columns + j]!;
      for (let k = range.start; k < range.end; k++) {
        sum += BigInt(a[i * inner + k]!) * BigInt(b[k * columns + j]!);
      }
      sums[i * columns + j] = sum;
    }
  }
};

/** Typed arrays wrap what is stored in them modulo 2^W. */
function storeWrapped(sums: Int32Array | BigInt64Array, type: Dtype): TensorData {
  if (type === 'int64' || (type === 'int32' && sums instanceof Int32Array)) return sums;
  const low = sums instanceof Int32Array ? sums : Int32Array.from(sums, (sum) => Number(BigInt.asIntN(32, sum)));
  const stored = allocate(type, sums.length) as Int16Array;
  stored.set(low);
  return stored;
}
