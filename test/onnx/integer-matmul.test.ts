import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OnnxModel } from '../../src/onnx/file/model.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { elementCount, type Tensor } from '../../src/tensor/tensor.ts';
import { buildModel, info, node, values, zeros } from './support/build-model.ts';
import { type Byte, byte, bytes } from './support/conv-cases.ts';
import { exactly, factorShapes, type MatmulOutput, matmulOutputs, productShape } from './support/matmul-cases.ts';
import { type PlainBackend, plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

const OPERATORS = ['MatMulInteger', 'QLinearMatMul', 'QGemm'] as const;

/** One product of quantised tensors, as ONNX Runtime or the array may get it. */
interface QuantisedProduct {
  readonly op: (typeof OPERATORS)[number];
  readonly a: Quantised;
  readonly b: Quantised;
  /** The type of the result, with its scale and zero point; null for QGemm without them. MatMulInteger has none. */
  readonly result: { readonly type: Byte; readonly scale: number; readonly zero: number } | null;
  /** For QGemm. */
  readonly transA: boolean;
  readonly transB: boolean;
  readonly alpha: number;
  readonly bias: Tensor | null;
  /** Whether the right factor is an input of the model, and not in the file. */
  readonly computed: boolean;
}

/** A factor: parameters have one number, one per row or column of every matrix, or one per row or column of each. */
interface Quantised {
  readonly values: Tensor;
  readonly scale: Tensor;
  /** Null when the model says nothing, which means 0. */
  readonly zero: Tensor | null;
}

type Spread = 'one' | 'each' | 'all';

interface CaseOptions {
  readonly types: readonly (readonly [a: Byte, b: Byte])[];
  /** How the parameters of A and B may differ, row by row and column by column. */
  readonly spreadA: readonly Spread[];
  readonly spreadB: readonly Spread[];
  /** Keep int8 values of B within 7 bits, as in `convCases`. */
  readonly narrow?: boolean;
  /** Give the result the type of A. */
  readonly sameType?: boolean;
}

/** Products of two are small enough for most results to lie within 8 bits; powers of two make exact halves. */
const SCALES = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 7000)),
  fc.constant(2 ** -4),
);
const LARGE_SCALES = fc.oneof(
  fc.integer({ min: 1, max: 1000 }).map((n) => Math.fround(n / 300)),
  fc.constant(1),
);

function cases(op: QuantisedProduct['op'], options: CaseOptions): fc.Arbitrary<QuantisedProduct> {
  const turns = op === 'QGemm' ? fc.boolean() : fc.constant(false);
  return fc
    .record({ shapes: op === 'QGemm' ? gemmShapes() : factorShapes(5), transA: turns, transB: turns })
    .chain(({ shapes, transA, transB }) =>
      fc.constantFrom(...options.types).chain(([aType, bType]) => {
        const [left, right] = [turned(shapes.left, transA), turned(shapes.right, transB)];
        const resultType = options.sameType ? fc.constant(aType) : fc.constantFrom<Byte>('int8', 'uint8');
        return fc.record({
          op: fc.constant(op),
          a: quantised(aType, left, parameterShapes(shapes.left, 'row'), options.spreadA),
          b: quantised(bType, right, parameterShapes(shapes.right, 'column'), options.spreadB, options.narrow),
          result: results(op, resultType),
          transA: fc.constant(transA),
          transB: fc.constant(transB),
          alpha: op === 'QGemm' ? fc.constantFrom(1, 1, 0.75, 0.1) : fc.constant(1),
          bias: op === 'QGemm' ? biases(shapes.left[0]!, shapes.right[1]!) : fc.constant(null),
          computed: fc.boolean(),
        });
      }),
    );
}

function gemmShapes() {
  const side = fc.integer({ min: 1, max: 6 });
  return fc.tuple(side, side, side).map(([m, k, n]) => ({ left: [m, k], right: [k, n] }));
}

