import { describe, expect, it } from 'vitest';
import { operandShift } from '../../src/onnx/operators/operand-shift.ts';

describe('operandShift', () => {
  it.each([
    ['uint8', 'uint8', 0, 'uint8'],
    ['uint8', 'int8', 128, 'int8'],
    ['int8', 'uint8', -128, 'uint8'],
    ['int8', 'uint16', -128, 'uint16'],
    ['uint8', 'int16', 0, 'uint8'],
    ['uint16', 'int16', 32768, 'int16'],
    ['int8', 'int64', 0, 'int8'],
  ] as const)('brings %s to %s by %i', (type, arrayType, shift, held) => {
    expect(operandShift(type, arrayType, 'data')).toEqual({ shift, type: held });
  });

  it('names the dtypes that would do when the array’s has too few values', () => {
    expect(() => operandShift('int16', 'int8', 'weights')).toThrow(
      "weights of int16 do not fit the array's int8; int16, int32, int64, uint16 would do",
    );
    expect(() => operandShift('float32', 'int8', 'data')).toThrow('data must be integers, not float32');
  });
});
