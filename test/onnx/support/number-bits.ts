import { elementStore } from '../../../src/dtype/element-store.ts';
import type { FloatType } from '../../../src/onnx/operators/float-sums.ts';
import { allocate, bitsOf } from '../../../src/tensor/tensor.ts';

/** The bits of numbers of a type, every NaN the canonical one, to compare with `bitsOf`. */
export function numberBits(type: FloatType, numbers: readonly number[]): ReturnType<typeof bitsOf> {
  const data = allocate(type, numbers.length);
  const { write } = elementStore(type);
  for (const [at, value] of numbers.entries()) write(data, at, value);
  return bitsOf(data);
}