function turned(shape: readonly number[], turn: boolean): readonly number[] {
  return turn ? [...shape].reverse() : shape;
}

/** The shapes that parameters of a factor may have. */
function parameterShapes(shape: readonly number[], along: 'row' | 'column'): Readonly<Record<Spread, number[]>> {
  if (shape.length === 1) return { one: [], each: [1], all: [1] };
  const [rows, columns] = shape.slice(-2) as [number, number];
  return along === 'row'
    ? { one: [], each: [rows], all: [...shape.slice(0, -1), 1] }
    : { one: [], each: [columns], all: [...shape.slice(0, -2), 1, columns] };
}

function quantised(
  type: Byte,
  shape: readonly number[],
  parameters: Readonly<Record<Spread, number[]>>,
  spreads: readonly Spread[],
  narrow = false,
): fc.Arbitrary<Quantised> {
  const small = narrow && type === 'int8';
  return fc.constantFrom(...spreads).chain((spread) => {
    const own = parameters[spread];
    const filled = (numbers: fc.Arbitrary<number>, as: 'float32' | Byte) =>
      fc.array(numbers, exactly(elementCount(own))).map((list) => values(as, own, list));
    return fc.record({
      values: bytes(type, shape, small),
      scale: filled(SCALES, 'float32'),
      zero: fc.option(filled(byte(type, small), type), { freq: 8 }),
    });
  });
}

function results(op: QuantisedProduct['op'], types: fc.Arbitrary<Byte>): fc.Arbitrary<QuantisedProduct['result']> {
  if (op === 'MatMulInteger') return fc.constant(null);
  const some = types.chain((type) => fc.record({ type: fc.constant(type), scale: LARGE_SCALES, zero: byte(type) }));
  return op === 'QGemm' ? fc.option(some, { freq: 3 }) : some;
}

function biases(rows: number, columns: number): fc.Arbitrary<Tensor | null> {
  return fc.constantFrom(null, [], [columns], [1, columns], [rows, 1], [rows, columns]).chain((shape) => {
    if (!shape) return fc.constant(null);
    const list = fc.array(fc.integer({ min: -5_000, max: 5_000 }), exactly(elementCount(shape)));
    return list.map((numbers) => values('int32', shape, numbers));
  });
}

function modelOfCase({ op, a, b, result, transA, transB, alpha, bias, computed }: QuantisedProduct): OnnxModel {
  const zero = (name: string, of: Quantised) => (of.zero ? name : '');
  const inputs = {
    MatMulInteger: ['a', 'b', zero('az', a), zero('bz', b)],
    QLinearMatMul: ['a', 'as', 'az', 'b', 'bs', 'bz', 'ys', 'yz'],
    QGemm: ['a', 'as', 'az', 'b', 'bs', 'bz', bias ? 'c' : '', ...(result ? ['ys', 'yz'] : [])],
  }[op];
  const axes = (name: string, shape: readonly number[]) => shape.map((_, axis) => `${name}${axis}`);
  const noZero = ({ values: { type }, scale }: Quantised) => zeros(type, scale.shape);
  const constants: Record<string, Tensor> = {
    as: a.scale,
    az: a.zero ?? noZero(a),
    bs: b.scale,
    bz: b.zero ?? noZero(b),
    ...(result && { ys: values('float32', [], [result.scale]), yz: values(result.type, [], [result.zero]) }),
    ...(bias && { c: bias }),
    ...(computed ? {} : { b: b.values }),
  };
  const shape = op === 'QGemm' ? [0, 0] : productShape({ left: a.values.shape, right: b.values.shape });
  const type = op === 'MatMulInteger' ? 'int32' : (result?.type ?? 'float32');
  return buildModel({
    nodes: [
      op === 'QGemm'
        ? node(
            op,
            inputs,
            ['y'],
            { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } },
            { domain: 'com.microsoft' },
          )
        : node(op, inputs, ['y']),
    ],
    inputs: [
      info('a', a.values.type, axes('a', a.values.shape)),
      ...(computed ? [info('b', b.values.type, axes('b', b.values.shape))] : []),
    ],
    outputs: [info('y', type, axes('y', shape))],
    constants: Object.fromEntries(Object.entries(constants).filter(([name]) => name === 'b' || inputs.includes(name))),
  });
}

