import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { ModelError } from '../../src/errors.ts';
import type { OnnxModel } from '../../src/onnx/file/model.ts';
import type { FloatType } from '../../src/onnx/operators/float-sums.ts';
import { numbersOf } from '../../src/onnx/operators/layer-operator.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { bitsOf, type Tensor, tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values, zeros } from './support/build-model.ts';
import { ROUND } from './support/direct-float-conv.ts';
import { type FloatNumbers, floats } from './support/float-conv-cases.ts';
import { factorShapes, matmulOutputs, productShape } from './support/matmul-cases.ts';
import { numberBits } from './support/number-bits.ts';
import { runWhole } from './support/whole-model.ts';

type Accumulator = Extract<Dtype, FloatType>;
type Projection = 'output_stationary' | 'row_stationary' | 'col_stationary' | 'no_local_reuse';

const ARRAYS = [
  ['float32', 'float32', 'output_stationary'],
  ['float32', 'float64', 'no_local_reuse'],
  ['float64', 'float64', 'col_stationary'],
  ['float16', 'float16', 'row_stationary'],
  ['float16', 'float32', 'output_stationary'],
] as const satisfies readonly (readonly [FloatType, FloatType, Projection])[];

function open(type: Dtype, accumulator: Dtype, projection: Projection = 'output_stationary'): Backend {
  const types = `types a: ${type}, b: ${type}, c: ${accumulator}`;
  const text = `array f { size 3 x 2 x 4; projection ${projection}; ${types}; multiplier_stages 1 }`;
  return functionalBackend(buildDesign(parseSpec(text, 'matmul.array').arrays[0]!));
}

/** One MatMul or Gemm; `computed` names the factors that are inputs of the model, the others are in the file. */
interface ProductCase {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly computed: 'a' | 'b' | 'ab';
  readonly gemm?: GemmParts;
}

interface GemmParts {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
  readonly c: Tensor | null;
}

const PLACES = fc.constantFrom('a', 'b', 'ab', 'a') as fc.Arbitrary<ProductCase['computed']>;

function matmulCases(type: FloatType, numbers: FloatNumbers): fc.Arbitrary<ProductCase> {
  return factorShapes().chain(({ left, right }) =>
    fc.record({ a: floats(type, left, numbers), b: floats(type, right, numbers), computed: PLACES }),
  );
}

function gemmCases(type: FloatType, numbers: FloatNumbers): fc.Arbitrary<ProductCase> {
  const side = fc.integer({ min: 1, max: 5 });
  const factor = fc.constantFrom(1, 1, -2, 0.1, 0.75);
  return fc
    .record({ m: side, k: side, n: side, transA: fc.boolean(), transB: fc.boolean(), alpha: factor, beta: factor })
    .chain(({ m, k, n, transA, transB, alpha, beta }) => {
      const c = fc
        .constantFrom(null, [], [1], [n], [1, n], [m, 1], [1, 1], [m, n])
        .chain((shape) => (shape ? floats(type, shape, numbers) : fc.constant(null)));
      return fc.record({
        a: floats(type, transA ? [k, m] : [m, k], numbers),
        b: floats(type, transB ? [n, k] : [k, n], numbers),
        computed: PLACES,
        gemm: c.map((addend) => ({ transA, transB, alpha, beta, c: addend })),
      });
    });
}

function modelOfCase({ a, b, computed, gemm }: ProductCase): OnnxModel {
  const attributes = gemm ? { transA: Number(gemm.transA), transB: Number(gemm.transB), ...floatAttributes(gemm) } : {};
  const axes = (name: string, { shape }: Pick<Tensor, 'shape'>) => shape.map((_, axis) => `${name}${axis}`);
  const given = { a, b };
  const constants = Object.fromEntries(Object.entries(given).filter(([name]) => !computed.includes(name)));
  const shape = gemm ? [0, 0] : productShape({ left: a.shape, right: b.shape });
  return buildModel({
    nodes: [
      node(gemm ? 'Gemm' : 'MatMul', gemm?.c ? ['a', 'b', 'c'] : ['a', 'b'], ['y'], attributes, { name: 'product' }),
    ],
    inputs: Object.entries(given)
      .filter(([name]) => computed.includes(name))
      .map(([name, value]) => info(name, value.type, axes(name, value))),
    outputs: [info('y', a.type, axes('y', { shape }))],
    constants: gemm?.c ? { ...constants, c: gemm.c } : constants,
  });
}

