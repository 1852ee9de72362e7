import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionalBackend } from '../../src/backend/functional.ts';
import { buildDesign } from '../../src/design/build-design.ts';
import { elementTypeCode } from '../../src/onnx/file/element-types.ts';
import { derive, make, type NodeProto } from '../../src/onnx/file/messages.ts';
import { indexGraph } from '../../src/onnx/graph/graph-index.ts';
import { listLayers } from '../../src/onnx/graph/layers.ts';
import { quantisedGroup } from '../../src/onnx/graph/quantised-group.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { info, node, values, zeros } from './support/build-model.ts';
import { plainBackend } from './support/plain-backend.ts';
import {
  inputOf,
  type ModelChanges,
  type QuantisedCase,
  quantisedCases,
  quantisedModel,
} from './support/quantised-cases.ts';
import { runWhole } from './support/whole-model.ts';

const numbers = (count: number, factor: number) => Array.from({ length: count }, (_, n) => ((n + 1) * factor) % 61);

/** Three channels from two, each channel's weights with a scale of its own. */
const CONV: QuantisedCase = {
  op: 'Conv',
  attributes: {},
  data: values('uint8', [1, 2, 4, 4], numbers(32, 17)),
  dataScale: 0.25,
  dataZero: 9,
  weights: values('int8', [3, 2, 2, 2], numbers(24, 29)),
  weightScales: [0.5, 0.25, 0.125],
  weightZeros: [0, 0, 0],
  weightAxis: 0,
  bias: [100, -200, 300],
  rank: 4,
  relu: false,
  result: { type: 'uint8', scale: 16, zero: 100 },
};

const MATMUL: QuantisedCase = {
  ...CONV,
  op: 'MatMul',
  data: values('uint8', [2, 3, 3], numbers(18, 17)),
  weights: values('int8', [3, 3], numbers(9, 29)),
  weightAxis: 1,
  bias: null,
  rank: 3,
};

const GEMM: QuantisedCase = { ...MATMUL, op: 'Gemm', data: values('uint8', [2, 3], numbers(6, 17)), rank: 2 };
const GEMM_WITH_BIAS: QuantisedCase = { ...GEMM, bias: [100, -200, 300] };

const onlyScale = (given: QuantisedCase): QuantisedCase => ({ ...given, weightScales: [0.5], weightZeros: [0] });
const withRelu = (type: 'int8' | 'uint8', zero: number): QuantisedCase => ({
  ...CONV,
  relu: true,
  result: { type, scale: 16, zero },
});

/** Change the nodes that make a value. */
function change(output: string, how: (node: NodeProto) => NodeProto): ModelChanges {
  return { nodes: (nodes) => nodes.map((own) => (own.output[0] === output ? how(own) : own)) };
}

const withAttributes = (output: string, attributes: Parameters<typeof node>[3]) =>
  change(output, (own) =>
    derive('NodeProto', own, {
      attribute: [
        ...own.attribute.filter(({ name }) => !Object.hasOwn(attributes ?? {}, name)),
        ...node('', [], [], attributes).attribute,
      ],
    }),
  );

const withConstants = (constants: Readonly<Record<string, Tensor>>): ModelChanges => ({ constants });

const domainOf = (output: string, domain: string) => change(output, (own) => derive('NodeProto', own, { domain }));

const withoutZero = (output: string) =>
  change(output, (own) => derive('NodeProto', own, { input: own.input.slice(0, 2) }));

