import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { make } from '../../src/onnx/file/messages.ts';
import { buildModel, info, modelBytes, node, values, zeros } from '../onnx/support/build-model.ts';
import { EXAMPLES, openWorkplace, type Workplace } from './support/espalier.ts';

const DIGITS = `${EXAMPLES}digits/`;
const QLINEAR = `${DIGITS}digits-qlinear.onnx`;
const FLOAT32 = `${DIGITS}digits-float32.onnx`;
const PLAN = ['layers', QLINEAR, '--array', 'two.array:one'];
const IMAGES = ['--input', `${DIGITS}digits-images.npy`];

const ARRAYS = `array one {
  size 2 x 2 x 3
  projection output_stationary
  types a: int8, b: int8, c: int32
}
array other {
  size 2 x 2 x 3
  projection row_stationary
  types a: uint8, b: int8, c: int32
}
fault weak: stuck_at_1 bit 5 of c at (1, 1)
`;

let place: Workplace;
let files: readonly string[];

beforeAll(async () => {
  place = await openWorkplace();
  await place.text('two.array', ARRAYS);
  await place.text(
    'single.array',
    'array single { size 2 x 2 x 3; projection output_stationary; types a: float32, b: float32 }',
  );
  await place.text(
    'narrow.array',
    'array narrow { size 4 x 4 x 8; projection col_stationary; types a: uint8, b: int8, c: int16 }',
  );
  await place.text(
    'wide.array',
    'array wide { size 2 x 2 x 2; projection output_stationary; types a: float64, b: float64 }',
  );
  await place.text(
    'float.array',
    `array bf16 { size 2 x 2 x 2; projection output_stationary; types a: bfloat16, b: bfloat16 }
array fp16 { size 2 x 2 x 2; projection output_stationary; types a: float16, b: float16 }
`,
  );
  await place.npy('a.npy', 'int8', [2, 3], Int8Array.from([1, 2, 3, 4, 5, 6]));
  await place.npy('b.npy', 'int8', [3, 2], Int8Array.from([1, 2, 3, 4, 5, 6]));
  await place.npy('line.npy', 'int8', [3], Int8Array.from([1, 2, 3]));
  await place.npy('b4.npy', 'int8', [4, 2], new Int8Array(8));
  await place.npy('truths.npy', 'bool', [3, 2], new Uint8Array(6));
  await place.npy('half.npy', 'float64', [3, 2], Float64Array.from([1, 2, 3, 0.5, 5, 6]));
  await place.npy('large.npy', 'int64', [3, 2], BigInt64Array.from([1n, 2n, 3n, 4n, 5n, 128n]));
  await place.npy('nan.npy', 'float32', [3, 2], Float32Array.from([1, 2, 3, 4, 5, Number.NaN]));
  await place.npy('infinity.npy', 'float64', [2, 2], Float64Array.from([1, 2, Number.NEGATIVE_INFINITY, 4]));
  await place.npy('single.npy', 'float32', [2, 2], Float32Array.from([0.5, 65536, 3, 257]));
  await place.npy('u8.npy', 'uint8', [2, 1, 28, 28], new Uint8Array(2 * 28 * 28));
  await place.npy('data.npy', 'float32', [2, 2, 4], new Float32Array(16));
  await place.npy('channels.npy', 'float32', [2, 3, 28, 28], new Float32Array(2 * 3 * 28 * 28));
  await place.npy('eleven.npy', 'int64', [64], new BigInt64Array(64).fill(11n, 60));
  await place.text('labels.csv', '1\n2\n');
  for (const [name, bytes] of Object.entries(oddModels())) await writeFile(place.path(name), bytes);
  await place.text('broken.npy', 'hello');
  await place.text('broken.onnx', 'hello');
  await place.text('folder.txt', '');
  files = await place.list();
});

// Whatever was refused: nothing may be left behind, half-written or whole.
afterAll(async () => {
  expect(await place.list()).toEqual(files);
  await place.remove();
});