/** Whole numbers would be written as attributes of integers; those that are 1 are left out. */
function floatAttributes({ alpha, beta }: GemmParts): Record<string, { readonly float: number }> {
  return Object.fromEntries(
    Object.entries({ alpha, beta }).flatMap(([name, value]) => (value === 1 ? [] : [[name, { float: value }]])),
  );
}

function inputsOf({ a, b, computed }: ProductCase): Record<string, Tensor> {
  return Object.fromEntries(Object.entries({ a, b }).filter(([name]) => computed.includes(name)));
}

async function onArray(product: ProductCase, backend: Backend): Promise<Tensor> {
  const replaced = await replaceLayers(modelOfCase(product), { backend });
  const { outputs } = await replaced.run(inputsOf(product));
  await replaced.close();
  return outputs['y']!;
}

/** What one output of a case is made of: its factors in the order of K, and what is added. */
interface Output {
  readonly terms: readonly (readonly [x: number, w: number])[];
  readonly added: number | null;
}

function outputsOf({ a, b, gemm }: ProductCase): Output[] {
  const [x, w, c] = [numbersOf(a), numbersOf(b), gemm?.c ? numbersOf(gemm.c) : null];
  if (!gemm) {
    const outputs = matmulOutputs({ left: a.shape, right: b.shape });
    return Array.from(outputs, ({ terms }) => ({
      terms: terms.map(({ left, right }) => [x[left]!, w[right]!] as const),
      added: null,
    }));
  }
  const [p = 0, q = 0] = a.shape;
  const [m, k] = gemm.transA ? [q, p] : [p, q];
  const n = gemm.transB ? b.shape[0]! : b.shape[1]!;
  const [repeatRows, repeatColumns] = [(gemm.c?.shape.at(-2) ?? 1) === 1, (gemm.c?.shape.at(-1) ?? 1) === 1];
  const outputs: Output[] = [];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const terms = Array.from(
        { length: k },
        (_, l) => [x[gemm.transA ? l * m + i : i * k + l]!, w[gemm.transB ? j * k + l : l * n + j]!] as const,
      );
      const place = (repeatRows ? 0 : i) * (repeatColumns ? 1 : n) + (repeatColumns ? 0 : j);
      outputs.push({ terms, added: c && c[place]! });
    }
  }
  return outputs;
}

/**
 * The definition with the roundings of an array: from +0 on, each product and then each sum is rounded to the
 * accumulator's type, in the order of K; the sum is rounded to the type of the factors, and so is each step after it.
 */
function plainLoop(product: ProductCase, accumulator: Accumulator): number[] {
  const round = ROUND[product.a.type as FloatType];
  const { alpha, beta } = product.gemm ?? { alpha: 1, beta: 1 };
  return outputsOf(product).map(({ terms, added }) => {
    let sum = 0;
    for (const [x, w] of terms) sum = ROUND[accumulator](sum + ROUND[accumulator](x * w));
    const scaled = alpha === 1 ? round(sum) : round(round(sum) * round(Math.fround(alpha)));
    if (added === null) return scaled;
    return round(scaled + (beta === 1 ? added : round(added * round(Math.fround(beta)))));
  });
}

/**
 * How far apart two ways to compute an output may lie: at most n = K + 3 roundings on the way of any term.
 * Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.1.
 */
