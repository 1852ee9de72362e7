import type { Value } from '../../dtype/arithmetic.ts';
import { type Dtype, dtypeInfo } from '../../dtype/dtype.ts';
import { floatArithmetic } from '../../dtype/float-arithmetic.ts';
import { roundTo } from '../../dtype/float-format.ts';

/** The element types of floating-point layers; ONNX Runtime hands over no bfloat16. */
export const FLOAT_TYPES = ['float16', 'float32', 'float64'] as const satisfies readonly Dtype[];

export type FloatType = (typeof FLOAT_TYPES)[number];

/** What happens to the sums of a floating-point layer after the array. */
export interface FloatEnding {
  /** Round a sum to the layer's type; one that stays as it is keeps its bits, a NaN's too. */
  round(sum: Value): Value;
  add(x: Value, y: Value): Value;
  multiply(x: Value, y: Value): Value;
}

/** Make the arithmetic that ends a layer whose sums come from an accumulator; all of it in the layer's own type. */
export function floatEnding(accumulator: Dtype, type: FloatType): FloatEnding {
  const format = dtypeInfo(type).float!;
  const narrow = roundTo(format);
  const { accumulate, multiply } = floatArithmetic({ operand: format, result: format });
  return {
    round: accumulator === type ? (sum) => sum : (sum) => (typeof sum === 'number' ? narrow(sum) : Number.NaN),
    add: accumulate,
    multiply,
  };
}
