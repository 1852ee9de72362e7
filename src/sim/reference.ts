import type { Arithmetic, Value } from '../dtype/arithmetic.ts';
import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { elementStore } from '../dtype/element-store.ts';
import { peArithmetic } from '../dtype/pe-arithmetic.ts';
import type { ArraySpec } from '../spec/array-spec.ts';
import { allocate, type Tensor, type TensorData } from '../tensor/tensor.ts';
import { floatKernel } from './float-kernel.ts';

/** A stretch of the inner dimension: from `start` (included) to `end` (excluded). */
export interface InnerRange {
  readonly start: number;
  readonly end: number;
  /** Where the zeros end with which the array pads the stretch; `end` when left out. */
  readonly padded?: number | undefined;
}

/** What the loop must know of an array. */
export type Accumulation = Pick<ArraySpec, 'types'> & Partial<Pick<ArraySpec, 'operators'>>;

/**
 * Compute R = A×B + C by the plain triple loop over k in `range`: A is M×K of dtype a, B is K×N of dtype b, C and R are
 * M×N of dtype c. Products of integers are exact and sums wrap modulo 2^W; in floating point the product is rounded and
 * then the sum, and NaNs are canonical.
 */
export function multiplyAdd(
  a: Tensor,
  b: Tensor,
  c: TensorData,
  accumulation: Accumulation,
  range: InnerRange,
): TensorData {
  const steps = multiplyAddInSteps(a, b, c, accumulation, range);
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
  accumulation: Accumulation,
  range: InnerRange,
): Generator<void, TensorData> {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const { add, finish } = chooseKernel(a, b, c, accumulation, range);
  const rowsPerStep = Math.max(1, Math.floor(PRODUCTS_PER_STEP / (columns * (range.end - range.start))));
  for (let firstRow = 0; firstRow < rows; firstRow += rowsPerStep) {
    const endRow = Math.min(rows, firstRow + rowsPerStep);
    add({ firstRow, endRow, inner, columns, range });
    yield;
  }
  return finish();
}

/** The rows, columns and terms that a kernel adds up. */
export interface Loops {
  readonly firstRow: number;
  readonly endRow: number;
  readonly inner: number;
  readonly columns: number;
  readonly range: InnerRange;
}

/** Adds products to the sums it holds, and gives them as storage of dtype c. */
export interface Kernel {
  add(loops: Loops): void;
  finish(): TensorData;
}

function chooseKernel(a: Tensor, b: Tensor, c: TensorData, accumulation: Accumulation, range: InnerRange): Kernel {
  const { types, operators } = accumulation;
  if (operators?.multiplier || operators?.adder) return operatorKernel(a, b, c, types, operators);
  return dtypeInfo(types.c).kind === 'float' ? floatKernel(a, b, c, types) : integerKernel(a, b, c, types, range);
}

/** Takes every product and sum from the array's own arithmetic, those of the padding too: anything may come of zeros. */
function operatorKernel(
  a: Tensor,
  b: Tensor,
  c: TensorData,
  types: ArraySpec['types'],
  operators: ArraySpec['operators'],
): Kernel {
  const { multiply, accumulate, zero, of } = operatorArithmetic(types, operators);
  const [readA, readB, storeC] = [elementStore(types.a).read, elementStore(types.b).read, elementStore(types.c)];
  const sums = c.slice();
  const add = ({ firstRow, endRow, inner, columns, range }: Loops) => {
    for (let i = firstRow; i < endRow; i++) {
      for (let j = 0, at = i * columns; j < columns; j++, at++) {
        let sum = of(storeC.read(c, at));
        for (let k = range.start; k < range.end; k++) {
          const product = multiply(of(readA(a.data, i * inner + k)), of(readB(b.data, k * columns + j)));
          sum = accumulate(sum, product);
        }
        for (let k = range.end; k < (range.padded ?? range.end); k++) sum = accumulate(sum, multiply(zero, zero));
        storeC.write(sums, at, sum);
      }
    }
  };
  return { add, finish: () => sums };
}

function operatorArithmetic({ a, b, c }: ArraySpec['types'], operators: ArraySpec['operators']): Arithmetic<Value> {
  const [x, y, z] = [dtypeInfo(a), dtypeInfo(b), dtypeInfo(c)];
  const product = z.float ? z : { widthBits: x.widthBits + y.widthBits, signed: x.signed || y.signed };
  return peArithmetic({ a: x, b: y, c: z, product }, operators);
}

type IntegerSums = Int32Array | BigInt64Array;

/** Adds A×B to the sums, in place. */
type IntegerLoop = (loops: Loops, a: TensorData, b: TensorData, sums: TensorData) => void;

function integerKernel(a: Tensor, b: Tensor, c: TensorData, types: ArraySpec['types'], range: InnerRange): Kernel {
  const { loop, sums } = chooseIntegerLoop(types, c, range);
  return { add: (loops) => loop(loops, a.data, b.data, sums), finish: () => storeWrapped(sums, types.c) };
}

function chooseIntegerLoop(
  { a, b, c: type }: ArraySpec['types'],
  c: TensorData,
  range: InnerRange,
): { readonly loop: IntegerLoop; readonly sums: IntegerSums } {
  const productBits = dtypeInfo(a).widthBits + dtypeInfo(b).widthBits;
  const termBits = Math.ceil(Math.log2(range.end - range.start));
  if (dtypeInfo(type).widthBits > 32) {
    const loop = productBits + termBits <= 52 ? addDoublesToWide : addBigints;
    return { loop, sums: (c as BigInt64Array).slice() };
  }
  if (productBits > 52) return { loop: addBigints, sums: BigInt64Array.from(c as Int32Array, BigInt) };
  // Sums modulo 2^32 reduce to any narrower width in the end.
  return { loop: productBits <= 32 ? addSmallProducts : addProducts, sums: Int32Array.from(c as Int32Array) };
}

const addSmallProducts: IntegerLoop = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
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
const addProducts: IntegerLoop = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
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
const addDoublesToWide: IntegerLoop = ({ firstRow, endRow, inner, columns, range }, aData, bData, sumData) => {
  const [a, b, sums] = [aData, bData, sumData] as [Int32Array, Int32Array, BigInt64Array];
  for (let i = firstRow; i < endRow; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = range.start; k < range.end; k++) sum += a[i * inner + k]! * b[k * columns + j]!;
      sums[i * columns + j]! += BigInt(sum);
    }
  }
};

const addBigints: IntegerLoop = ({ firstRow, endRow, inner, columns, range }, a, b, sumData) => {
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
function storeWrapped(sums: IntegerSums, type: Dtype): TensorData {
  if (type === 'int64' || (type === 'int32' && sums instanceof Int32Array)) return sums;
  const low = sums instanceof Int32Array ? sums : Int32Array.from(sums, (sum) => Number(BigInt.asIntN(32, sum)));
  const stored = allocate(type, sums.length) as Int16Array;
  stored.set(low);
  return stored;
}
