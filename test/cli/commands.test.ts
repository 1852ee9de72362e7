import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckDocument } from '../../src/cli/check.ts';
import type { GenerateDocument } from '../../src/cli/generate.ts';
import type { PlanDocument } from '../../src/cli/layers.ts';
import type { MatmulDocument } from '../../src/cli/matmul.ts';
import type { RunDocument } from '../../src/cli/run-document.ts';
import { readNpy } from '../../src/tensor/npy.ts';
import { readNpz } from '../../src/tensor/npz.ts';
import { VERSION } from '../../src/version.ts';
import { EXAMPLES, openWorkplace, type Workplace } from './support/espalier.ts';

const ARRAYS = `array small8 {
  size 2 x 2 x 3
  projection output_stationary
  types a: int8, b: int8, c: int32
  fault_slots 2
}
array narrow {
  size 4 x 4 x 8
  projection col_stationary
  types a: uint8, b: int8, c: int16
}
array conv {
  size 4 x 4 x 8
  projection col_stationary
  types a: uint8, b: int8, c: int32
  fault_slots 1
}
array wide {
  size 2 x 2 x 8
  projection output_stationary
  types a: uint8, b: int8, c: int32
}
array single {
  size 8 x 8 x 8
  projection col_stationary
  types a: float32, b: float32
  fault_slots 1
}
fault weak: stuck_at_1 bit 5 of c at (1, 1)
fault late: flip bit 0 of a at (2, 2) cycles >1000
`;

const OWN_ADDER = `array own {
  size 2 x 2 x 2
  projection output_stationary
  types a: uint8, b: uint8, c: int16 wrap
  adder "saturate"
}
`;

/** Wraps where its function saturates. */
const SATURATE_MODULE = `module saturate (input wire [15:0] x_i, input wire [15:0] y_i, output wire [15:0] sum_o);
  assign sum_o = x_i + y_i;
endmodule
`;

const SATURATE_FUNCTION = `export function add(x: bigint, y: bigint): bigint {
  const sum = BigInt.asIntN(16, x) + BigInt.asIntN(16, y);
  const clamped = sum > 32767n ? 32767n : sum < -32768n ? -32768n : sum;
  return BigInt.asUintN(16, clamped);
}
`;

const DIGITS = `${EXAMPLES}digits/`;
const LABELS = ['--labels', `${DIGITS}digits-labels.npy`];
const RUN = ['run', `${DIGITS}digits-qlinear.onnx`, '--input', `${DIGITS}digits-images.npy`];

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  await place.text('s.array', ARRAYS);
  await place.npy('a.npy', 'int8', [2, 3], Int8Array.from([1, 2, 3, 4, 5, 6]));
  await place.npy('b.npy', 'int32', [3, 2], Int32Array.from([1, 0, 0, 1, 1, 1]));
  await place.npy('c.npy', 'int64', [2, 2], BigInt64Array.from([100n, 200n, 300n, 400n]));
});

afterAll(() => place.remove());

describe('espalier', () => {
  test('--version prints the version', async () => {
    expect(await place.run(['--version'])).toEqual({ stdout: `${VERSION}\n`, stderr: '', exitCode: 0 });
  });

  test('--help names every command', async () => {
    const { stdout, exitCode } = await place.run(['--help']);
    for (const command of ['generate', 'check', 'matmul', 'run', 'layers', 'doctor']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
    expect(exitCode).toBe(0);
  });

  test('without a command shows its help on stderr, exit code 2', async () => {
    const { stdout, stderr, exitCode } = await place.run([]);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^Usage: espalier/);
  });
});