/** Models that cannot be run as they are. */
function oddModels(): Record<string, Uint8Array> {
  const parts = {
    inputs: [info('x', 'float32', ['N', 2, 4])],
    outputs: [info('y', 'float32', ['N', 'C', 'L'])],
    constants: { w: zeros('float32', [2, 2, 1]) },
  };
  const location = make('StringStringEntryProto', { key: 'location', value: 'weights.bin' });
  const tensor = { name: 'w', dims: [2n, 2n, 1n] };
  const without = (more: Parameters<typeof make<'TensorProto'>>[1], operator: string, type: string) => {
    const own = { ...parts, inputs: [info('x', type, ['N', 2, 4])], constants: { s: values('float32', [], [1]) } };
    const model = buildModel({ ...own, nodes: [node(operator, ['x', 'w'], ['y'], {}, { name: 'conv' })] });
    model.graph.initializer.push(make('TensorProto', { ...tensor, ...more }));
    return modelBytes(model);
  };
  const conv = node('Conv', ['x', 'w'], ['h'], {}, { name: 'conv' });
  return {
    'transposed.onnx': modelBytes(
      buildModel({ ...parts, nodes: [node('ConvTranspose', ['x', 'w'], ['y'], {}, { name: 'up' })] }),
    ),
    'external.onnx': without({ dataType: 1, dataLocation: 1, externalData: [location] }, 'Conv', 'float32'),
    'int4.onnx': without({ dataType: 22, rawData: new Uint8Array(2) }, 'ConvInteger', 'uint8'),
    'newer.onnx': modelBytes(
      buildModel(
        { ...parts, nodes: [conv, node('Relu', ['h'], ['y'])] },
        { opsetImport: [make('OperatorSetIdProto', { domain: '', version: 99n })] },
      ),
    ),
  };
}

/** A text for a spec file, and what is said about it. */
const SPECS: readonly [claim: string, text: string, message: string][] = [
  [
    'all mistakes of a spec, each with its place and a caret',
    'array x {\n  size 2 x 2 x 2\n  projecton output_stationary\n  types a: int7, b: int8\n}\n',
    `espalier: s.array:3:3: unknown statement "projecton", did you mean "projection"?
  projecton output_stationary
  ^
s.array:4:12: unknown dtype "int7", did you mean "int8"?
  types a: int7, b: int8
           ^
`,
  ],
  [
    'a projection of determinant 0',
    'array x {\n  size 2 x 2 x 2\n  projection [[1,0,0],[0,1,0],[1,1,0]]\n  types a: int8, b: int8\n}\n',
    `espalier: s.array:3:14: the projection matrix [[1, 0, 0], [0, 1, 0], [1, 1, 0]] has determinant 0, so two steps would share a PE and a cycle
  projection [[1,0,0],[0,1,0],[1,1,0]]
             ^
s.array:3:14: the delay of line c (entry k of the schedule row) must be at least 1 cycle, received 0
  projection [[1,0,0],[0,1,0],[1,1,0]]
             ^
`,
  ],
  [
    'a projection with a delay below 1',
    'array x {\n  size 2 x 2 x 2\n  projection [[1,0,0],[0,1,0],[1,-1,1]]\n  types a: int8, b: int8\n}\n',
    `espalier: s.array:3:14: the delay of line a (entry j of the schedule row) must be at least 1 cycle, received -1
  projection [[1,0,0],[0,1,0],[1,-1,1]]
             ^
`,
  ],
  [
    'sides of 0 and over 1024',
    'array x {\n  size 0 x 2 x 1025\n  projection output_stationary\n  types a: int8, b: int8\n}\n',
    `espalier: s.array:2:8: the side N1 of a size must be from 1 to 1024, received 0
  size 0 x 2 x 1025
       ^
s.array:2:16: the side N3 of a size must be from 1 to 1024, received 1025
  size 0 x 2 x 1025
               ^
`,
  ],
  [
    'operands of integers and floating point',
    'array x {\n  size 2 x 2 x 2\n  projection output_stationary\n  types a: int8, b: float32\n}\n',
    `espalier: s.array:4:21: a and b must both be integers or both floating point, received int8 × float32
  types a: int8, b: float32
                    ^
`,
  ],
  [
    'an accumulator that cannot hold a product and is not said to wrap',
    'array x {\n  size 2 x 2 x 2\n  projection output_stationary\n  types a: int8, b: int16, c: int16\n}\n',
    `espalier: s.array:4:31: the accumulator must hold every product of int8 × int16 (-4194176 to 4194304) unless "wrap" follows it, which lets sums wrap modulo 2^16; received int16
  types a: int8, b: int16, c: int16
                              ^
`,
  ],
  [
    'an adder of more stages than its schedule has time for, with the smallest schedule that has',
    'array x {\n  size 2 x 2 x 2\n  projection output_stationary\n  types a: float32, b: float32\n  adder_stages 4\n}\n',
    `espalier: s.array:5:16: an adder of 4 stages needs a delay of line c (entry k of the schedule row) of at least 4 cycles, received [1, 1, 1]; the smallest that works is [1, 1, 4]
  adder_stages 4
               ^
`,
  ],
];