function roundingBounds(product: ProductCase): number[] {
  const unit = product.a.type === 'float64' ? 2 ** -53 : 2 ** -24;
  const { alpha, beta } = product.gemm ?? { alpha: 1, beta: 1 };
  return outputsOf(product).map(({ terms, added }) => {
    const n = terms.length + 3;
    const magnitude = terms.reduce((sum, [x, w]) => sum + Math.abs(alpha * x * w), Math.abs(beta * (added ?? 0)));
    return ((2 * n * unit) / (1 - n * unit)) * magnitude;
  });
}

describe.each([
  ['MatMul', matmulCases],
  ['Gemm', gemmCases],
] as const)('%s', (_, cases) => {
  it.each(ARRAYS)(
    'gives the bits of the plain loop for any %s factors on a %s accumulator, %s',
    async (type, accumulator, projection) => {
      const backend = open(type, accumulator, projection);
      await fc.assert(
        fc.asyncProperty(cases(type, 'any'), async (product) => {
          const { type: resultType, data } = await onArray(product, backend);
          expect(resultType).toBe(type);
          expect(bitsOf(data)).toEqual(numberBits(type, plainLoop(product, accumulator)));
        }),
        { numRuns: 80 },
      );
    },
  );

  it.each([
    ['float32', 'float32'],
    ['float32', 'float64'],
    ['float64', 'float64'],
  ] as const)(
    'comes as near to ONNX Runtime as roundings of %s allow, on a %s accumulator',
    async (type, accumulator) => {
      const backend = open(type, accumulator);
      await fc.assert(
        fc.asyncProperty(cases(type, 'plain'), async (product) => {
          const { y } = await runWhole(modelOfCase(product), inputsOf(product));
          const result = await onArray(product, backend);
          expect(result.shape).toEqual(y!.shape);
          const excess = roundingBounds(product).filter(
            (bound, at) => !(Math.abs(Number(result.data[at]) - Number(y!.data[at])) <= bound),
          );
          expect(excess).toEqual([]);
        }),
        { numRuns: 100 },
      );
    },
  );
});

describe('a product on the array', () => {
  const report = async (product: ProductCase) => {
    const replaced = await replaceLayers(modelOfCase(product), { backend: open('float32', 'float32') });
    const { layers } = await replaced.run(inputsOf(product));
    await replaced.close();
    return layers[0]!;
  };
  const of = (left: readonly number[], right: readonly number[]): ProductCase => ({
    a: zeros('float32', left),
    b: zeros('float32', right),
    computed: 'a',
  });

  it.each([
    ['a stack of matrices times one', of([2, 3, 4, 5], [5, 2]), 1, 2 * 3 * 4 * 5 * 2],
    ['a stack times a stack', of([2, 1, 4, 5], [3, 5, 2]), 6, 2 * 3 * 4 * 5 * 2],
    ['a vector times a vector', of([5], [5]), 1, 5],
  ] as const)('%s is as few products as it can be', async (_, product, products, macs) => {
    expect(await report(product)).toMatchObject({ lowering: null, products, macs, accumulator: null });
  });

  it('rounds the sum of a wider accumulator before alpha and before C', async () => {
    // 1 + 2^-24 is a tie, which goes to 1, and so is 1 with C; both at once would make 1 + 2^-23.
    const gemm = { transA: false, transB: false, alpha: 1, beta: 1, c: values('float32', [], [2 ** -24]) };
    const [a, b] = [values('float32', [1, 2], [1, 2 ** -24]), values('float32', [2, 1], [1, 1])];
    const result = await onArray({ a, b, computed: 'a', gemm }, open('float32', 'float64'));
    expect([...result.data]).toEqual([1]);
  });

  it('of two vectors is a scalar that the rest of the model can use', async () => {
    const model = buildModel({
      nodes: [node('MatMul', ['a', 'b'], ['t']), node('Neg', ['t'], ['n']), node('Unsqueeze', ['n', 'axes'], ['y'])],
      inputs: [info('a', 'float32', ['K']), info('b', 'float32', ['K'])],
      outputs: [info('y', 'float32', [1])],
      constants: { axes: values('int64', [1], [0]) },
    });
    const replaced = await replaceLayers(model, { backend: open('float32', 'float32') });
    const inputs = { a: values('float32', [3], [1, 2, 3]), b: values('float32', [3], [4, 5, 6]) };
    expect((await replaced.run(inputs)).outputs).toEqual({ y: values('float32', [1], [-32]) });
    await replaced.close();
  });

  it.each(['MatMul', 'Gemm'])('of a batch of none by %s is empty', async (op) => {
    const model = buildModel({
      nodes: [node(op, ['a', 'b'], ['y'])],
      inputs: [info('a', 'float32', ['N', 3])],
      outputs: [info('y', 'float32', ['N', 2])],
      constants: { b: zeros('float32', [3, 2]) },
    });
    const replaced = await replaceLayers(model, { backend: open('float32', 'float32') });
    const result = await replaced.run({ a: zeros('float32', [0, 3]) });
    expect(result.outputs).toEqual({ y: zeros('float32', [0, 2]) });
    expect(result.layers).toMatchObject([{ products: 0, macs: 0 }]);
    await replaced.close();
  });

  it.each(['MatMul', 'Gemm'])('by %s follows factors of each of several runs at once', async (op) => {
    const model = buildModel({
      nodes: [node(op, ['a', 'b'], ['y'], op === 'Gemm' ? { transB: 1 } : {})],
      inputs: [
        info('a', 'float32', ['M', 'K']),
        info(
          'b',
          'float32',
          ['K', 'N'].map((axis) => `b${axis}`),
        ),
      ],
      outputs: [info('y', 'float32', ['M', 'N'])],
    });
    const replaced = await replaceLayers(model, { backend: open('float32', 'float32') });
    const runs = [2, 3, 4, 2].map((side, seed) => {
      const numbers = (factor: number) => Array.from({ length: side * side }, (_, n) => ((n + seed) * factor) % 11);
      return {
        a: values('float32', [side, side], numbers(7)),
        b: values('float32', [side, side], numbers(5)),
      };
    });
    const results = await Promise.all(runs.map((inputs) => replaced.run(inputs)));
    for (const [n, inputs] of runs.entries()) expect(results[n]!.outputs).toEqual(await runWhole(model, inputs));
    await replaced.close();
  });
});