const RECOGNISED: readonly (readonly [title: string, given: QuantisedCase, changes: ModelChanges])[] = [
  ['Conv with one scale per output channel', CONV, {}],
  ['Conv with one scale', onlyScale(CONV), {}],
  ['Conv without bias', { ...CONV, bias: null }, {}],
  [
    'Conv whose bias has the scale that rounding leaves',
    CONV,
    withConstants({ bs: scales(0.125, 0.06250003, 0.03125) }),
  ],
  ['Conv with a Relu that cuts where uint8 ends', withRelu('uint8', 0), {}],
  ['Conv with a Relu that cuts where int8 ends', withRelu('int8', -128), {}],
  ['Conv without zero points of weights and bias', CONV, both(withoutZero('wf'), withoutZero('bf'))],
  ['Conv whose result has no zero point, which means uint8', CONV, both(withoutZero('q'), withoutZero('y'))],
  ['Conv between nodes of com.microsoft', CONV, both(domainOf('q', 'com.microsoft'), domainOf('xf', 'com.microsoft'))],
  ['Conv whose weights the model quantises itself', CONV, quantisedInModel()],
  ['MatMul with one scale per column', MATMUL, {}],
  ['MatMul with one scale per column, counted from the end', MATMUL, withAttributes('wf', { axis: -1 })],
  ['MatMul with a Relu', { ...MATMUL, relu: true, result: { type: 'uint8', scale: 16, zero: 0 } }, {}],
  ['Gemm with one scale per column', GEMM, {}],
  ['Gemm with one scale per column of the transpose', { ...GEMM, attributes: { transB: 1 }, weightAxis: 0 }, {}],
  ['Gemm with bias', GEMM_WITH_BIAS, {}],
  ['Gemm whose result stays in floating point', { ...GEMM_WITH_BIAS, result: null }, {}],
  ['Gemm without bias, whatever beta', GEMM, withAttributes('f', { beta: 0.5 })],
];

const NOT_RECOGNISED: readonly (readonly [title: string, given: QuantisedCase, changes: ModelChanges])[] = [
  ['a bias with another scale', CONV, withConstants({ bs: scales(0.125, 0.0626, 0.03125) })],
  ['a bias with a zero point', CONV, withConstants({ bz: values('int32', [3], [0, 1, 0]) })],
  ['a bias of 8 bits', CONV, withConstants({ b: zeros('int8', [3]), bz: zeros('int8', [3]) })],
  [
    'a bias with one scale where the weights have several',
    CONV,
    withConstants({ bs: scale(0.125), bz: zeros('int32', []) }),
  ],
  ['a bias in floating point', CONV, change('f', (own) => derive('NodeProto', own, { input: ['xf', 'wf', 'bs'] }))],
  ['a bias with scales along another axis', GEMM_WITH_BIAS, along('b', [3, 3], 0)],
  ['a Relu above the least uint8', withRelu('uint8', 1), {}],
  ['a Relu above the least int8', withRelu('int8', 0), {}],
  ['another activation', withRelu('uint8', 0), change('r', () => node('Sigmoid', ['f'], ['r']))],
  [
    'a result that something else uses',
    CONV,
    { nodes: (nodes) => [...nodes, node('Neg', ['f'], ['n'])], outputs: [info('n', 'float32', [1, 3, 3, 3])] },
  ],
  ['a result that the model gives out', CONV, { outputs: [info('f', 'float32', [1, 3, 3, 3])] }],
  ['a Relu that the model gives out', withRelu('uint8', 0), { outputs: [info('r', 'float32', [1, 3, 3, 3])] }],
  ['a result that is not quantised', { ...CONV, result: null }, {}],
  ['a MatMul whose result is not quantised', { ...MATMUL, result: null }, {}],
  [
    'scales of a Conv along the input channels',
    {
      ...CONV,
      weights: values('int8', [3, 3, 2, 2], numbers(36, 29)),
      data: values('uint8', [1, 3, 4, 4], numbers(48, 17)),
    },
    withAttributes('wf', { axis: 1 }),
  ],
  ['scales of a MatMul along its rows', MATMUL, withAttributes('wf', { axis: 0 })],
  [
    'scales of a MatMul along the columns of several matrices',
    { ...MATMUL, weights: values('int8', [2, 3, 3], numbers(18, 29)) },
    withAttributes('wf', { axis: 2 }),
  ],
  [
    'scales of a MatMul along the rows of several matrices',
    { ...MATMUL, weights: values('int8', [2, 3, 3], numbers(18, 29)) },
    withAttributes('wf', { axis: 1 }),
  ],
  ['scales of a Gemm along its rows', GEMM, withAttributes('wf', { axis: 0 })],
  ['scales of a Gemm along the rows of the transpose', { ...GEMM, attributes: { transB: 1 } }, {}],
  [
    'several scales of the data',
    MATMUL,
    both(
      withConstants({ xs: scales(1, 2, 4), xz: zeros('uint8', [3]) }),
      withAttributes('xf', { axis: 2 }),
      withAttributes('x', { axis: 2 }),
    ),
  ],
  [
    'several scales of the result',
    MATMUL,
    both(
      withConstants({ ys: scales(1, 2, 4), yz: zeros('uint8', [3]) }),
      withAttributes('q', { axis: 2 }),
      withAttributes('y', { axis: 2 }),
    ),
  ],
  ['data of 16 bits', onlyScale(MATMUL), withConstants({ xz: zeros('uint16', []) })],
  ['weights of 16 bits', onlyScale(MATMUL), withConstants({ w: zeros('int16', [3, 3]), wz: zeros('int16', []) })],
  ['a result of 16 bits', onlyScale(MATMUL), withConstants({ yz: zeros('int16', []) })],
  ['scales of float16', onlyScale(MATMUL), withConstants({ xs: values('float16', [], [0x3400]) })],
  ['weights in blocks', MATMUL, withAttributes('wf', { block_size: 1 })],
  ['a result in blocks', MATMUL, withAttributes('q', { block_size: 1 })],
  [
    'a result whose type an attribute tells',
    MATMUL,
    both(withoutZero('q'), withAttributes('q', { output_dtype: elementTypeCode('int8') })),
  ],
  [
    'a scale that is computed',
    MATMUL,
    {
      nodes: (nodes) => [
        node('Identity', ['ys'], ['computed']),
        ...nodes.map((own) =>
          own.output[0] === 'q' ? derive('NodeProto', own, { input: ['f', 'computed', 'yz'] }) : own,
        ),
      ],
    },
  ],
  ['a Gemm that scales its product', GEMM, withAttributes('f', { alpha: 0.5 })],
  ['a Gemm that scales its bias', GEMM_WITH_BIAS, withAttributes('f', { beta: 0.5 })],
  ['data in floating point', MATMUL, change('f', () => node('MatMul', ['u', 'wf'], ['f'], {}, { name: 'layer' }))],
  ['an operator of another domain', MATMUL, domainOf('f', 'elsewhere')],
  ['a quantiser of another domain', MATMUL, domainOf('q', 'elsewhere')],
  ['an attribute that keeps it from the array', CONV, withAttributes('f', { auto_pad: 'HALF' })],
];

