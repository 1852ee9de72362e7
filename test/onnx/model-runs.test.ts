import { describe, expect, it, vi } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { compareResults } from '../../src/onnx/run/reference-layer.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import type { LayerTensors } from '../../src/onnx/run/run-stages.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { designOf } from '../design/support/arrays.ts';
import { plainBackend } from './support/plain-backend.ts';
import { pattern, twoConvsAndMatmul } from './support/two-convs.ts';

const DESIGN = designOf({ size: [4, 4, 4], types: { a: 'uint8', b: 'int8', c: 'int32' } });
const inputs = (seed: number) => ({ x: pattern('uint8', [2, 2, 6, 6], seed) });

describe('sums that are taken from exact integer products', () => {
  it.each([
    ['int8', 'int8', 'int32'],
    ['uint8', 'int8', 'int64'],
  ] as const)('give what a %s × %s → %s array gives, results, sums and reports', async (a, b, c) => {
    const backend = functionalBackend(designOf({ size: [4, 4, 4], types: { a, b, c } }));
    const { exactStats: _, ...onArray } = backend;
    const [fast, slow] = [
      await replaceLayers(twoConvsAndMatmul(), { backend }),
      await replaceLayers(twoConvsAndMatmul(), { backend: onArray }),
    ];
    const multiply = vi.spyOn(backend, 'matmul');
    for (const seed of [1, 2, 3]) {
      const [seen, expected]: LayerTensors[][] = [[], []];
      multiply.mockClear();
      const result = await fast.run(inputs(seed), { onLayer: (tensors) => seen!.push(tensors) });
      // Weights that have been seen once are taken for constants.
      expect(multiply.mock.calls.length).toBe(seed === 1 ? 5 : 0);
      expect(result).toEqual(await slow.run(inputs(seed), { onLayer: (tensors) => expected!.push(tensors) }));
      expect(seen).toEqual(expected);
    }
    await Promise.all([fast.close(), slow.close()]);
  });

  it('are not taken where a fault acts in the layer, nor where the accumulator is narrow', async () => {
    const narrow = functionalBackend(designOf({ size: [4, 4, 4], types: { a: 'uint8', b: 'int8', c: 'int16' } }));
    const model = await replaceLayers(twoConvsAndMatmul(), { backend: narrow });
    const multiply = vi.spyOn(narrow, 'matmul');
    await model.run(inputs(1));
    await model.run(inputs(1));
    expect(multiply.mock.calls.length).toBe(10);
    await model.close();

    const wide = functionalBackend(DESIGN);
    const faulty = await replaceLayers(twoConvsAndMatmul(), { backend: wide });
    const multiplyWide = vi.spyOn(wide, 'matmul');
    await faulty.run(inputs(1));
    multiplyWide.mockClear();
    faulty.addFault('flip bit 0 of c at (1, 1)', { layer: 'two' });
    await faulty.run(inputs(1));
    expect(multiplyWide.mock.calls.length).toBe(2);
    await faulty.close();
  });
});

describe('a comparison with ONNX Runtime', () => {
  it('finds no difference in a layer without faults, and the elements that a fault changes', async () => {
    const model = await replaceLayers(twoConvsAndMatmul(), { backend: functionalBackend(DESIGN) });
    const { layers } = await model.run(inputs(1), { compare: true });
    expect(layers.map(({ comparison }) => comparison)).toEqual([
      { elements: 144, differing: 0, maxAbsolute: 0, maxUlp: null },
      { elements: 144, differing: 0, maxAbsolute: 0, maxUlp: null },
      { elements: 120, differing: 0, maxAbsolute: 0, maxUlp: null },
    ]);
    model.addFault('stuck_at_1 bit 15 of c at (1, 1)', { layer: 'two' });
    const faulty = (await model.run(inputs(1), { compare: true })).layers;
    // The third layer is compared on the inputs that it got, which the fault has changed.
    expect(faulty.map(({ comparison }) => comparison!.differing > 0)).toEqual([false, true, false]);
    await model.close();
  });

  it.each([
    ['the next number', [1], [1 + 2 ** -23], { differing: 1, maxAbsolute: 2 ** -23, maxUlp: 1 }],
    ['zeros of both signs', [0], [-0], { differing: 1, maxAbsolute: 0, maxUlp: 0 }],
    ['numbers on both sides of zero', [2 ** -149], [-(2 ** -149)], { differing: 1, maxAbsolute: 2 ** -148, maxUlp: 2 }],
    ['a number and none', [1, 2], [Number.NaN, 2], { differing: 1, maxAbsolute: Number.NaN, maxUlp: Number.NaN }],
  ])('measures float32: %s', (_, x, y, expected) => {
    const [one, other] = [x, y].map((list) => tensor('float32', [list.length], Float32Array.from(list)));
    expect(compareResults(one!, other!)).toEqual({ elements: x.length, ...expected });
  });
});

describe('a replaced model', () => {
  it('computes what comes before the first layer once for the same inputs', async () => {
    const model = await replaceLayers(twoConvsAndMatmul(), {
      backend: plainBackend('uint8', 'int8', 'int32'),
      layers: ['three'],
    });
    const seen: LayerTensors[] = [];
    const x = pattern('uint8', [2, 2, 6, 6]);
    for (const given of [x, x, pattern('uint8', [2, 2, 6, 6])]) {
      await model.run({ x: given }, { onLayer: (tensors) => seen.push(tensors) });
    }
    // What is computed anew is stored anew.
    expect(seen[1]!.input.data.buffer).toBe(seen[0]!.input.data.buffer);
    expect(seen[2]!.input.data.buffer).not.toBe(seen[0]!.input.data.buffer);
    expect(seen[2]!.input).toEqual(seen[0]!.input);
    await model.close();
  });

  it('runs batch after batch, and reads none ahead', async () => {
    const model = await replaceLayers(twoConvsAndMatmul(), { backend: functionalBackend(DESIGN) });
    let read = 0;
    async function* batches() {
      for (const seed of [1, 2, 3]) {
        read++;
        yield inputs(seed);
      }
    }
    const results = [];
    for await (const result of model.runBatches(batches())) {
      results.push(result.outputs);
      expect(read).toBe(results.length);
    }
    expect(results).toEqual(await Promise.all([1, 2, 3].map(async (seed) => (await model.run(inputs(seed))).outputs)));
    await model.close();
  });

  it('stops between two batches when it is aborted', async () => {
    const model = await replaceLayers(twoConvsAndMatmul(), { backend: functionalBackend(DESIGN) });
    const controller = new AbortController();
    const running = async () => {
      for await (const _ of model.runBatches([inputs(1), inputs(2)], { signal: controller.signal })) controller.abort();
    };
    await expect(running()).rejects.toThrow('This operation was aborted');
    await model.close();
  });
});
