import { dtypeInfo } from '../../dtype/dtype.ts';
import { OperandError } from '../../errors.ts';
import type { ArraySpec } from '../../spec/array-spec.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Read the result of an array of integers modulo 2^32, as integer layers compute.
 * @throws {OperandError} for a result of floating point.
 */
export function int32Sums({ type, data }: Tensor, types: ArraySpec['types']): Int32Array {
  // An unsigned accumulator of signed products holds negative sums modulo 2^W: read them back as negative.
  const signed = dtypeInfo(types.a).signed || dtypeInfo(types.b).signed;
  const { buffer, byteOffset, length } = data;
  switch (type) {
    case 'int32':
      return data as Int32Array;
    case 'int64':
      return lowWords(new Int32Array(buffer, byteOffset, 2 * length));
    case 'int8':
    case 'int16':
      return Int32Array.from(data as Int16Array);
    case 'uint8':
      return Int32Array.from(signed ? new Int8Array(buffer, byteOffset, length) : (data as Uint8Array));
    case 'uint16':
      return Int32Array.from(signed ? new Int16Array(buffer, byteOffset, length) : (data as Uint16Array));
    default:
      throw new OperandError(`an integer layer needs an array with an integer accumulator, not ${type}`);
  }
}

/** Every even word: the lower half of 64-bit integers on the little-endian machines that Node runs on. */
function lowWords(words: Int32Array): Int32Array {
  const low = new Int32Array(words.length / 2);
  for (let i = 0; i < low.length; i++) low[i] = words[2 * i]!;
  return low;
}
