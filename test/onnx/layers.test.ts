import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dtype } from '../../src/dtype/dtype.ts';
import { ModelError } from '../../src/errors.ts';
import { chooseLayers, listLayers } from '../../src/onnx/graph/layers.ts';
import { replaceLayers } from '../../src/onnx/run/replace-layers.ts';
import { buildModel, graph, info, node, values, zeros } from './support/build-model.ts';
import { plainBackend } from './support/plain-backend.ts';
import { quantisedCases, quantisedModel } from './support/quantised-cases.ts';

const CONSTANTS = {
  w: zeros('uint8', [4, 3, 2, 2]),
  flat: zeros('uint8', [4, 3]),
  wide: zeros('int32', [4, 3, 2, 2]),
  real: zeros('float32', [4, 3, 2, 2]),
  brain: zeros('bfloat16', [4, 3, 2, 2]),
};

const MODEL = buildModel({
  nodes: [
    node('ConvInteger', ['x', 'w'], ['a'], {}, { name: 'first' }),
    node('Relu', ['a'], ['r']),
    node('ConvInteger', ['x', 'w'], ['b']),
    node('ConvInteger', ['x', 'w'], ['c'], {}, { name: 'first' }),
    node('ConvInteger', ['x', 'computed'], ['d'], { auto_pad: 'VALID' }),
    node('ConvInteger', ['x', 'w'], ['e'], { auto_pad: 'HALF' }),
    node('ConvInteger', ['x', 'wide'], ['f']),
    node('ConvInteger', ['x', 'flat'], ['g']),
    node('Conv', ['f', 'real'], ['l']),
    node('Conv', ['f', 'brain'], ['m']),
    node('Conv', ['f', 'computed'], ['n']),
    node('MatMulInteger', ['x', 'flat'], ['h'], {}, { name: 'dense' }),
    node('QGemm', ['x', 's', 'z', 'flat'], ['i'], {}, { name: 'q', domain: 'com.microsoft' }),
    node('QLinearMatMul', ['x', 's', 'z', 'wide'], ['o']),
    node('MatMul', ['f', 'brain'], ['p']),
    node('Gemm', ['f', 'real', 'wide'], ['q']),
    node('MatMul', ['x', 'computed'], ['y']),
    node('MatMul', ['computed', 'declared'], ['z']),
    node('MatMulInteger', ['x', 'declared'], ['aa']),
    node('QLinearMatMul', ['x', 's1', '', 'flat', 's2', '', 's3', 'tiny'], ['bb']),
    node('ConvTranspose', ['f', 'real'], ['u'], {}, { name: 'up' }),
    node('FusedGemm', ['f', 'real'], ['v'], {}, { name: 'fused', domain: 'com.microsoft' }),
    node('QGemm', ['x', 's', 'z', 'flat'], ['t'], {}, { name: 'elsewhere' }),
    node(
      'If',
      ['t'],
      ['j'],
      {
        then_branch: graph({ nodes: [node('ConvInteger', ['x', 'w'], ['k'])], outputs: [info('k', 'int32', [])] }),
      },
      { name: 'choice' },
    ),
  ],
  inputs: [info('x', 'uint8', ['N', 3, 8, 8]), info('declared', 'int32', ['N']), info('tiny', 'float8e4m3fn', [])],
  outputs: [info('a', 'int32', ['N', 4, 7, 7])],
  constants: CONSTANTS,
});

const NOT_SUPPORTED =
  'the array runs Conv, ConvInteger, QLinearConv, MatMul, Gemm, MatMulInteger, QLinearMatMul and com.microsoft.QGemm';
const FLOATS = 'float16, float32 or float64';