describe('a spec file is refused for', () => {
  test.each(SPECS)('%s', async (_, text, message) => {
    const own = await openWorkplace();
    await own.text('s.array', text);
    expect(await own.run(['generate', 's.array'])).toEqual({ stdout: '', stderr: message, exitCode: 2 });
    expect(await own.list()).toEqual(['s.array']);
    await own.remove();
  });
});

const MATMUL = ['matmul', 'two.array:one', 'a.npy', 'b.npy', '-o', 'out.npy'] as const;
const GENERATE = ['generate', 'two.array:one', '-o', 'out'] as const;
const RUN = ['run', QLINEAR, '--array', 'two.array:other', '-o', 'out.npy'] as const;

/** What is wrong with a fault, the fault, and the one sentence on stderr. */
const FAULTS: readonly [claim: string, fault: string, sentence: string][] = [
  [
    'a fault outside the array',
    'flip bit 3 of c at (3, 1)',
    'fault "flip bit 3 of c at (3, 1)": array one has PEs with x in 1 … 2 and y in 1 … 2 (4 in all), received (3, 1)',
  ],
  [
    'a fault outside the bits of its node',
    'flip bit 32 of c at (1, 1)',
    'fault "flip bit 32 of c at (1, 1)": node c has bits 0 to 31, received bit 32',
  ],
  [
    'a fault in a node that the array lacks',
    'flip bit 3 of p at (1, 1)',
    'fault "flip bit 3 of p at (1, 1)": array one has no node p: it has no product register',
  ],
  ['a fault that is not in the spec file', 'wek', 'unknown fault "wek" in two.array, did you mean "weak"?'],
  [
    'a fault text with mistakes',
    'flip bit 3 of q at (1, 1)',
    '--fault:1:15: unknown node "q", expected a, b, c, p, a_out, b_out, c_in, first, last or s\nflip bit 3 of q at (1, 1)\n              ^',
  ],
];

