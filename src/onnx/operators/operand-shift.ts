import { DTYPES, type Dtype, dtypeInfo, integerRange, isDtype } from '../../dtype/dtype.ts';
import { ModelError } from '../../errors.ts';
import { allocate, type ElementType, type Tensor, tensor } from '../../tensor/tensor.ts';

/** How values of a layer are given to an array: as `value - shift`, held as `type`. */
export interface OperandShift {
  readonly shift: number;
  readonly type: ElementType;
}

/**
 * Choose the constant that brings every value of a layer's element type into the range of the array's operand: none
 * when the values fit as they are, otherwise the one that brings lowest to lowest (128 for uint8 on int8).
 * @param what names the operand in the error, such as `data` or `weights`
 * @throws {ModelError} naming dtypes that would do when the array's has too few values.
 */
export function operandShift(type: ElementType, arrayType: Dtype, what: string): OperandShift {
  if (!isDtype(type) || dtypeInfo(type).kind === 'float') {
    throw new ModelError(`${what} must be integers, not ${type}`);
  }
  const values = integerRange(type);
  const operand = integerRange(arrayType);
  if (values.min >= operand.min && values.max <= operand.max) return { shift: 0, type };
  if (values.max - values.min <= operand.max - operand.min) {
    return { shift: Number(values.min - operand.min), type: arrayType };
  }
  const wide = DTYPES.filter((dtype) => {
    if (dtypeInfo(dtype).kind === 'float') return false;
    const { min, max } = integerRange(dtype);
    return max - min >= values.max - values.min;
  });
  throw new ModelError(`${what} of ${type} do not fit the array's ${arrayType}; ${wide.join(', ')} would do`);
}

/** Shift a tensor of integers of at most 32 bits; the same tensor where nothing is to be done. */
export function shiftTensor(value: Tensor, { shift, type }: OperandShift): Tensor {
  if (shift === 0) return value;
  const from = value.data as Int32Array;
  const shifted = allocate(type, from.length) as Int32Array;
  for (let at = 0; at < from.length; at++) shifted[at] = from[at]! - shift;
  return tensor(type, value.shape, shifted);
}
