import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { openBackend } from '../../src/backend/open.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { openModel } from '../../src/onnx/file/model.ts';
import { indexGraph } from '../../src/onnx/graph/graph-index.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { readNpy } from '../../src/tensor/npy.ts';
import { bitsOf, tensor } from '../../src/tensor/tensor.ts';
import type { ConvShape } from './support/conv-cases.ts';
import { type ConvStep, directFloatConv, ROUND } from './support/direct-float-conv.ts';
import {
  caseOfNode,
  convModel,
  type FloatConvCase,
  floatConvCases,
  floatOperands,
} from './support/float-conv-cases.ts';
import { numberBits } from './support/number-bits.ts';

/** Every model of the machine runs the cases below. */
const MODELS: readonly BackendKind[] = ['functional', 'cycle', 'rtl'];

const ARRAYS = parseSpec(
  `
  array os { size 3 x 2 x 4; projection output_stationary; types a: float32, b: float32; fault_slots 1; multiplier_stages 1 }
  array hex { size 3 x 3 x 3; projection no_local_reuse; types a: float32, b: float32; fault_slots 1; multiplier_stages 1 }
  array wide { size 4 x 2 x 3; projection col_stationary; types a: float32, b: float32, c: float64; fault_slots 1; multiplier_stages 1 }
  array half { size 2 x 4 x 3; projection row_stationary; types a: float16, b: float16, c: float32; fault_slots 1; multiplier_stages 1 }
  `,
  'float-backends.array',
).arrays;

const DIGITS = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

/** Two images whose 20 outputs per channel, and 3 channels, fill tiles of `os` in part; K = 8 fills two of them. */
const SIZES: ConvShape = {
  dataShape: [2, 2, 5, 6],
  weightsShape: [3, 2, 2, 2],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  autoPad: 'NOTSET',
  group: 1,
};

/** The second layer of the example model, with numbers such as reach it from one image. */
async function secondLayer(): Promise<FloatConvCase> {
  const { graph } = await openModel(`${DIGITS}digits-float32.onnx`);
  const { constant } = indexGraph(graph);
  const [first, second] = graph.node.filter(({ opType }) => opType === 'Conv');
  const images = await readNpy(`${DIGITS}digits-images.npy`);
  const image = tensor('float32', [1, 1, 28, 28], (images.data as Float32Array).slice(0, 784));
  // The first layer at every other pixel, with ReLU, in place of pooling.
  const before = { ...caseOfNode(first!, [image, ...first!.input.slice(1).map(constant)]), strides: [2, 2] };
  const activations = directFloatConv(before, 'float32').map((value) => Math.max(value, 0));
  const data = tensor('float32', [1, 6, 14, 14], Float32Array.from(activations));
  return caseOfNode(second!, [data, ...second!.input.slice(1).map(constant)]);
}

async function onArray(conv: FloatConvCase, backend: Backend, fault?: string) {
  const faults = fault === undefined ? [] : [resolveFault(backend.design, parseFault(fault))];
  const replaced = await replaceLayers(convModel(conv), { backend, faults });
  const { outputs, layers } = await replaced.run({ x: conv.data });
  await replaced.close();
  return { y: outputs['y']!, firedCycles: layers[0]!.faults.map(({ firedCycles }) => firedCycles) };
}

/** Change bits of a float32 number. */
function onBits(value: number, change: (bits: number) => number): number {
  const word = Uint32Array.of(change(new Uint32Array(Float32Array.of(value).buffer)[0]!));
  return new Float32Array(word.buffer)[0]!;
}