/** What is wrong, the arguments, and the one sentence on stderr. */
const REFUSED: readonly (readonly [claim: string, args: readonly string[], sentence: string])[] = [
  ['a spec file that is missing', ['generate', 'no.array'], 'the spec file no.array cannot be read: it does not exist'],
  [
    'an array that is not named among several',
    ['generate', 'two.array'],
    'the spec file two.array defines 2 arrays, name one of them: two.array:one or two.array:other',
  ],
  [
    'an array that is not in the file',
    ['generate', 'two.array:othr'],
    'unknown array "othr" in two.array, did you mean "other"?',
  ],
  ...(['48', '96', '16', '8192'] as const).map(
    (bits) =>
      [
        `a stream width of ${bits} bits`,
        ['generate', 'two.array:one', '--top', '--stream-bits', bits],
        `the streams of a top module are a power of two of 32 to 4096 bits wide, received ${bits}`,
      ] as const,
  ),
  [
    'a stream narrower than an element',
    ['generate', 'wide.array', '--top', '--stream-bits', '32'],
    'the streams of a top module are a power of two of 64 to 4096 bits wide, received 32',
  ],
  ...(['0', 'wide', '64.5', '-64'] as const).map(
    (bits) =>
      [
        `a stream width of ${bits}, which is none`,
        ['generate', 'two.array:one', '--top', '--stream-bits', bits],
        `option '--stream-bits <n>' argument '${bits}' is invalid. It must be a power of two of 32 to 4096.`,
      ] as const,
  ),
  [
    'a stream width without a top module',
    ['generate', 'two.array:one', '--stream-bits', '64'],
    '--stream-bits is the width of the streams of a top module: it goes with --top, received 64 without',
  ],
  [
    'an operand of the wrong rank',
    ['matmul', 'two.array:one', 'line.npy', 'b.npy', '-o', 'out.npy'],
    'A must be a matrix (rank 2), received rank 1 with shape [3]',
  ],
  [
    'operands whose inner dimensions differ',
    ['matmul', 'two.array:one', 'a.npy', 'b4.npy', '-o', 'out.npy'],
    'the inner dimensions of A (M×K) and B (K×N) must agree, received A 2×3 and B 4×2',
  ],
  ['a C of the wrong shape', [...MATMUL, 'b4.npy'], 'C must be 2×2 like A×B, received 4×2'],
  [
    'an operand that holds no numbers',
    ['matmul', 'two.array:one', 'a.npy', 'truths.npy', '-o', 'out.npy'],
    'B must hold numbers, received bool',
  ],
  [
    'a value with a fraction',
    ['matmul', 'two.array:one', 'a.npy', 'half.npy', '-o', 'out.npy'],
    'B[1, 1] = 0.5 does not fit int8 exactly',
  ],
  [
    'a value that is too large',
    ['matmul', 'two.array:one', 'a.npy', 'large.npy', '-o', 'out.npy'],
    'B[2, 1] = 128 does not fit int8 exactly',
  ],
  [
    'no number, for integers',
    ['matmul', 'two.array:one', 'a.npy', 'nan.npy', '-o', 'out.npy'],
    'B[2, 1] = NaN does not fit int8 exactly',
  ],
  ['an infinity, for integers', [...MATMUL, 'infinity.npy'], 'C[1, 0] = -Infinity does not fit int32 exactly'],
  [
    'a value with too many digits for bfloat16',
    ['matmul', 'float.array:bf16', 'single.npy', 'single.npy', '-o', 'out.npy'],
    'A[1, 1] = 257 does not fit bfloat16 exactly',
  ],
  [
    'a value beyond float16',
    ['matmul', 'float.array:fp16', 'single.npy', 'single.npy', '-o', 'out.npy'],
    'A[0, 1] = 65536 does not fit float16 exactly',
  ],
  ...FAULTS.flatMap(([claim, fault, sentence]) => [
    [claim, [...MATMUL, '--fault', fault], sentence] as const,
    [`${claim}, in a picture`, [...GENERATE, '--fault', fault], sentence] as const,
  ]),
  [
    'a fault that acts after the tile of the picture',
    [...GENERATE, '--fault', 'flip bit 0 of a at (1, 1) cycles >90 tile 3'],
    'fault "flip bit 0 of a at (1, 1) cycles >=91 tile 3": a tile of array one has 8 cycles (0 to 7), received a window that begins with cycle 91',
  ],
  [
    'a .npy file that is missing',
    ['matmul', 'two.array:one', 'a.npy', 'no.npy', '-o', 'out.npy'],
    'cannot read no.npy: no such file or directory',
  ],
  [
    'a .npy file that is none',
    ['matmul', 'two.array:one', 'a.npy', 'broken.npy', '-o', 'out.npy'],
    'not a .npy file: it must begin with the bytes 93 4e 55 4d 50 59, not with 68 65 6c 6c 6f (broken.npy)',
  ],
  [
    'more faults at once than the RTL has slots',
    [...MATMUL, '--backend', 'rtl', '--fault', 'weak'],
    'the RTL of array one takes as many faults at once as it has fault slots, 0, received 1; "fault_slots 1" in the array makes room',
  ],
  ['a model that is missing', ['layers', 'no.onnx'], 'cannot read no.onnx: no such file or directory'],
  ['a model that is none', ['layers', 'broken.onnx'], 'broken.onnx is not an ONNX model: it cannot be parsed'],
  ['a batch without an array', ['layers', QLINEAR, '--batch', '2'], '--batch is for a plan: it needs --array'],
  [
    'a lowering without an array',
    ['layers', QLINEAR, '--lowering', 'all'],
    '--lowering is for a plan: it needs --array',
  ],
  [
    'a shape that is none',
    [...PLAN, '--shape', '1x3y'],
    '--shape is lengths with x between them, such as 1x3x224x224, received 1x3y',
  ],
  [
    'two shapes of one input',
    [...PLAN, '--shape', '1x1x28x28', '--shape', 'input=1x1x28x28'],
    'the input "input" is given twice by --shape',
  ],
  [
    'a shape of no input',
    [...PLAN, '--shape', 'image=1x1x28x28'],
    `input 'image' is not an input of ${QLINEAR}; its inputs are input`,
  ],
  [
    'a shape that the model cannot have',
    [...PLAN, '--shape', '1x3x28x28'],
    "input 'input' must have shape [N,1,28,28], not [1,3,28,28]",
  ],
  [
    'a layer that is not in the model',
    [...RUN, ...IMAGES, '--layers', 'conv3'],
    `layer 'conv3' is not in ${QLINEAR}; its layers are conv1, conv2, fc1, fc2, fc3`,
  ],
  [
    'a layer that cannot run on an array, with what could',
    ['run', 'transposed.onnx', '--array', 'single.array', '--layers', 'up'],
    "layer 'up' (ConvTranspose) cannot run on an array: the array runs Conv, ConvInteger, QLinearConv, MatMul, Gemm, MatMulInteger, QLinearMatMul and com.microsoft.QGemm",
  ],
  [
    'a model without a layer for an array',
    ['run', 'transposed.onnx', '--array', 'single.array'],
    'no layer of transposed.onnx can run on an array; up (ConvTranspose): the array runs Conv, ConvInteger, QLinearConv, MatMul, Gemm, MatMulInteger, QLinearMatMul and com.microsoft.QGemm',
  ],
  [
    'a model whose weights are missing',
    ['run', 'external.onnx', '--array', 'single.array'],
    "the data of tensor 'w' cannot be read from weights.bin: no such file or directory",
  ],
  [
    'weights of 4 bits',
    ['run', 'int4.onnx', '--array', 'two.array:one', '--layers', 'conv'],
    "layer 'conv' (ConvInteger) cannot run on an array: weights must be uint8 or int8, not int4",
  ],
  [
    'an operator set that ONNX Runtime does not know',
    ['run', 'newer.onnx', '--array', 'single.array', '--input', 'x=data.npy'],
    'ONNX Runtime refuses newer.onnx: its operator set 99 is newer than 26, the newest that is supported',
  ],
  [
    'a floating-point layer on an array of integers',
    ['run', FLOAT32, '--array', 'two.array:one', ...IMAGES, '--layers', 'conv1'],
    "layer 'conv1' (Conv) cannot run on this array: its float32 numbers need an array with float32 as a and b, received a: int8, b: int8, c: int32",
  ],
  [
    'an integer layer on an array of floating point',
    ['run', QLINEAR, '--array', 'single.array', ...IMAGES, '--layers', 'conv1'],
    "layer 'conv1' (QLinearConv) cannot run on this array: its integers need an array of integers, received a: float32, b: float32, c: float32",
  ],
  ['an input that is missing', RUN, `input 'input' of ${QLINEAR} is missing`],
  ['an input of the wrong type', [...RUN, '--input', 'a.npy'], "input 'input' must be float32, not int8"],
  ['an input that the model lacks', [...RUN, '--input', 'x=a.npy'], 'the model has no input "x"; its inputs are input'],
  [
    'an input that is no data file',
    [...RUN, '--input', 'folder.txt'],
    'data must be .npy, .npz, TensorProto .pb, IDX, PNG or JPEG, a folder of images, or raw with a shape and a dtype; folder.txt begins with nothing',
  ],
  ['data of the wrong type', [...RUN, '--input', 'u8.npy'], "input 'input' must be float32, not uint8"],
  [
    'data of the wrong shape',
    [...RUN, '--input', 'channels.npy'],
    "input 'input' must have shape [N,1,28,28], not [2,3,28,28]",
  ],
  [
    'a preprocess text with mistakes',
    [...RUN, ...IMAGES, '--preprocess', 'nchw, sale 2'],
    'preprocess:1:7: unknown word "sale", did you mean "scale"?\nnchw, sale 2\n      ^',
  ],
  [
    'a preprocess text for an input that the model lacks',
    [...RUN, ...IMAGES, '--preprocess', 'x=nchw'],
    'the model has no input "x"; its inputs are input',
  ],
  [
    'a preprocess text without data',
    [...RUN, '--preprocess', 'nchw'],
    '--preprocess is for the input "input", which --input does not give',
  ],
  [
    'a dtype of a raw file without its shape',
    [...RUN, '--input', 'u8.npy', '--dtype', 'uint8'],
    'a raw file needs a shape and a dtype, received a dtype without a shape (u8.npy)',
  ],
  [
    'a dtype that does not exist',
    [...RUN, '--input', 'u8.npy', '--dtype', 'int7'],
    '--dtype must be one of int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, bfloat16, float16, bool, received int7',
  ],
  [
    'fewer labels than items',
    [...RUN, ...IMAGES, '--labels', 'labels.csv'],
    'there must be a label for each of the 64 items, received 2 (labels.csv)',
  ],
  [
    'a label that is no class of the model',
    [...RUN, ...IMAGES, '--labels', 'eleven.npy', '--layers', 'conv1', '--batch', '32', '--quiet'],
    'a label must be a class from 0 to 9, received 11 for item 60',
  ],
  [
    'a fault in a layer that is not on the array',
    [...RUN, ...IMAGES, '--layers', 'conv1', '--fault', 'conv2[3]: flip bit 0 of a at (1, -1)'],
    "layer 'conv2' does not run on the array; those that do are conv1",
  ],
  [
    'an accumulator that sums may overflow, with --strict',
    ['run', QLINEAR, '--array', 'narrow.array', ...IMAGES, '--layers', 'conv1', '--strict'],
    "layer 'conv1' (QLinearConv): its sums of 25 products uint8 × int8 need an accumulator of 21 bits, received int16 of 16",
  ],
  [
    'a dump in a folder that is missing',
    [...RUN, ...IMAGES, '--dump', 'no/d.npz'],
    'cannot write no/d.npz: the folder no does not exist',
  ],
  [
    'an output folder that is missing',
    ['matmul', 'two.array:one', 'a.npy', 'b.npy', '-o', 'no/out.npy'],
    'cannot write no/out.npy: the folder no does not exist',
  ],
  [
    'an output file that is a folder',
    ['matmul', 'two.array:one', 'a.npy', 'b.npy', '-o', '.'],
    'cannot write .: it is a directory',
  ],
  ['a flag that does not exist', [...MATMUL, '--bogus'], "unknown option '--bogus'"],
  ['a command that does not exist', ['frobnicate'], "unknown command 'frobnicate'"],
  [
    'a backend that does not exist',
    [...MATMUL, '--backend', 'fpga'],
    "option '--backend <kind>' argument 'fpga' is invalid. Allowed choices are functional, cycle, rtl, top.",
  ],
  [
    'a number of trials that is none',
    ['check', 'two.array:one', '--trials', '1.5'],
    "option '--trials <n>' argument '1.5' is invalid. It must be a whole number from 1.",
  ],
];