function inputsOf({ a, b, computed }: QuantisedProduct): Record<string, Tensor> {
  return computed ? { a: a.values, b: b.values } : { a: a.values };
}

async function onArray(product: QuantisedProduct, backend: PlainBackend): Promise<Tensor> {
  const replaced = await replaceLayers(modelOfCase(product), { backend });
  const { outputs } = await replaced.run(inputsOf(product));
  await replaced.close();
  return outputs['y']!;
}

/** The definition: Σ (a − za)(b − zb), and what each operator makes of it, rounded to float32 step by step. */
function plainLoop({ op, a, b, result, transA, transB, alpha, bias }: QuantisedProduct): number[] {
  const [left, right] = [untransposed(a.values, transA), untransposed(b.values, transB)];
  const outputs = matmulOutputs({ left: left.shape, right: right.shape });
  return Array.from(outputs, (output) => {
    const [za, zb] = [parameter(a.zero, output.m, output.row), parameter(b.zero, output.n, output.column)];
    let sum = 0;
    for (const { left: x, right: w } of output.terms) sum += (left.numbers[x]! - za) * (right.numbers[w]! - zb);
    if (bias) sum += biasAt(bias, output);
    if (op === 'MatMulInteger') return sum;
    const [sa, sb] = [parameter(a.scale, output.m, output.row), parameter(b.scale, output.n, output.column)];
    const scale = Math.fround(Math.fround(Math.fround(alpha) * sa) * sb);
    if (!result) return Math.fround(Math.fround(sum) * scale);
    const scaled = Math.fround(Math.fround(sum) * Math.fround(scale / result.scale));
    const [least, most] = result.type === 'int8' ? [-128, 127] : [0, 255];
    return Math.max(least, Math.min(most, roundHalfEven(scaled) + result.zero));
  });
}

function parameter(value: Tensor | null, inMatrix: number, overall: number): number {
  if (!value) return 0;
  if (value.data.length === 1) return Number(value.data[0]);
  return Number(value.data[value.shape.length === 1 ? inMatrix : overall]);
}

function biasAt({ shape, data }: Tensor, { m, n }: MatmulOutput): number {
  const columns = shape.at(-1) ?? 1;
  const [row, column] = [(shape.at(-2) ?? 1) === 1 ? 0 : m, columns === 1 ? 0 : n];
  return Number(data[row * columns + column]);
}

function untransposed({ shape, data }: Tensor, turn: boolean): { shape: readonly number[]; numbers: number[] } {
  const numbers = Array.from(data, Number);
  if (!turn) return { shape, numbers };
  const [rows = 0, columns = 0] = shape;
  const swapped = Array.from({ length: columns }, (_, j) => Array.from({ length: rows }, (_, i) => i * columns + j));
  return { shape: [columns, rows], numbers: swapped.flat().map((at) => numbers[at]!) };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

const ALL_TYPES = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'uint8'],
  ['int8', 'int8'],
] as const;

/** What an operator lets differ from row to row and from column to column. */
const SPREADS = {
  MatMulInteger: { spreadA: ['one', 'each', 'all'], spreadB: ['one', 'each', 'all'] },
  QLinearMatMul: { spreadA: ['one', 'each', 'all'], spreadB: ['one', 'each', 'all'] },
  QGemm: { spreadA: ['one'], spreadB: ['one', 'each'] },
} as const;

/** What ONNX Runtime has kernels for; the result has the type of A. */
const RUNTIME_TYPES = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'int8'],
] as const;