describe('generate', () => {
  test('writes an array and says what it wrote', async () => {
    const { stdout, stderr, exitCode } = await place.run(['generate', 's.array:small8', '-o', 'out/rtl']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/^small8: 2×2×3, int8 × int8 \+ int32, T = \[\[1, 0, 0], .*\(output_stationary\)\n4 PEs, /);
    const manifest = JSON.parse(await readFile(place.path('out/rtl/manifest.json'), 'utf8'));
    expect(JSON.stringify(manifest)).toContain('small8');
  });

  test('leaves what is up to date alone', async () => {
    await place.run(['generate', 's.array:conv']);
    const { stdout, stderr } = await place.run(['generate', 's.array:conv', '--json']);
    const document = JSON.parse(stdout) as GenerateDocument;
    expect(stderr).toBe('');
    expect(document).toMatchObject({ array: 'conv', directory: 'conv' });
    expect(document.files.map(({ path }) => path)).toContain('conv_grid.v');
    expect(document.files.filter(({ written }) => written)).toEqual([]);
  });
});

describe('generate --top', () => {
  test('writes the module around the array and says how wide its streams are', async () => {
    const args = ['generate', 's.array:small8', '-o', 'out/top', '--top', '--stream-bits', '64'];
    const { stdout } = await place.run(args);
    expect(stdout).toMatch(/^top module: streams of 64 bits, \d+ beats to a tile \(\d+ with C\), \d+ to its result$/m);
    const document = JSON.parse((await place.run([...args, '--json'])).stdout) as GenerateDocument;
    expect(document.streamBits).toBe(64);
    expect(document.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['small8_top.v', 'espalier_skid.v', 'espalier_sequencer.v']),
    );
  });
});

describe('generate --package', () => {
  test('writes the testbench that its simulation target runs, and says nothing of a top module that is not there', async () => {
    const { stdout } = await place.run(['generate', 's.array:small8', '-o', 'out/package', '--package', '--json']);
    const paths = (JSON.parse(stdout) as GenerateDocument).files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['tb/small8_tb.v', 'small8.core', 'README.md']));
    expect(paths).not.toContain('small8_registers.h');
    const core = await readFile(place.path('out/package/small8.core'), 'utf8');
    expect(core).toMatch(/^ {2}sim:$/m);
    expect(core).toContain('tb/small8_tb.v');
  });
});

