import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { type ConvCase, convCases, convIntegerModel } from './support/conv-cases.ts';
import { directConv } from './support/direct-conv.ts';
import { type PlainBackend, plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

const ALL_TYPES = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'uint8'],
  ['int8', 'int8'],
] as const;

async function onArray(conv: ConvCase, backend: PlainBackend) {
  const model = await replaceLayers(convIntegerModel(conv), { backend });
  const { y } = (await model.run({ x: conv.data })).outputs;
  await model.close();
  return y!;
}

describe('ConvInteger', () => {
  it('gives the bits of ONNX Runtime', { timeout: 60_000 }, async () => {
    const cases = convCases({ types: ALL_TYPES, oneWeightZero: true, narrowWeights: true });
    await fc.assert(
      fc.asyncProperty(cases, async (conv) => {
        const { y } = await runWhole(convIntegerModel(conv), { x: conv.data });
        expect(await onArray(conv, plainBackend('uint8', 'int16', 'int32'))).toEqual(y);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['int8', 'int8', 'int32'],
    ['uint8', 'int8', 'int32'],
    ['uint8', 'uint8', 'int32'],
    ['int8', 'uint8', 'int32'],
    ['int16', 'int16', 'int64'],
    ['uint16', 'int8', 'int32'],
    ['int32', 'int64', 'int64'],
  ] as const)('is exact for any mixture of 8-bit types on a %s × %s → %s array', async (a, b, c) => {
    await fc.assert(
      fc.asyncProperty(convCases({ types: ALL_TYPES, dilateSame: true }), async (conv) => {
        const { data } = await onArray(conv, plainBackend(a, b, c));
        expect([...data]).toEqual(directConv(conv));
      }),
      { numRuns: 60 },
    );
  });
});
