import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/fault/fault.ts';
import { encode, type ModelProto, make, type NodeProto } from '../../src/onnx/file/messages.ts';
import type { OnnxModel } from '../../src/onnx/file/model.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import type { ModelProgress } from '../../src/onnx/run/run-stages.ts';
import { type ElementType, elementCount, type Tensor } from '../../src/tensor/tensor.ts';
import { buildModel, type GraphParts, graph, info, node, values } from './support/build-model.ts';
import { plainBackend } from './support/plain-backend.ts';
import { runWhole } from './support/whole-model.ts';

/** Numbers that look random and are the same each time. */
function pattern(type: ElementType, shape: readonly number[], seed = 1): Tensor {
  const least = type === 'int8' ? -50 : 0;
  const elements = Array.from({ length: elementCount(shape) }, (_, i) => (((i + seed) * 37) % 101) + least);
  return values(type, shape, elements);
}

const IMAGE = info('x', 'uint8', ['N', 2, 6, 6]);
const QUANTISATION = {
  s: values('float32', [], [0.05]),
  z: values('uint8', [], [70]),
  ws: values('float32', [], [0.007]),
  wz: values('int8', [], [3]),
};
const W_A = pattern('int8', [2, 2, 3, 3]);
const W_B = pattern('int8', [2, 2, 3, 3], 50);

/** A QLinearConv with padding from uint8 to uint8. */
function conv(x: string, w: string, y: string, name = ''): NodeProto {
  return node('QLinearConv', [x, 's', 'z', w, 'ws', 'wz', 's', 'z'], [y], { pads: [1, 1, 1, 1] }, { name });
}

function model(parts: GraphParts, proto?: Partial<ModelProto>): OnnxModel {
  const constants = { ...QUANTISATION, a: W_A, b: W_B, ...parts.constants };
  return buildModel({ inputs: [IMAGE], ...parts, constants }, proto);
}

const dequantise = (x: string, y: string) => node('DequantizeLinear', [x, 's', 'z'], [y]);
const quantise = (x: string, y: string) => node('QuantizeLinear', [x, 's', 'z'], [y]);
const output = (name: string, type = 'uint8') => info(name, type, ['N', 'C', 'H', 'W']);

const backend = () => plainBackend('uint8', 'int8', 'int32');

/** Check that the replaced model gives the whole model's bits, and tell how it was run. */
async function expectSameBits(
  parts: OnnxModel,
  inputs: Readonly<Record<string, Tensor>> = { x: pattern('uint8', [3, 2, 6, 6]) },
  layers?: readonly string[],
) {
  const expected = await runWhole(parts, inputs);
  const replaced = await replaceLayers(parts, { backend: backend(), layers });
  const result = await replaced.run(inputs);
  await replaced.close();
  expect(result.outputs).toEqual(expected);
  return result.layers.map(({ name }) => name);
}

/** Three layers between nodes that dequantise and quantise; the result of the first is used twice. */
function quantisedGroups(): OnnxModel {
  return model({
    nodes: [
      node('DequantizeLinear', ['a', 'ws', 'wz'], ['af']),
      node('DequantizeLinear', ['b', 'ws', 'wz'], ['bf']),
      node('DequantizeLinear', ['m', 'ws', 'wz'], ['mf']),
      dequantise('x', 'xf'),
      node('Conv', ['xf', 'af'], ['t'], { pads: [1, 1, 1, 1] }, { name: 'one' }),
      quantise('t', 'tq'),
      dequantise('tq', 'tf'),
      node('Conv', ['tf', 'bf'], ['u'], { pads: [1, 1, 1, 1] }, { name: 'two' }),
      quantise('u', 'uq'),
      dequantise('uq', 'uf'),
      node('Add', ['tf', 'uf'], ['sum']),
      node('Flatten', ['sum'], ['flat']),
      quantise('flat', 'q'),
      dequantise('q', 'qf'),
      node('Gemm', ['qf', 'mf'], ['y'], {}, { name: 'three' }),
    ],
    outputs: [info('y', 'float32', ['N', 4])],
    constants: { m: pattern('int8', [72, 4]) },
  });
}