const OF_RUNTIME = {
  MatMulInteger: { types: ALL_TYPES, spreadA: ['one'], spreadB: ['one', 'each', 'all'] },
  QLinearMatMul: { types: RUNTIME_TYPES, spreadA: ['one'], spreadB: ['one', 'each', 'all'], sameType: true },
  QGemm: { types: RUNTIME_TYPES, spreadA: ['one'], spreadB: ['one', 'each'], sameType: true },
} as const satisfies Record<string, CaseOptions>;

/** ONNX Runtime takes one number per column only for a right factor that is a matrix, or of the factor's rank. */
function isOfRuntime({ b }: QuantisedProduct): boolean {
  return [b.scale, b.zero].every(
    (parameter) => !parameter || parameter.data.length === 1 || parameter.shape.length > 1 || b.values.shape.length < 3,
  );
}

describe.each(OPERATORS)('%s', (op) => {
  it.each([
    ['int8', 'int8', 'int32'],
    ['uint8', 'int8', 'int32'],
    ['int8', 'uint8', 'int32'],
    ['uint8', 'uint8', 'int32'],
    ['int16', 'int16', 'int64'],
  ] as const)('is exact for any mixture of 8-bit types and parameters on a %s × %s → %s array', async (a, b, c) => {
    const backend = plainBackend(a, b, c);
    await fc.assert(
      fc.asyncProperty(cases(op, { types: ALL_TYPES, ...SPREADS[op] }), async (product) => {
        const { data } = await onArray(product, backend);
        expect([...data]).toEqual(plainLoop(product));
      }),
      { numRuns: 100 },
    );
  });

  it('gives the bits of ONNX Runtime', async () => {
    await fc.assert(
      fc.asyncProperty(cases(op, { ...OF_RUNTIME[op], narrow: true }).filter(isOfRuntime), async (product) => {
        const { y } = await runWhole(modelOfCase(product), inputsOf(product));
        expect(await onArray(product, plainBackend('uint8', 'int8', 'int32'))).toEqual(y);
      }),
      { numRuns: 300 },
    );
  });

  const one = (type: Byte, number: number) => values(type, [], [number]);
  const simple = (a: Tensor, b: Tensor): QuantisedProduct => ({
    op,
    a: { values: a, scale: values('float32', [], [0.25]), zero: one('uint8', 7) },
    b: { values: b, scale: values('float32', [], [0.25]), zero: one('int8', -3) },
    result: op === 'MatMulInteger' ? null : { type: 'uint8', scale: 9, zero: 100 },
    transA: false,
    transB: op === 'QGemm',
    alpha: 1,
    bias: null,
    computed: true,
  });

  it('follows factors of each of several runs at once', async () => {
    const runs = [2, 3, 4, 2].map((side, seed) => {
      const numbers = (factor: number) => Array.from({ length: side * side }, (_, n) => ((n + seed) * factor) % 61);
      return simple(values('uint8', [side, side], numbers(17)), values('int8', [side, side], numbers(29)));
    });
    const replaced = await replaceLayers(modelOfCase(runs[0]!), { backend: plainBackend('int8', 'int8', 'int32') });
    const results = await Promise.all(runs.map((product) => replaced.run(inputsOf(product))));
    await replaced.close();
    for (const [n, { outputs }] of results.entries()) expect([...outputs['y']!.data]).toEqual(plainLoop(runs[n]!));
  });

  it.each([
    ['rows', [0, 3], [3, 2]],
    ['columns', [2, 3], [3, 0]],
    ['terms', [2, 0], [0, 2]],
  ] as const)('of no %s never reaches the array', async (_, left, right) => {
    const backend = plainBackend('int8', 'int8', 'int32');
    const product = simple(zeros('uint8', left), zeros('int8', op === 'QGemm' ? [...right].reverse() : right));
    const { shape, data } = await onArray(product, backend);
    expect({ shape, data: [...data] }).toEqual({ shape: [left[0], right[1]], data: plainLoop(product) });
    expect(backend.jobs).toEqual([]);
  });
});
