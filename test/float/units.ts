import { BFLOAT16, FLOAT16, FLOAT32, FLOAT64, floatFormat } from '../../src/dtype/float-format.ts';
import type { FloatUnit } from './build-floats.ts';

/** Small enough to try every pair of operands. */
export const TOY_143 = floatFormat('toy-1-4-3', 4, 3);
const TOY_152 = floatFormat('toy-1-5-2', 5, 2);
const TOY_154 = floatFormat('toy-1-5-4', 5, 4);
const TOY_125 = floatFormat('toy-1-2-5', 2, 5);

export const EXHAUSTIVE_UNITS: readonly FloatUnit[] = [
  { name: 'toy-1-4-3', operand: TOY_143, result: TOY_143 },
  { name: 'toy-1-5-2', operand: TOY_152, result: TOY_152 },
  { name: 'toy-1-2-5', operand: TOY_125, result: TOY_125 },
  // Products that need up to three digits more than there are.
  { name: 'toy-1-4-3 to toy-1-5-4', operand: TOY_143, result: TOY_154 },
];

export const FORMAT_UNITS: readonly FloatUnit[] = [
  { name: 'float32', operand: FLOAT32, result: FLOAT32 },
  { name: 'float64', operand: FLOAT64, result: FLOAT64 },
  { name: 'bfloat16', operand: BFLOAT16, result: BFLOAT16 },
  { name: 'float16', operand: FLOAT16, result: FLOAT16 },
  { name: 'bfloat16 to float32', operand: BFLOAT16, result: FLOAT32 },
  { name: 'float16 to float32', operand: FLOAT16, result: FLOAT32 },
  { name: 'float32 to float64', operand: FLOAT32, result: FLOAT64 },
];

export const UNITS: readonly FloatUnit[] = [...FORMAT_UNITS, ...EXHAUSTIVE_UNITS];