describe('listLayers', () => {
  it('gives every matrix node a name of its own and says why one cannot run', () => {
    expect(listLayers(MODEL).map(({ name, op, compatible, reason }) => [name, op, compatible, reason])).toEqual([
      ['first', 'ConvInteger', true, null],
      ['ConvInteger_b', 'ConvInteger', true, null],
      ['first_c', 'ConvInteger', true, null],
      ['ConvInteger_d', 'ConvInteger', true, null],
      [
        'ConvInteger_e',
        'ConvInteger',
        false,
        'auto_pad must be one of NOTSET, SAME_UPPER, SAME_LOWER, VALID, not HALF',
      ],
      ['ConvInteger_f', 'ConvInteger', false, 'weights must be uint8 or int8, not int32'],
      ['ConvInteger_g', 'ConvInteger', false, 'weights must have at least 3 axes, not [4,3]'],
      ['Conv_l', 'Conv', true, null],
      ['Conv_m', 'Conv', false, 'weights must be float16, float32 or float64, not bfloat16'],
      ['Conv_n', 'Conv', true, null],
      ['dense', 'MatMulInteger', true, null],
      ['q', 'com.microsoft.QGemm', true, null],
      ['QLinearMatMul_o', 'QLinearMatMul', false, 'b must be uint8 or int8, not int32'],
      ['MatMul_p', 'MatMul', false, `B must be ${FLOATS}, not bfloat16`],
      ['Gemm_q', 'Gemm', false, `C must be ${FLOATS}, not int32`],
      ['MatMul_y', 'MatMul', false, `A must be ${FLOATS}, not uint8`],
      ['MatMul_z', 'MatMul', false, `B must be ${FLOATS}, not int32`],
      ['MatMulInteger_aa', 'MatMulInteger', false, 'B must be uint8 or int8, not int32'],
      ['QLinearMatMul_bb', 'QLinearMatMul', false, 'y_zero_point must be uint8 or int8, not float8e4m3fn'],
      ['up', 'ConvTranspose', false, NOT_SUPPORTED],
      ['fused', 'com.microsoft.FusedGemm', false, NOT_SUPPORTED],
      ['elsewhere', 'QGemm', false, NOT_SUPPORTED],
      ['ConvInteger_k', 'ConvInteger', false, "it lies inside If 'choice', which runs as a whole"],
    ]);
  });

  it('tells the shape and type of weights that the file holds', () => {
    const weights = new Map(listLayers(MODEL).map((layer) => [layer.name, layer.weights]));
    expect(weights.get('first')).toEqual({ shape: [4, 3, 2, 2], type: 'uint8' });
    expect(weights.get('ConvInteger_d')).toBeNull();
    expect(weights.get('dense')).toEqual({ shape: [4, 3], type: 'uint8' });
    expect(weights.get('q')).toEqual({ shape: [4, 3], type: 'uint8' });
    expect(weights.get('QLinearMatMul_o')).toEqual({ shape: [4, 3, 2, 2], type: 'int32' });
  });

  it('tells which layers are between nodes that dequantise and quantise, and of those the quantised weights', () => {
    expect(listLayers(MODEL).filter(({ qdq }) => qdq)).toEqual([]);
    const [layer] = fc.sample(quantisedCases({ op: 'Conv', types: [['uint8', 'int8']] }), { numRuns: 1, seed: 1 });
    const { shape } = layer!.weights;
    expect(listLayers(quantisedModel(layer!))).toMatchObject([
      { op: 'Conv', qdq: true, weights: { shape, type: 'int8' } },
    ]);
  });
});

describe('a layer that cannot be replaced', () => {
  const backend = plainBackend('uint8', 'uint8', 'int32');

  it.each([
    [
      'nope',
      "layer 'nope' is not in test.onnx; its layers are first, ConvInteger_b, first_c, ConvInteger_d, ConvInteger_e, " +
        'ConvInteger_f, ConvInteger_g, Conv_l, Conv_m, Conv_n, dense, q, QLinearMatMul_o, MatMul_p, Gemm_q, MatMul_y, ' +
        'MatMul_z, MatMulInteger_aa, QLinearMatMul_bb, up, fused, ' +
        'elsewhere, ConvInteger_k',
    ],
    ['up', `layer 'up' (ConvTranspose) cannot run on an array: ${NOT_SUPPORTED}`],
    [
      'ConvInteger_g',
      "layer 'ConvInteger_g' (ConvInteger) cannot run on an array: weights must have at least 3 axes, not [4,3]",
    ],
  ])('%s', async (name, message) => {
    await expect(replaceLayers(MODEL, { layers: [name], backend })).rejects.toThrow(new ModelError(message));
  });

  it.each([
    [
      'Conv_l',
      ['int8', 'int8', 'int32'],
      'its float32 numbers need an array with float32 as a and b, received a: int8, b: int8, c: int32',
    ],
    [
      'Conv_l',
      ['float16', 'float16', 'float32'],
      'its float32 numbers need an array with float32 as a and b, received a: float16, b: float16, c: float32',
    ],
    [
      'Conv_n',
      ['int8', 'int8', 'int32'],
      'its floating-point numbers need an array of floating point, received a: int8, b: int8, c: int32',
    ],
    [
      'first',
      ['float32', 'float32', 'float32'],
      'its integers need an array of integers, received a: float32, b: float32, c: float32',
    ],
    [
      'dense',
      ['float32', 'float32', 'float32'],
      'its integers need an array of integers, received a: float32, b: float32, c: float32',
    ],
    [
      'q',
      ['float16', 'float16', 'float32'],
      'its integers need an array of integers, received a: float16, b: float16, c: float32',
    ],
  ] as const)('%s on an array of %s', async (name, [a, b, c], reason) => {
    const op = listLayers(MODEL).find((layer) => layer.name === name)!.op;
    await expect(replaceLayers(MODEL, { layers: [name], backend: plainBackend(a, b, c) })).rejects.toThrow(
      new ModelError(`layer '${name}' (${op}) cannot run on this array: ${reason}`),
    );
  });

  it('in a model that has no other', async () => {
    const dense = (nodes: Parameters<typeof buildModel>[0]['nodes']) =>
      buildModel({ nodes, inputs: [info('x', 'uint8', [1, 3])], outputs: [info('y', 'int32', [1, 3])] });
    await expect(
      replaceLayers(dense([node('ConvTranspose', ['x', 'x'], ['y'], {}, { name: 'd' })]), { backend }),
    ).rejects.toThrow(new ModelError(`no layer of test.onnx can run on an array; d (ConvTranspose): ${NOT_SUPPORTED}`));
    await expect(replaceLayers(dense([node('Cast', ['x'], ['y'], { to: 6 })]), { backend })).rejects.toThrow(
      new ModelError('no layer of test.onnx can run on an array; it has none'),
    );
  });

  it('in a model that ONNX Runtime refuses', async () => {
    const broken = buildModel({
      nodes: [node('Frobnicate', ['x'], ['y'])],
      inputs: [info('x', 'uint8', [1])],
      outputs: [info('y', 'uint8', [1])],
    });
    await expect(replaceLayers(broken, { layers: [], backend })).rejects.toThrow(
      /^ONNX Runtime refuses test.onnx: .*Frobnicate/,
    );
  });
});