function scale(value: number): Tensor {
  return values('float32', [], [value]);
}

function scales(...list: readonly number[]): Tensor {
  return values('float32', [list.length], list);
}

/** Several changes, one after the other. */
function both(...changes: readonly ModelChanges[]): ModelChanges {
  return {
    constants: Object.assign({}, ...changes.map(({ constants }) => constants)),
    nodes: (nodes) => changes.reduce((list, { nodes: how }) => (how ? how(list) : list), nodes),
  };
}

/** A constant of another shape, with its scales along an axis. */
function along(name: string, shape: readonly number[], axis: number): ModelChanges {
  return both(
    withConstants({
      [name]: values(
        'int32',
        shape,
        numbers(
          shape.reduce((a, b) => a * b),
          29,
        ),
      ),
    }),
    withAttributes(`${name}f`, { axis }),
  );
}

/** Weights that the file holds in floating point, before a node that quantises them. */
function quantisedInModel(): ModelChanges {
  const floats = Array.from(CONV.weights.data as Int8Array, (w, n) => w * CONV.weightScales[Math.floor(n / 8)]!);
  return {
    constants: { v: values('float32', CONV.weights.shape, floats) },
    nodes: (nodes) => [
      node('QuantizeLinear', ['v', 'ws', 'wz'], ['wq'], { axis: 0 }),
      ...nodes.map((own) => (own.output[0] === 'wf' ? derive('NodeProto', own, { input: ['wq', 'ws', 'wz'] }) : own)),
    ],
  };
}

async function onArray(given: QuantisedCase, changes?: ModelChanges) {
  const replaced = await replaceLayers(quantisedModel(given, changes), {
    backend: plainBackend('int8', 'int8', 'int32'),
  });
  const result = await replaced.run(inputOf(given));
  await replaced.close();
  return result;
}

describe('recognised as one integer layer is', () => {
  it.each(RECOGNISED)('%s', async (_, given, changes) => {
    const model = quantisedModel(given, changes);
    expect(listLayers(model)).toMatchObject([{ name: 'layer', op: given.op, qdq: true, compatible: true }]);
    const { outputs, layers } = await onArray(given, changes);
    expect(layers).toHaveLength(1);
    expect(outputs).toEqual(await runWhole(model, inputOf(given)));
  });
});