/** Each row is a graph whose replaced form must give the bits of the whole one, and the layers in the order they run. */
const GRAPHS: readonly (readonly [title: string, model: () => OnnxModel, layers: readonly string[]])[] = [
  [
    'one layer that is the whole graph',
    () => model({ nodes: [conv('x', 'a', 'y', 'only')], outputs: [output('y')] }),
    ['only'],
  ],
  [
    'layers in a row with nothing between them',
    () => model({ nodes: [conv('x', 'a', 't', 'one'), conv('t', 'b', 'y', 'two')], outputs: [output('y')] }),
    ['one', 'two'],
  ],
  [
    'floating-point nodes before, between and after',
    () =>
      model({
        nodes: [
          node('Mul', ['f', 's'], ['f2']),
          quantise('f2', 'q'),
          conv('q', 'a', 't', 'one'),
          dequantise('t', 'tf'),
          node('Relu', ['tf'], ['tr']),
          quantise('tr', 'tq'),
          conv('tq', 'b', 'u', 'two'),
          dequantise('u', 'uf'),
          node('GlobalAveragePool', ['uf'], ['g']),
          node('Flatten', ['g'], ['y']),
        ],
        inputs: [info('f', 'float32', ['N', 2, 6, 6])],
        outputs: [info('y', 'float32', ['N', 2])],
      }),
    ['one', 'two'],
  ],
  [
    'branches of different length that join again, and a residual link across a layer',
    () =>
      model({
        nodes: [
          conv('x', 'a', 't', 'left 1'),
          conv('x', 'b', 'r', 'right'),
          conv('t', 'b', 'u', 'left 2'),
          dequantise('u', 'uf'),
          dequantise('r', 'rf'),
          dequantise('x', 'xf'),
          node('Sum', ['uf', 'rf', 'xf'], ['y']),
        ],
        outputs: [output('y', 'float32')],
      }),
    ['left 1', 'right', 'left 2'],
  ],
  [
    'values that are both used and given out, and an output that is a constant',
    () =>
      model({
        nodes: [
          node('Constant', [], ['k'], { value: values('float32', [2], [1.5, 2.5]) }),
          conv('x', 'a', 't', 'one'),
          dequantise('t', 'tf'),
          conv('t', 'b', 'u', 'two'),
        ],
        outputs: [output('t'), output('u'), output('tf', 'float32'), info('k', 'float32', [2])],
      }),
    ['one', 'two'],
  ],
  [
    'weights from a Constant node, from a computation, and from an input',
    () =>
      model({
        nodes: [
          node('Constant', [], ['k'], { value: W_A }),
          node('Concat', ['a', 'b'], ['joined'], { axis: 0 }),
          conv('x', 'k', 't', 'constant'),
          conv('t', 'joined', 'u', 'computed'),
          node('QLinearConv', ['u', 's', 'z', 'v', 'ws', 'wz', 's', 'z'], ['y'], {}, { name: 'given' }),
        ],
        inputs: [IMAGE, info('v', 'int8', ['O', 4, 1, 1])],
        outputs: [output('y')],
      }),
    ['constant', 'computed', 'given'],
  ],
  [
    'branches of If that take values and weights from the graph around it, a layer’s result among them',
    () =>
      model({
        nodes: [
          conv('x', 'a', 't', 'one'),
          dequantise('t', 'tf'),
          node('ReduceMax', ['tf'], ['top'], { keepdims: 0 }),
          node('Greater', ['top', 'limit'], ['bright']),
          node('Mul', ['tf', 'limit'], ['early']),
          node('If', ['bright'], ['p'], {
            then_branch: graph({ nodes: [node('Neg', ['early'], ['n'])], outputs: [output('n', 'float32')] }),
            else_branch: graph({ nodes: [node('Abs', ['tf'], ['m'])], outputs: [output('m', 'float32')] }),
          }),
          quantise('p', 'q'),
          conv('q', 'b', 'y', 'two'),
        ],
        outputs: [output('y'), output('p', 'float32')],
        constants: { limit: values('float32', [], [1]) },
      }),
    ['one', 'two'],
  ],
  [
    'constants that several stages compute from, and nodes that nothing needs',
    () =>
      model({
        nodes: [
          node('Constant', [], ['k'], { value: values('float32', [], [3]) }),
          node('Sqrt', ['k'], ['root']),
          node('Exp', ['root'], ['unused']),
          dequantise('x', 'xf'),
          node('Mul', ['xf', 'root'], ['xm']),
          quantise('xm', 'xq'),
          conv('xq', 'a', 't', 'one'),
          dequantise('t', 'tf'),
          node('Div', ['tf', 'root'], ['y']),
        ],
        outputs: [output('y', 'float32'), info('root', 'float32', [])],
      }),
    ['one'],
  ],
  [
    'operators of com.microsoft',
    () =>
      model({
        nodes: [
          conv('x', 'a', 't', 'one'),
          node('QLinearSigmoid', ['t', 's', 'z', 's', 'z'], ['y'], {}, { domain: 'com.microsoft' }),
        ],
        outputs: [output('y')],
      }),
    ['one'],
  ],
  [
    'matrix products of every integer kind after a convolution',
    () =>
      model({
        nodes: [
          conv('x', 'a', 't', 'conv'),
          node('Flatten', ['t'], ['flat']),
          node('QLinearMatMul', ['flat', 's', 'z', 'm', 'ws', 'wz', 's', 'z'], ['u'], {}, { name: 'quantised' }),
          node(
            'QGemm',
            ['u', 's', 'z', 'n', 'ws', 'wz', '', 's', 'z'],
            ['v'],
            { transB: 1 },
            { name: 'gemm', domain: 'com.microsoft' },
          ),
          node('MatMulInteger', ['v', 'n', 'z', 'wz'], ['y'], {}, { name: 'sums' }),
        ],
        outputs: [info('y', 'int32', ['N', 4])],
        constants: { m: pattern('int8', [72, 4]), n: pattern('int8', [4, 4], 50) },
      }),
    ['conv', 'quantised', 'gemm', 'sums'],
  ],
  ['groups that dequantise and quantise', quantisedGroups, ['one', 'two', 'three']],
  [
    'an old file whose initialisers are among its inputs',
    () =>
      model(
        {
          nodes: [conv('x', 'a', 'y', 'one')],
          inputs: [IMAGE, info('a', 'int8', [2, 2, 3, 3]), info('s', 'float32', []), info('b', 'int8', [2, 2, 3, 3])],
          outputs: [output('y')],
        },
        { irVersion: 3n, opsetImport: [make('OperatorSetIdProto', { version: 10n })] },
      ),
    ['one'],
  ],
];