describe('chooseLayers', () => {
  const chosen = (...types: readonly [Dtype, Dtype, Dtype]) => {
    const [a, b, c] = types;
    return chooseLayers(MODEL, { a, b, c }).map(({ name }) => name);
  };

  it('takes without names all layers that can run on the array', () => {
    expect(chosen('int8', 'int8', 'int32')).toEqual([
      'first',
      'ConvInteger_b',
      'first_c',
      'ConvInteger_d',
      'dense',
      'q',
    ]);
    expect(chosen('float32', 'float32', 'float64')).toEqual(['Conv_l', 'Conv_n']);
    expect(chosen('float64', 'float64', 'float64')).toEqual(['Conv_n']);
  });

  it('says of each layer why none can run on the array', () => {
    const model = buildModel({
      nodes: [
        node('Conv', ['f', 'real'], ['y'], {}, { name: 'conv' }),
        node('MatMul', ['y', 'y'], ['z'], {}, { name: 'fc' }),
      ],
      outputs: [info('z', 'float32', [])],
      constants: { real: CONSTANTS.real },
    });
    expect(() => chooseLayers(model, { a: 'uint8', b: 'int8', c: 'int32' })).toThrow(
      new ModelError(
        'no layer of test.onnx can run on this array; conv (Conv): its float32 numbers need an array with float32 as a ' +
          'and b, received a: uint8, b: int8, c: int32; fc (MatMul): its floating-point numbers need an array of floating ' +
          'point, received a: uint8, b: int8, c: int32',
      ),
    );
  });
});

describe('a run that does not fit the model', () => {
  const backend = plainBackend('uint8', 'uint8', 'int32');
  const single = (attributes: Record<string, number | number[]>) =>
    buildModel({
      nodes: [node('ConvInteger', ['x', 'w'], ['y'], attributes, { name: 'conv' })],
      inputs: [info('x', 'uint8', ['N', 3, 'N', 'W'])],
      outputs: [info('y', 'int32', ['N', 4, 'H', 'V'])],
      constants: CONSTANTS,
    });
  const good = zeros('uint8', [2, 3, 2, 2]);

  it.each([
    ['input missing', {}, {}, "input 'x' of test.onnx is missing"],
    ['input not known', {}, { x: good, z: good }, "input 'z' is not an input of test.onnx; its inputs are x"],
    ['another type', {}, { x: values('int8', [1], [1]) }, "input 'x' must be uint8, not int8"],
    ['another rank', {}, { x: zeros('uint8', [2, 3]) }, "input 'x' must have shape [N,3,N,W], not [2,3]"],
    ['a fixed length', {}, { x: zeros('uint8', [2, 4, 2, 2]) }, "input 'x' must have shape [N,3,N,W], not [2,4,2,2]"],
    [
      'one symbol with two lengths',
      {},
      { x: zeros('uint8', [2, 3, 5, 2]) },
      "input 'x' must have shape [N,3,N,W], not [2,3,5,2]: N is already 2",
    ],
    [
      'a kernel larger than the data',
      { dilations: [3, 3] },
      { x: good },
      "layer 'conv' (ConvInteger): a kernel of [2,2] with dilations [3,3] does not fit in data of [2,2]",
    ],
    [
      'attributes of the wrong length',
      { pads: [1, 1] },
      { x: good },
      "layer 'conv' (ConvInteger): pads needs 4 numbers, not [1,1]",
    ],
    [
      'another kernel than the weights have',
      { kernel_shape: [3, 3] },
      { x: good },
      "layer 'conv' (ConvInteger): kernel_shape [3,3] differs from the weights' [2,2]",
    ],
    [
      'groups that do not part the channels',
      { group: 3 },
      { x: good },
      "layer 'conv' (ConvInteger): data of 3 channels do not go with weights of 3 in 3 groups",
    ],
  ])('%s', async (_, attributes, inputs, message) => {
    const replaced = await replaceLayers(single(attributes), { backend });
    await expect(replaced.run(inputs as Record<string, typeof good>)).rejects.toThrow(new ModelError(message));
    await replaced.close();
  });
});