/** Faults of PE (2, 1) of `os`, which adds up every third pixel of every other channel, and what its adder then does. */
const FAULTS: readonly {
  readonly fault: string;
  readonly add: (step: ConvStep) => number;
}[] = [
  { fault: 'flip bit 31 of p at (2, 1)', add: ({ sum, product }) => Math.fround(sum - product) },
  { fault: 'flip bit 31 of c at (2, 1)', add: ({ sum, product }) => -Math.fround(sum + product) },
  {
    fault: 'stuck_at_1 bit 24 of p at (2, 1)',
    add: ({ sum, product }) => Math.fround(sum + onBits(product, (bits) => bits | (1 << 24))),
  },
  {
    fault: 'stuck_at_0 bits 0x7f800000 of c at (2, 1)',
    add: ({ sum, product }) => onBits(Math.fround(sum + product), (bits) => bits & ~0x7f800000),
  },
  {
    // Step (2, 1, 3) of the first tile: c takes its sum two cycles after a and b came, of which the first is cycle 0.
    fault: 'flip bit 25 of c at (2, 1) cycles =5 tile 0',
    add: ({ pixel, channel, k, sum, product }) => {
      const isHit = pixel < 3 && channel < 2 && k === 2;
      return onBits(Math.fround(sum + product), (bits) => (isHit ? bits ^ (1 << 25) : bits));
    },
  },
];

describe.each(ARRAYS)('on array $name', (spec) => {
  const design = buildDesign(spec);
  const type = spec.types.a as 'float16' | 'float32';
  const accumulator = spec.types.c as 'float32' | 'float64';
  const functional = functionalBackend(design);

  for (const kind of MODELS) {
    describe(kind, () => {
      let backend: Backend;
      beforeAll(async () => {
        backend = await openBackend(design, kind);
      });
      afterAll(() => backend?.close());

      it('random convolutions give the bits of the plain loop', async () => {
        for (const conv of fc.sample(floatConvCases(type, 'any'), { numRuns: 12, seed: 20260 })) {
          const { y } = await onArray(conv, backend);
          expect(bitsOf(y.data)).toEqual(numberBits(type, directFloatConv(conv, accumulator)));
        }
      });

      it.runIf(type === 'float32')('a layer of the example model gives the bits of the plain loop', async () => {
        const conv = await secondLayer();
        const { y } = await onArray(conv, backend);
        expect(y.shape).toEqual([1, 16, 10, 10]);
        expect(bitsOf(y.data)).toEqual(numberBits('float32', directFloatConv(conv, accumulator)));
      });

      it.each([
        'flip bit 4 msb first of p',
        'stuck_at_1 bit 3 msb first of c',
        'flip bit 1 msb first of c',
        'flip bits 0x4001 of a',
        'set bits 0x7ff to 0x35a of b',
      ])('%s at a PE gives the functional simulator’s bits and fired cycles', async (text) => {
        const [sampled] = fc.sample(floatOperands(SIZES, type, 'plain'), { numRuns: 1, seed: 7 });
        // Without a bias, an odd NaN that a fault makes of a sum comes out with its bits.
        const conv = { ...sampled!, bias: null };
        const { x, y } = design.pes[1]!;
        const fault = `${text} at (${x}, ${y})`;
        const result = await onArray(conv, backend, fault);
        const expected = await onArray(conv, functional, fault);
        expect(bitsOf(result.y.data)).toEqual(bitsOf(expected.y.data));
        expect(result.firedCycles).toEqual(expected.firedCycles);
        expect(result.firedCycles[0]).toBeGreaterThan(0);
        expect(result.y).not.toEqual((await onArray(conv, functional)).y);
      });

      it.runIf(spec.name === 'os').each(FAULTS)(
        '$fault changes the outputs of that PE as its arithmetic says, and no others',
        async ({ fault, add }) => {
          for (const conv of fc.sample(floatOperands(SIZES, 'float32', 'plain'), { numRuns: 5, seed: 11 })) {
            const { y } = await onArray(conv, backend, fault);
            const faulty = directFloatConv(conv, 'float32', (step) =>
              step.pixel % 3 === 1 && step.channel % 2 === 0 ? add(step) : ROUND.float32(step.sum + step.product),
            );
            expect([...y.data]).toEqual(faulty);
            expect(faulty).not.toEqual(directFloatConv(conv, 'float32'));
          }
        },
      );
    });
  }
});
