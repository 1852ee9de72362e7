import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { openBackend } from '../../src/backend/open.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { resolveFault } from '../../src/fault/resolve.ts';
import { openModel } from '../../src/onnx/file/model.ts';
import { LOWERINGS } from '../../src/onnx/lowering/lowering.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseFault, parseSpec } from '../../src/spec/parse.ts';
import { readNpy } from '../../src/tensor/npy.ts';
import { type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { runWhole } from './support/whole-model.ts';

const MODELS = fileURLToPath(new URL('../../../shared/conformance/models/', import.meta.url));
const MNIST = fileURLToPath(new URL('../../../shared/conformance/mnist/', import.meta.url));
const DIGITS = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

const ARRAYS = parseSpec(
  `
  array os { size 16 x 16 x 64; projection output_stationary; types a: int8, b: int8, c: int32; fault_slots 1 }
  array hex { size 6 x 6 x 6; projection no_local_reuse; types a: uint8, b: int8, c: int32; fault_slots 1; multiplier_stages 1 }
  `,
  'backends.array',
).arrays;

async function digits(count: number): Promise<Tensor> {
  const { data } = await readNpy(`${DIGITS}digits-images.npy`);
  return tensor('float32', [count, 1, 28, 28], (data as Float32Array).slice(0, count * 784));
}

function mnist(count: number): Tensor {
  const pixels = gunzipSync(readFileSync(`${MNIST}mnist-1000-images-idx3-ubyte.gz`)).subarray(16);
  return tensor(
    'float32',
    [count, 1, 28, 28],
    Float32Array.from(pixels.subarray(0, count * 784), (p) => p / 255),
  );
}

const CASES: readonly { path: string; input: () => Promise<Tensor> | Tensor }[] = [
  { path: `${DIGITS}digits-qlinear.onnx`, input: () => digits(2) },
  { path: `${DIGITS}digits-convinteger.onnx`, input: () => digits(2) },
  { path: `${MODELS}lenet-mnist-qop-u8s8-pc.onnx`, input: () => mnist(2) },
  { path: `${MODELS}lenet-mnist-qop-std-u8u8.onnx`, input: () => mnist(2) },
  { path: `${MODELS}lenet-mnist-dyn-u8.onnx`, input: () => mnist(2) },
  { path: `${MODELS}lenet-mnist-qdq-s8s8-pc.onnx`, input: () => mnist(2) },
];

describe.each(ARRAYS)('on array $name', (spec) => {
  const design = buildDesign(spec);
  let backends: readonly Backend[];
  beforeAll(async () => {
    backends = [await openBackend(design, 'functional'), await openBackend(design, 'rtl')];
  });
  afterAll(() => Promise.all(backends.map((backend) => backend.close())));

  for (const { path, input } of CASES) {
    const name = path.split('/').at(-1)!;
    it.skipIf(!existsSync(path))(
      `${name}: simulator and RTL give ONNX Runtime’s bits (skipped when absent)`,
      async () => {
        const model = await openModel(path);
        const inputs = { [model.inputs[0]!.name]: await input() };
        const expected = await runWhole(model, inputs);
        for (const backend of backends) {
          const replaced = await replaceLayers(model, { backend });
          const { outputs, layers } = await replaced.run(inputs);
          await replaced.close();
          expect(layers).toHaveLength(5);
          expect(outputs, backend.kind).toEqual(expected);
        }
      },
    );
  }

  it.each(LOWERINGS)('%s gives ONNX Runtime’s bits, and both spend the same cycles', async (lowering) => {
    const model = await openModel(`${DIGITS}digits-qlinear.onnx`);
    const inputs = { [model.inputs[0]!.name]: await digits(1) };
    const expected = await runWhole(model, inputs);
    const cycles = [];
    for (const backend of backends) {
      const replaced = await replaceLayers(model, { backend, lowering });
      const { outputs, layers } = await replaced.run(inputs);
      await replaced.close();
      expect(outputs, backend.kind).toEqual(expected);
      cycles.push(layers.map(({ stats }) => stats.cycles));
    }
    expect(cycles[1]).toEqual(cycles[0]);
  });

  it('a stuck-at fault gives the same wrong bits on simulator and RTL', async () => {
    const model = await openModel(`${DIGITS}digits-qlinear.onnx`);
    const inputs = { [model.inputs[0]!.name]: await digits(1) };
    const { x, y } = design.pes[0]!;
    const faults = [resolveFault(design, parseFault(`stuck_at_1 bit 12 of c at (${x}, ${y})`))];
    const results = [];
    for (const backend of backends) {
      const replaced = await replaceLayers(model, { backend, faults });
      results.push(await replaced.run(inputs));
      await replaced.close();
    }
    const [functional, rtl] = results;
    expect(rtl!.outputs).toEqual(functional!.outputs);
    expect(rtl!.layers.map(({ faults: [report] }) => report!.firedCycles)).toEqual(
      functional!.layers.map(({ faults: [report] }) => report!.firedCycles),
    );
    expect(functional!.outputs).not.toEqual(await runWhole(model, inputs));
  });
});