describe('one sentence and exit code 2 for', () => {
  test.concurrent.each(REFUSED)('%s', async (_, args, sentence) => {
    expect(await place.run(args)).toEqual({ stdout: '', stderr: `espalier: ${sentence}\n`, exitCode: 2 });
  });

  test('an output folder that is a file', async () => {
    const { stderr, exitCode } = await place.run(['generate', 'two.array:one', '-o', 'folder.txt']);
    expect(stderr).toMatch(/^espalier: cannot write (to )?folder\.txt: [^\n]+\n$/);
    expect(exitCode).toBe(2);
  });

  test('a missing Verilator, with the command that installs it', async () => {
    const { stdout, stderr, exitCode } = await place.run([...MATMUL, '--backend', 'rtl'], { PATH: place.folder });
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr:
        'espalier: verilator is not installed; simulation of the emitted Verilog needs it (install with: apt-get install verilator g++ make)\n',
      exitCode: 2,
    });
  });
});

test('--debug shows the stack trace before the sentence', async () => {
  const { stderr, exitCode } = await place.run(['layers', 'no.onnx', '--debug']);
  expect(stderr).toMatch(/^FileError: cannot read no\.onnx[^\n]*\n {4}at .*\ncaused by Error: ENOENT/s);
  expect(stderr).toMatch(/\nespalier: cannot read no\.onnx: no such file or directory\n$/);
  expect(exitCode).toBe(2);
});
