import { type Dtype, dtypeInfo } from '../dtype/dtype.ts';
import { elementStore, numberReader } from '../dtype/element-store.ts';
import { roundTo } from '../dtype/float-format.ts';
import type { ArraySpec } from '../spec/array-spec.ts';
import { allocate, type Tensor, type TensorData } from '../tensor/tensor.ts';
import type { Kernel, Loops } from './reference.ts';

type Numbers = Float32Array | Float64Array;

/**
 * Make the kernel of a floating-point accumulator: each product is rounded to the format of c and then each sum, as
 * `floatArithmetic` does it. Storing a number in a Float32Array rounds it, so only the 16-bit formats round by themselves.
 */
export function floatKernel(a: Tensor, b: Tensor, c: TensorData, types: ArraySpec['types']): Kernel {
  const { widthBits, float } = dtypeInfo(types.c);
  const sums = numbersOf(types.c, c, widthBits === 64 ? Float64Array : Float32Array);
  const factors = numbersOf(types.a, a.data, Float64Array);
  const others = numbersOf(types.b, b.data, Float64Array);
  const round = roundTo(float!);
  const loop = widthBits === 64 ? addDoubles : widthBits === 32 ? addSingles : addRounded(round);
  return { add: (loops) => loop(loops, factors, others, sums), finish: () => stored(sums, types.c) };
}

/** Adds A×B to the sums, in place. */
type FloatLoop = (loops: Loops, a: Numbers, b: Numbers, sums: Numbers) => void;

const addDoubles: FloatLoop = ({ firstRow, endRow, inner, columns, range }, a, b, sums) => {
  for (let i = firstRow; i < endRow; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = sums[at]! + factor * b[from]!;
      }
    }
  }
  pad(firstRow * columns, endRow * columns, range, sums);
};

const addSingles: FloatLoop = ({ firstRow, endRow, inner, columns, range }, a, b, sums) => {
  for (let i = firstRow; i < endRow; i++) {
    for (let k = range.start; k < range.end; k++) {
      const factor = a[i * inner + k]!;
      for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
        sums[at] = sums[at]! + Math.fround(factor * b[from]!);
      }
    }
  }
  pad(firstRow * columns, endRow * columns, range, sums);
};

function addRounded(round: (value: number) => number): FloatLoop {
  return ({ firstRow, endRow, inner, columns, range }, a, b, sums) => {
    for (let i = firstRow; i < endRow; i++) {
      for (let k = range.start; k < range.end; k++) {
        const factor = a[i * inner + k]!;
        for (let j = 0, at = i * columns, from = k * columns; j < columns; j++, at++, from++) {
          sums[at] = round(sums[at]! + round(factor * b[from]!));
        }
      }
    }
    pad(firstRow * columns, endRow * columns, range, sums);
  };
}

/** Padding adds +0, which turns −0 into +0 and leaves everything else as it is. */
function pad(start: number, end: number, range: Loops['range'], sums: Numbers): void {
  if ((range.padded ?? range.end) === range.end) return;
  for (let at = start; at < end; at++) sums[at] = sums[at]! + 0;
}

/** Copy elements as the numbers they are. */
function numbersOf(type: Dtype, data: TensorData, Storage: Float32ArrayConstructor | Float64ArrayConstructor): Numbers {
  const read = numberReader(type);
  const numbers = new Storage(data.length);
  for (let at = 0; at < data.length; at++) numbers[at] = Number(read(data, at));
  return numbers;
}

/** Store sums in their own type; every NaN is the canonical one. */
function stored(sums: Numbers, type: Dtype): TensorData {
  const { write } = elementStore(type);
  const result = allocate(type, sums.length);
  for (let at = 0; at < sums.length; at++) write(result, at, sums[at]!);
  return result;
}