describe('generate --fault', () => {
  test('draws the faults, given by text or by name, and what they can change', async () => {
    const args = ['generate', 's.array:small8', '-o', 'out/picture', '--json'];
    await place.run(args);
    const faults = ['--fault', 'weak', '--fault', 'flip bit 0 of last at (2, 1) cycles =5'];
    const { stdout, stderr, exitCode } = await place.run([...args, ...faults]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const { files } = JSON.parse(stdout) as GenerateDocument;
    // Faults are no part of the hardware: only the picture changes.
    expect(files.filter(({ written }) => written).map(({ path }) => path)).toEqual(['array.svg']);
    const svg = await readFile(place.path('out/picture/array.svg'), 'utf8');
    expect(svg).toContain('>weak: stuck_at_1 bit 5 of c at (1, 1)</text>');
    expect(Array.from(svg.matchAll(/>(can change .*)<\/text>/g), ([, text]) => text)).toEqual([
      'can change 1 of 4 outputs',
      'can change 1 of 4 outputs',
    ]);
  });
});

describe('matmul', () => {
  const MATMUL = ['matmul', 's.array:small8', 'a.npy', 'b.npy'] as const;

  test('prints R, how well the array was used and how often faults fired', async () => {
    const { stdout, stderr, exitCode } = await place.run([...MATMUL, 'c.npy', '--fault', 'weak', '--fault', 'late']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toBe(`R = A×B + C: 2×2 int32, small8 on the functional backend
1 tile, 8 cycles, utilisation 37.5 % of PE-cycles (bound 100.0 %)
fault weak (stuck_at_1 bit 5 of c at (1, 1)): changed a bit in 1 cycle
fault late (flip bit 0 of a at (2, 2) cycles >=1001): never changed a bit
  104  205
  310  411
`);
  });

  test('--json prints one document, with R in it', async () => {
    const { stdout, stderr } = await place.run([...MATMUL, '--json', '--backend', 'cycle', '--fault', 'late']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      array: 'small8',
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      backend: 'cycle',
      shape: [2, 2],
      dtype: 'int32',
      stats: { tiles: 1, cycles: 8, utilisation: 0.375, effectiveUtilisation: 0.375, utilisationBound: 1 },
      faults: [{ name: 'late', fault: 'flip bit 0 of a at (2, 2) cycles >=1001', firedCycles: 0 }],
      output: null,
      result: [
        [4, 5],
        [10, 11],
      ],
    } satisfies MatmulDocument);
  });

  test.each(['functional', 'cycle', 'rtl'])('-o writes R of the %s backend', async (backend) => {
    const output = `${backend}.npy`;
    const { stdout } = await place.run([...MATMUL, 'c.npy', '-o', output, '--json', '--backend', backend]);
    expect(JSON.parse(stdout)).toMatchObject({ output, result: null });
    const { type, shape, data } = await readNpy(place.path(output));
    expect({ type, shape, data: [...data] }).toEqual({ type: 'int32', shape: [2, 2], data: [104, 205, 310, 411] });
  });

  test('takes float32 files into bfloat16 as they are, and writes float32', async () => {
    await place.text(
      'half.array',
      'array half { size 2 x 2 x 2; projection output_stationary; types a: bfloat16, b: bfloat16 }',
    );
    await place.npy('x.npy', 'float32', [2, 2], Float32Array.from([1.5, -2, 0.25, 3]));
    await place.npy('y.npy', 'float32', [2, 1], Float32Array.from([1, Number.POSITIVE_INFINITY]));
    const { stdout } = await place.run(['matmul', 'half.array', 'x.npy', 'x.npy', '-o', 'half.npy', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ array: 'half', dtype: 'float32' });
    const { type, data } = await readNpy(place.path('half.npy'));
    expect({ type, data: [...data] }).toEqual({ type: 'float32', data: [1.75, -9, 1.125, 8.5] });
    const { stdout: infinite } = await place.run(['matmul', 'half.array', 'x.npy', 'y.npy', '--json']);
    expect(JSON.parse(infinite)).toMatchObject({ result: [['-Infinity'], ['Infinity']] });
  });

  test('prints 64-bit numbers that JSON numbers cannot hold as texts', async () => {
    await place.text(
      'wide.array',
      'array wide { size 1 x 1 x 1; projection output_stationary; types a: int32, b: int32 }',
    );
    await place.npy('x.npy', 'int32', [2, 1], Int32Array.from([-(2 ** 31), 3]));
    await place.npy('y.npy', 'int32', [1, 1], Int32Array.from([-(2 ** 31)]));
    const { stdout } = await place.run(['matmul', 'wide.array', 'x.npy', 'y.npy', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ dtype: 'int64', result: [['4611686018427387904'], [-6442450944]] });
  });
});

describe('check', () => {
  test('exits with 0 when all models agree', async () => {
    const { stdout, exitCode } = await place.run([
      'check',
      's.array:small8',
      '--trials',
      '20',
      '--seed',
      '7',
      '--quiet',
    ]);
    expect(stdout).toMatch(
      /^20 trials agreed: .*\n.*\nsmall8, seed 7: reference, functional, cycle, rtl \(structural\) agree bit for bit\n$/,
    );
    expect(exitCode).toBe(0);
  });

  test('compares the simulators alone with --no-rtl', async () => {
    const { stdout } = await place.run(['check', 's.array:narrow', '--trials', '10', '--no-rtl', '--json']);
    const document = JSON.parse(stdout) as CheckDocument;
    expect(document).toMatchObject({ array: 'narrow', architecture: null, seed: 1, equal: true, mismatch: null });
    expect(document.models).toEqual(['reference', 'functional', 'cycle']);
    expect(document.tally!.trials).toBe(10);
    expect(document.operators).toEqual([]);
  });

  test('holds the halves of an own operator against each other first, and runs no trials when they differ', async () => {
    await place.text('saturate.ts', SATURATE_FUNCTION);
    await place.text('saturate.v', SATURATE_MODULE);
    await place.text('own.array', OWN_ADDER);
    const { stdout, exitCode } = await place.run(['check', 'own.array', '--quiet']);
    expect(stdout.replace(/for [\d,]+ of/, 'for some of')).toBe(
      [
        'adder saturate: Verilog and function differ for some of 65,536 pairs of operands; the first:',
        '  x = -32768 (0x8000), y = -511 (0xfe01)',
        '  the Verilog gives 32257 (0x7e01)',
        '  the function gives -32768 (0x8000)',
        'no trials were run',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(1);

    const { stdout: json, exitCode: code } = await place.run(['check', 'own.array', '--json']);
    expect(JSON.parse(json)).toMatchObject({
      array: 'own',
      equal: false,
      models: [],
      tally: null,
      mismatch: null,
      operators: [
        {
          kind: 'adder',
          name: 'saturate',
          pairs: 65_536,
          exhaustive: false,
          mismatch: {
            operands: [
              { name: 'x', value: '-32768', bits: '0x8000' },
              { name: 'y', value: '-511', bits: '0xfe01' },
            ],
            verilog: { value: '32257', bits: '0x7e01' },
            function: { value: '-32768', bits: '0x8000' },
          },
        },
      ],
    });
    expect(code).toBe(1);

    const simulators = await place.run(['check', 'own.array', '--no-rtl', '--trials', '10', '--json']);
    expect(JSON.parse(simulators.stdout)).toMatchObject({ equal: true, operators: [] });
  });

  test('says for how many operands the halves of an own operator agree, and goes on to the trials', async () => {
    const { stdout, exitCode } = await place.run([
      'check',
      `${EXAMPLES}arrays.array:approx`,
      '--trials',
      '5',
      '--quiet',
    ]);
    expect(stdout).toMatch(
      /^multiplier truncated_multiplier: Verilog and function agree for all 65,536 pairs of operands\n5 trials agreed: /,
    );
    expect(exitCode).toBe(0);
  });
});

describe('run', () => {
  test('prints layers, faults, outputs and predictions, and writes the output', async () => {
    const args = [...RUN, ...LABELS, '--array', 's.array:conv', '--layers', 'conv2', '-o', 'logits.npy'];
    const { stdout, exitCode } = await place.run([...args, '--fault', 'stuck_at_1 bit 20 of c at (1, -1)', '--quiet']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/conv2 {2}QLinearConv {2}im2col {10}64 {2}15,360,000 {2}/);
    expect(stdout).toMatch(
      /^fault stuck_at_1 bit 20 of c at \(1, -1\): cycles in which it changed a bit: [\d,]+ in conv2$/m,
    );
    expect(stdout).toMatch(/^output logits: 64×10 float32, in logits.npy$/m);
    expect(stdout).toMatch(/^right: \d+ of 64 \(/m);
    expect((await readNpy(place.path('logits.npy'))).shape).toEqual([64, 10]);
  });

  test('--json prints one document; all layers without a fault read 63 of 64 digits', async () => {
    const { stdout, stderr } = await place.run([...RUN, ...LABELS, '--array', 's.array:conv', '--json']);
    const document = JSON.parse(stdout) as RunDocument;
    expect(stderr).toBe('');
    expect(document.layers.map(({ name, op, products }) => [name, op, products])).toEqual([
      ['conv1', 'QLinearConv', 64],
      ['conv2', 'QLinearConv', 64],
      ['fc1', 'QLinearMatMul', 1],
      ['fc2', 'QLinearMatMul', 1],
      ['fc3', 'QLinearMatMul', 1],
    ]);
    expect(document).toMatchObject({ items: 64, batches: 1, baseline: null, dump: null });
    expect(document.outputs).toEqual([{ name: 'logits', dtype: 'float32', shape: [64, 10], file: null }]);
    expect(document.predictions).toHaveLength(64);
    expect(document.correct).toEqual({ count: 63, of: 64, accuracy: 63 / 64 });
  });

  test('runs the layers of a float model on an array of floating point; without a fault it reads 63 of 64 digits', async () => {
    const args = ['--input', `${DIGITS}digits-images.npy`, ...LABELS, '--array', 's.array:single'];
    const { stdout, stderr } = await place.run(['run', `${DIGITS}digits-float32.onnx`, ...args, '--json']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout) as RunDocument;
    expect(document.layers.map(({ name, op, products, accumulator }) => [name, op, products, accumulator])).toEqual([
      ['conv1', 'Conv', 64, null],
      ['conv2', 'Conv', 64, null],
      ['fc1', 'Gemm', 1, null],
      ['fc2', 'Gemm', 1, null],
      ['fc3', 'Gemm', 1, null],
    ]);
    expect(document.outputs).toEqual([{ name: 'logits', dtype: 'float32', shape: [64, 10], file: null }]);
    expect(document.correct).toEqual({ count: 63, of: 64, accuracy: 63 / 64 });
  });

  test('--lowering chooses how convolutions become products', async () => {
    const args = [...RUN, ...LABELS, '--array', 's.array:conv', '--layers', 'conv1,conv2', '--json'];
    const { stdout } = await place.run([...args, '--lowering', 'single_channel']);
    const document = JSON.parse(stdout) as RunDocument;
    expect(document.layers.map(({ name, lowering, products }) => [name, lowering, products])).toEqual([
      ['conv1', 'single_channel', 64],
      ['conv2', 'single_channel', 384],
    ]);
    expect(document.correct).toEqual({ count: 63, of: 64, accuracy: 63 / 64 });
  });

  test('reads a raw file in batches, prepares it, and compares with ONNX Runtime', async () => {
    const { data } = await readNpy(`${DIGITS}digits-images.npy`);
    const pixels = Uint8Array.from(data as Float32Array, (value) => Math.round(255 * value));
    await writeFile(place.path('pixels.bin'), pixels);
    const raw = ['--input', 'pixels.bin', '--shape', '64x28x28', '--dtype', 'uint8'];
    const prepared = ['--preprocess', 'input=nchw, scale 1/255', '--limit', '50', '--batch', '20'];
    const places = ['--fault', 'fc1[3]: flip bit 9 of c at (1, 2)', '--fault', 'conv1: weak'];
    const model = ['run', `${DIGITS}digits-qlinear.onnx`, '--array', 's.array:wide', '--layers', 'conv1,fc1'];
    const args = [...model, ...raw, ...prepared, ...LABELS, '--baseline', '--compare', ...places];
    const { stdout, stderr } = await place.run([...args, '--json', '--dump', 'layers.npz', '-o', 'scores.npy']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout) as RunDocument;
    expect(document).toMatchObject({
      items: 50,
      batches: 3,
      outputs: [{ name: 'logits', shape: [50, 10], file: 'scores.npy' }],
      baseline: { correct: { count: 49, of: 50 }, top5: { count: 50, of: 50 }, same: { of: 50 } },
      dump: 'layers.npz',
    });
    const [conv1, fc1] = document.layers;
    expect(
      [conv1, fc1].map((layer) => layer!.faults.map(({ name, layer, channel }) => [name, layer, channel])),
    ).toEqual([[['weak', 'conv1', null]], [[null, 'fc1', 3]]]);
    expect(conv1!.products).toBe(50);
    expect(fc1!.comparison).toMatchObject({ elements: 50 * 120, maxUlp: null });
    const tensors = await readNpz(place.path('layers.npz'));
    expect(Object.entries(tensors).map(([name, { type, shape }]) => [name, type, shape])).toEqual([
      ['conv1.input', 'uint8', [50, 1, 28, 28]],
      ['conv1.accumulator', 'int32', [50, 6, 28, 28]],
      ['conv1.output', 'uint8', [50, 6, 28, 28]],
      ['fc1.input', 'uint8', [50, 400]],
      ['fc1.accumulator', 'int32', [50, 120]],
      ['fc1.output', 'uint8', [50, 120]],
    ]);
    expect((await readNpy(place.path('scores.npy'))).shape).toEqual([50, 10]);

    const { stdout: text } = await place.run([...args, '--quiet']);
    expect(text).toMatch(/^.*: 2 layers on wide, functional backend, 50 items in 3 batches\n/);
    expect(text).toMatch(
      /^against ONNX Runtime {2}elements {2}differing {2}max abs {2}max ulp\nconv1 {14}.*\nfc1 {16}/m,
    );
    expect(text).toMatch(/^fault flip bit 9 of c at \(1, 2\), shown in channel 3 only: .*: [\d,]+ in fc1$/m);
    expect(text).toMatch(
      /^right: \d+ of 50 \(.*\), among the first five: \d+ of 50 .*\nright in ONNX Runtime: 49 of 50 \(98\.0 %\), among the first five: 50 of 50 \(100\.0 %\)\npredicted as in ONNX Runtime: \d+ of 50 /m,
    );
  });

  test('runs an image that it prepares', async () => {
    const image = ['--input', `${DIGITS}digits.png`, '--preprocess', 'gray, size 28x28, nchw, scale 1/255'];
    const model = ['run', `${DIGITS}digits-qlinear.onnx`, '--array', 's.array:conv', '--layers', 'conv2'];
    const { stdout } = await place.run([...model, ...image, '--json']);
    expect((JSON.parse(stdout) as RunDocument).outputs).toMatchObject([{ name: 'logits', shape: [1, 10] }]);
  });

  test('warns of an accumulator that sums may overflow', async () => {
    const { stderr } = await place.run([...RUN, '--array', 's.array:narrow', '--layers', 'conv1', '--quiet']);
    expect(stderr).toBe(
      'espalier: warning: sums of layer conv1 can reach 21 bits; the array adds in 16, so they may wrap\n',
    );
  });
});

describe('layers', () => {
  test('lists the layers and whether they can run on an array', async () => {
    const { stdout } = await place.run(['layers', `${DIGITS}digits-float32.onnx`]);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'layer  operator  weights                runs on an array',
      'conv1  Conv      float32 [6, 1, 5, 5]   yes',
      'conv2  Conv      float32 [16, 6, 5, 5]  yes',
      'fc1    Gemm      float32 [400, 120]     yes',
    ]);
  });

  test.each([
    ['--batch', '2'],
    ['--shape', 'input=2x1x28x28'],
    ['--shape', '2x1x28x28'],
  ])('--array plans them for a shape of the input, here %s %s', async (...size) => {
    const args = ['layers', `${DIGITS}digits-qlinear.onnx`, '--array', 's.array:conv', '--json', ...size];
    const { stdout, stderr } = await place.run([...args, '--lowering', 'single_channel']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout) as PlanDocument;
    expect(document).toMatchObject({ array: 'conv', inputs: [{ name: 'input', shape: [2, 1, 28, 28] }] });
    expect(
      document.layers
        .map(({ name, plans }) => [name, plans.map(({ lowering, products }) => [lowering, products])])
        .slice(0, 2),
    ).toEqual([
      ['conv1', [['single_channel', [{ m: 784, k: 25, n: 6, count: 2 }]]]],
      ['conv2', [['single_channel', [{ m: 100, k: 25, n: 16, count: 12 }]]]],
    ]);
    const macs = document.layers.reduce((sum, { plans }) => sum + (plans[0]?.macs ?? 0), 0);
    expect(document.totals).toMatchObject([{ lowering: 'single_channel', macs }]);
  });
});

describe('doctor', () => {
  test('shows tools, versions and what works', async () => {
    const { stdout, exitCode } = await place.run(['doctor']);
    expect(stdout).toMatch(/^node +v\d+\./);
    expect(stdout).toMatch(/^works: run matrix products on the functional and cycle simulators$/m);
    expect(exitCode).toBe(0);
  });

  test('--strict exits with 2 when something does not work, and says how to get it', async () => {
    const { stdout, exitCode } = await place.run(['doctor', '--strict', '--json'], { PATH: place.folder });
    expect(JSON.parse(stdout)).toMatchObject({ remedy: 'apt-get install verilator g++ make' });
    expect(exitCode).toBe(2);
  });
});