describe('a product that does not fit', () => {
  const run = async (op: string, given: Record<string, Tensor>) => {
    const model = buildModel({
      nodes: [node(op, Object.keys(given), ['y'], {}, { name: 'p' })],
      inputs: Object.entries(given).map(([name, { type, shape }]) =>
        info(
          name,
          type,
          shape.map((_, n) => `${name}${n}`),
        ),
      ),
      outputs: [info('y', given['a']!.type, [])],
    });
    const replaced = await replaceLayers(model, { backend: open('float32', 'float32') });
    return replaced.run(given).finally(() => replaced.close());
  };
  const float = (...shape: number[]) => zeros('float32', shape);

  it.each([
    [
      'MatMul',
      { a: float(2, 3), b: float(2, 3) },
      'A [2,3] and B [2,3] cannot be multiplied: A has 3 columns, B 2 rows',
    ],
    ['Gemm', { a: float(2, 3), b: float(2, 3) }, 'A of 3 columns and B of 2 rows cannot be multiplied'],
    [
      'Gemm',
      { a: float(2, 3), b: float(3, 4), c: float(2) },
      "C of shape [2] does not broadcast to the result's [2,4]",
    ],
    [
      'MatMul',
      { a: tensor('float64', [1, 1]), b: tensor('float64', [1, 1]) },
      'its float64 numbers need an array with float64 as a and b, received a: float32, b: float32, c: float32',
    ],
    [
      'MatMul',
      { a: zeros('int32', [1, 1]), b: zeros('int32', [1, 1]) },
      'A must be float16, float32 or float64, not int32',
    ],
  ] as const)('%s of %o', async (op, given, message) => {
    await expect(run(op, given as unknown as Record<string, Tensor>)).rejects.toThrow(
      new ModelError(`layer 'p' (${op}): ${message}`),
    );
  });
});