const FLOAT_ARRAY = functionalBackend(
  buildDesign(
    parseSpec('array f { size 3 x 2 x 4; projection output_stationary; types a: float32, b: float32 }', 'f.array')
      .arrays[0]!,
  ),
);

describe('left in floating point is', () => {
  it.each(NOT_RECOGNISED)('%s', (_, given, changes) => {
    const [layer] = listLayers(quantisedModel(given, changes));
    expect(layer).toMatchObject({ qdq: false });
  });

  it('the very graph that is recognised, on an array of floating point', async () => {
    const model = quantisedModel(MATMUL);
    const replaced = await replaceLayers(model, { backend: FLOAT_ARRAY });
    const { outputs, layers } = await replaced.run(inputOf(MATMUL));
    await replaced.close();
    expect(layers).toMatchObject([{ name: 'layer', op: 'MatMul' }]);
    expect(outputs).toEqual(await runWhole(model, inputOf(MATMUL)));
  });
});

describe('a group', () => {
  const groupOf = (given: QuantisedCase, changes?: ModelChanges) => {
    const { graph } = quantisedModel(given, changes);
    return quantisedGroup(graph.node.find(({ name }) => name === 'layer')!, indexGraph(graph))!;
  };
  const named = (nodes: readonly NodeProto[]) => nodes.map(({ opType }) => opType);

  it.each([
    [
      'Conv',
      withRelu('uint8', 0),
      ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', 'b'],
      ['Conv', 'Relu', 'QuantizeLinear'],
    ],
    ['MatMul', MATMUL, ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz'], ['MatMul', 'QuantizeLinear']],
    ['Gemm', GEMM_WITH_BIAS, ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'b', 'ys', 'yz'], ['Gemm', 'QuantizeLinear']],
    ['Gemm', { ...GEMM, result: null }, ['x', 'xs', 'xz', 'w', 'ws', 'wz', '', '', ''], ['Gemm']],
  ] as const)(
    'of %s takes the place of what follows it, and has the inputs of what stands before it',
    (_, given, input, replaced) => {
      const group = groupOf(given);
      expect(group.node).toMatchObject({ name: 'layer', input, output: [given.result ? 'q' : 'y'] });
      expect(named(group.replaced)).toEqual(replaced);
      const dequantised = Array(given.bias ? 3 : 2).fill('DequantizeLinear');
      expect(named(group.nodes)).toEqual([...dequantised, ...replaced]);
    },
  );

  it('keeps the attributes that the integer layer has', () => {
    const attributes = { transB: 1 };
    const gemm = groupOf({ ...GEMM, attributes, weightAxis: 0 }, withAttributes('f', { ...attributes, beta: 0.5 }));
    expect(gemm.node).toMatchObject({ opType: 'QGemm', domain: 'com.microsoft' });
    expect(gemm.node.attribute).toEqual(node('', [], [], attributes).attribute);
    expect(groupOf(CONV, withAttributes('f', { strides: [2, 2] })).node.attribute.map(({ name }) => name)).toEqual([
      'strides',
    ]);
  });

  it('is not looked for inside another node', () => {
    const { graph, proto } = quantisedModel(GEMM);
    const branch = derive('GraphProto', graph, { input: [] });
    const choice = node('If', ['c'], ['z'], { then_branch: branch, else_branch: branch });
    const outer = make('GraphProto', { node: [choice], input: graph.input, output: [info('z', 'float32', [2, 3])] });
    const model = { ...quantisedModel(GEMM), graph: outer, proto: derive('ModelProto', proto, { graph: outer }) };
    expect(listLayers(model).map(({ qdq, compatible }) => ({ qdq, compatible }))).toEqual(
      Array(2).fill({ qdq: false, compatible: false }),
    );
  });
});

const TYPES = [
  ['uint8', 'uint8'],
  ['uint8', 'int8'],
  ['int8', 'int8'],
  ['int8', 'uint8'],
] as const;

describe.each(['Conv', 'MatMul', 'Gemm'] as const)('a group of %s', (op) => {
  it('gives the bits of ONNX Runtime', async () => {
    await fc.assert(
      fc.asyncProperty(quantisedCases({ op, types: TYPES }), async (given) => {
        const { outputs, layers } = await onArray(given);
        expect(layers[0]!.op).not.toBe(op);
        expect(outputs).toEqual(await runWhole(quantisedModel(given), inputOf(given)));
      }),
      { numRuns: 200 },
    );
  });
});