describe('replaceLayers', () => {
  it.each(GRAPHS)('gives the whole model’s bits for %s', async (_, build, layers) => {
    const built = build();
    const inputs = Object.fromEntries(
      built.inputs.map(({ name, type, shape }) => [
        name,
        pattern(
          type as ElementType,
          (shape ?? []).map((side) => (typeof side === 'number' ? side : 3)),
        ),
      ]),
    );
    expect(await expectSameBits(built, inputs)).toEqual(layers);
  });

  it('keeps the functions of the model', async () => {
    const nodes = [conv('x', 'a', 't', 'one'), node('Twice', ['t'], ['y'], {}, { domain: 'local' })];
    const opsets = ['', 'local'].map((domain) => make('OperatorSetIdProto', { domain, version: 17n }));
    const proto = { opsetImport: opsets, $unknown: [functionField(opsets[0]!)] };
    expect(await expectSameBits(model({ nodes, outputs: [output('y')] }, proto))).toEqual(['one']);
  });

  it('carries on from a layer whose data are of unknown rank', async () => {
    const parts = model({
      nodes: [
        node('Reshape', ['x', 'sides'], ['r']),
        conv('r', 'a', 't', 'one'),
        dequantise('t', 'f'),
        node('Transpose', ['f'], ['y'], { perm: [0, 2, 3, 1] }),
      ],
      inputs: [info('x', 'uint8', ['N']), info('sides', 'int64', ['R'])],
      outputs: [info('y', 'float32', ['N', 'C', 'H', 'W'])],
    });
    const inputs = { x: pattern('uint8', [144]), sides: values('int64', [4], [2, 2, 6, 6]) };
    expect(await expectSameBits(parts, inputs)).toEqual(['one']);
  });

  it('computes random values once, also when several stages use them', async () => {
    const parts = model({
      nodes: [
        // Not the first node of its stage: a seed of the runtime depends on the place.
        dequantise('x', 'xf'),
        node('RandomNormal', [], ['n'], { shape: [2] }),
        node('GlobalAveragePool', ['xf'], ['before']),
        node('Where', ['yes', 'n', 'before'], ['y1']),
        conv('x', 'a', 't', 'one'),
        dequantise('t', 'tf'),
        node('GlobalAveragePool', ['tf'], ['after']),
        node('Where', ['yes', 'n', 'after'], ['y2']),
      ],
      outputs: [output('y1', 'float32'), output('y2', 'float32')],
      constants: { yes: values('bool', [], [1]) },
    });
    const replaced = await replaceLayers(parts, { backend: backend() });
    const { y1, y2 } = (await replaced.run({ x: pattern('uint8', [1, 2, 6, 6]) })).outputs;
    expect(y2).toEqual(y1);
    await replaced.close();
  });

  it('follows data and weights that change their sizes and values from run to run', async () => {
    const parts = model({
      nodes: [node('ConvInteger', ['x', 'v'], ['y'])],
      inputs: [info('x', 'uint8', ['N', 'C', 'H', 'W']), info('v', 'int8', ['O', 'C', 'KH', 'KW'])],
      outputs: [output('y', 'int32')],
    });
    const replaced = await replaceLayers(parts, { backend: backend() });
    for (const [side, seed] of [
      [6, 1],
      [4, 1],
      [4, 2],
    ] as const) {
      const inputs = { x: pattern('uint8', [1, 2, side, side]), v: pattern('int8', [3, 2, 2, 2], seed) };
      expect((await replaced.run(inputs)).outputs).toEqual(await runWhole(parts, inputs));
    }
    await replaced.close();
  });

  const two = () => model({ nodes: [conv('x', 'a', 't', 'one'), conv('t', 'b', 'y', 'two')], outputs: [output('y')] });

  it('leaves layers that are not chosen to ONNX Runtime', async () => {
    expect(await expectSameBits(two(), undefined, ['two'])).toEqual(['two']);
    expect(await expectSameBits(two(), undefined, ['one'])).toEqual(['one']);
    expect(await expectSameBits(two(), undefined, [])).toEqual([]);
  });

  it.each([['one'], ['two'], ['three']])('leaves groups beside %s to ONNX Runtime, whole', async (name) => {
    expect(await expectSameBits(quantisedGroups(), undefined, [name])).toEqual([name]);
  });

  it('takes any batch, one run after another or at once', async () => {
    const replaced = await replaceLayers(two(), { backend: backend() });
    const batches = [1, 4, 2].map((n) => ({ x: pattern('uint8', [n, 2, 6, 6], n) }));
    const results = await Promise.all(batches.map((inputs) => replaced.run(inputs)));
    for (const [i, inputs] of batches.entries()) {
      expect(results[i]!.outputs).toEqual(await runWhole(two(), inputs));
      expect((await replaced.run(inputs)).outputs).toEqual(results[i]!.outputs);
    }
    await replaced.close();
  });

  it('takes its layers’ results from the backend', async () => {
    const disturbed = backend();
    disturbed.disturbance = 1000;
    const inputs = { x: pattern('uint8', [1, 2, 6, 6]) };
    const replaced = await replaceLayers(two(), { backend: disturbed });
    expect((await replaced.run(inputs)).outputs).not.toEqual(await runWhole(two(), inputs));
    await replaced.close();
  });

  it('hands faults to every product and reports products, statistics and fired cycles per layer', async () => {
    const [fault, other] = [{ peIndex: 3 }, { peIndex: 4 }] as unknown as [Fault, Fault];
    const plain = backend();
    const replaced = await replaceLayers(two(), { backend: plain, faults: [fault] });
    const { layers } = await replaced.run({ x: pattern('uint8', [3, 2, 6, 6]) });
    expect(plain.jobs.map(({ options }) => options.faults)).toEqual(Array(6).fill([fault]));
    expect(layers).toEqual(
      ['one', 'two'].map((name) => ({
        name,
        op: 'QLinearConv',
        lowering: 'im2col',
        products: 3,
        macs: 3 * 36 * 18 * 2,
        stats: { tiles: 3, cycles: 30, utilisation: 0.5, effectiveUtilisation: 0.25, utilisationBound: 1 },
        faults: [{ fault, layer: null, channel: null, product: null, firedCycles: 6 }],
        accumulator: { neededBits: 21, widthBits: 32 },
        comparison: null,
      })),
    );
    await replaced.run({ x: pattern('uint8', [1, 2, 6, 6]) }, { faults: [other] });
    expect(plain.jobs.at(-1)!.options.faults).toEqual([other]);
    await replaced.close();
  });

  it('tells its progress after every product', async () => {
    const seen: ModelProgress[] = [];
    const replaced = await replaceLayers(two(), { backend: backend() });
    await replaced.run({ x: pattern('uint8', [2, 2, 6, 6]) }, { onProgress: (progress) => seen.push(progress) });
    await replaced.close();
    const finished = seen.filter(({ totalTiles }) => totalTiles === 0);
    expect(
      finished.map((p) => `${p.layer} ${p.layerIndex + 1}/${p.layerCount} ${p.doneProducts}/${p.totalProducts}`),
    ).toEqual(['one 1/2 1/2', 'one 1/2 2/2', 'two 2/2 1/2', 'two 2/2 2/2']);
  });

  it('stops between two products when it is aborted', async () => {
    const plain = backend();
    const stop = new AbortController();
    const replaced = await replaceLayers(two(), { backend: plain });
    const onProgress = () => stop.abort();
    const run = replaced.run({ x: pattern('uint8', [2, 2, 6, 6]) }, { signal: stop.signal, onProgress });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(plain.jobs).toHaveLength(1);
    await replaced.close();
  });
});

/** A field of ModelProto with the function `local.Twice(v) = v + v`. */
function functionField(opset: Parameters<typeof encode<'OperatorSetIdProto'>>[1]) {
  const body = [
    node('Cast', ['v'], ['f'], { to: 1 }),
    node('Add', ['f', 'f'], ['g']),
    node('Cast', ['g'], ['r'], { to: 2 }),
  ];
  const writer = new BinaryWriter();
  writer.tag(1, WireType.LengthDelimited).string('Twice');
  writer.tag(4, WireType.LengthDelimited).string('v');
  writer.tag(5, WireType.LengthDelimited).string('r');
  for (const step of body) writer.tag(7, WireType.LengthDelimited).bytes(encode('NodeProto', step));
  writer.tag(9, WireType.LengthDelimited).bytes(encode('OperatorSetIdProto', opset));
  writer.tag(10, WireType.LengthDelimited).string('local');
  const data = new BinaryWriter().bytes(writer.finish()).finish();
  return { no: 25, wireType: WireType.LengthDelimited, data };
}
