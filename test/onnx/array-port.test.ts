import { describe, expect, it } from 'vitest';
import { int32Sums } from '../../src/onnx/operators/int32-sums.ts';
import { openPort } from '../../src/onnx/run/array-port.ts';
import { values } from './support/build-model.ts';
import { plainBackend } from './support/plain-backend.ts';

/** 3 · 100 · x, and the accumulator bits that were asked for. */
async function multiply(types: Parameters<typeof plainBackend>, x: number) {
  const { port, report } = openPort(plainBackend(...types), { faults: [] });
  const a = values(types[0], [1, 3], [100, 100, 100]);
  const product = int32Sums(await port.multiply(a, values(types[1], [3, 1], [x, x, x]), { sums: [] }), port.types);
  return [product[0], report('layer', 'op').accumulator] as const;
}

describe('an array port', () => {
  it.each([
    ['a negative sum from int16', ['int8', 'int8', 'int16'], -7, -2100],
    ['a negative sum from int32', ['int8', 'int8', 'int32'], -7, -2100],
    ['a negative sum from int64', ['int8', 'int8', 'int64'], -7, -2100],
    ['a negative sum that an unsigned accumulator holds modulo 2^16', ['uint8', 'int8', 'uint16'], -7, -2100],
    ['a large sum from an unsigned accumulator', ['uint8', 'uint8', 'uint16'], 200, 60_000],
    ['a sum beyond int32 modulo 2^32', ['int32', 'int32', 'int64'], 2 ** 30 + 1, 300],
  ] as const)('reads %s', async (_, types, x, expected) => {
    const [product] = await multiply([...types], x);
    expect(product).toBe(expected);
  });

  it.each([
    [['int8', 'int8', 'int16'], { neededBits: 17, widthBits: 16 }],
    [['uint8', 'int8', 'int32'], { neededBits: 18, widthBits: 32 }],
    [['uint8', 'uint8', 'int32'], { neededBits: 19, widthBits: 32 }],
    [['uint8', 'uint8', 'uint16'], { neededBits: 18, widthBits: 16 }],
  ] as const)('tells the accumulator that three products of %s need', async (types, accumulator) => {
    expect((await multiply([...types], 1))[1]).toEqual(accumulator);
  });
});
