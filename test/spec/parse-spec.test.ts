import { describe, expect, it, test } from 'vitest';
import { parseSpec } from '../../src/spec/parse.ts';
import { EXAMPLE, GOOD } from './example.ts';

describe('a spec file', () => {
  it('gives the arrays and faults of the documented example', () => {
    expect(parseSpec(EXAMPLE, 'example.array')).toEqual({
      arrays: [
        {
          name: 'os8',
          size: [8, 8, 64],
          projection: {
            preset: 'output_stationary',
            matrix: [
              [1, 0, 0],
              [0, 1, 0],
              [1, 1, 1],
            ],
          },
          types: { a: 'int8', b: 'int8', c: 'int32' },
          wrap: false,
          faultSlots: 4,
          faultNodes: null,
          multiplierStages: 0,
          multiplierStyle: 'inferred',
          adderStages: 1,
          operators: { multiplier: null, adder: null },
        },
        {
          name: 'hex',
          size: [4, 4, 4],
          projection: {
            preset: null,
            matrix: [
              [-1, 1, 0],
              [0, -1, 1],
              [1, 1, 1],
            ],
          },
          types: { a: 'uint8', b: 'int8', c: 'int32' },
          wrap: false,
          faultSlots: 2,
          faultNodes: null,
          multiplierStages: 1,
          multiplierStyle: 'inferred',
          adderStages: 1,
          operators: { multiplier: null, adder: null },
        },
      ],
      faults: [
        {
          name: 'weak',
          kind: 'stuck_at_1',
          node: 'c',
          pe: { x: 1, y: 1 },
          bits: { form: 'index', index: 5, msb: 'last' },
          value: null,
          window: { from: 0, to: Number.POSITIVE_INFINITY, tile: null },
        },
        {
          name: 'upset',
          kind: 'flip',
          node: 'a',
          pe: { x: 2, y: 3 },
          bits: { form: 'mask', mask: 0x11n, msb: 'last' },
          value: null,
          window: { from: 4, to: 9, tile: null },
        },
      ],
      campaigns: [],
    });
  });

  const os8 = parseSpec(EXAMPLE, 'example.array').arrays[0]!;
  test.each([
    ['one line', 'array os8 { types a: int8, b: int8; fault_slots 4; size 8x8x64; projection output_stationary }'],
    ['CRLF line ends', EXAMPLE.slice(0, EXAMPLE.indexOf('array hex')).replaceAll('\n', '\r\n')],
    ['old Mac line ends', EXAMPLE.slice(0, EXAMPLE.indexOf('array hex')).replaceAll('\n', '\r')],
    ['a byte order mark', `\ufeff${EXAMPLE.slice(0, EXAMPLE.indexOf('array hex'))}`],
    ['the brace on its own line', `array os8\n\n{\n${GOOD}\nfault_slots 4\n}`],
    ['surplus separators', `;;array os8 {;\n${GOOD};;fault_slots 0x4;\n};\n`],
    [
      'the types in another order',
      `array os8 { ${GOOD.replace('a: int8, b: int8', 'c: int32, b: int8, a: int8')};fault_slots 4 }`,
    ],
    [
      'tabs, comments and a narrow size',
      `array\tos8 {#x\n${GOOD.replace('8 x 8 x 64', '8x 8 x64')}#}\n\tfault_slots 4\n}`,
    ],
  ])('may be written with %s', (_, text) => {
    expect(parseSpec(text, 'f.array')).toEqual({ arrays: [os8], faults: [], campaigns: [] });
  });

  it('takes a matrix over several lines and a comment in it', () => {
    const text = `array a { ${GOOD.replace('output_stationary', '[\n[1, 0, 0], # P\n\n[0, 1, 0],\n[1, 1,\n1]]')} }`;
    expect(parseSpec(text, 'f.array').arrays[0]!.projection.matrix).toEqual(os8.projection.matrix);
  });

  test.each([
    ['int8', 'int8', 'int32'],
    ['int16', 'int8', 'int64'],
    ['int32', 'int32', 'int64'],
    ['float32', 'float32', 'float32'],
    ['float64', 'float64', 'float64'],
    ['bfloat16', 'bfloat16', 'float32'],
    ['float16', 'float16', 'float32'],
  ] as const)('fills in the accumulator of %s and %s: %s', (a, b, c) => {
    const text = `array x { ${GOOD.replace('a: int8, b: int8', `a: ${a}, b: ${b}`)} }`;
    expect(parseSpec(text, 'f.array').arrays[0]!.types).toEqual({ a, b, c });
  });

  const schedule = (k: number) => `[[1, 0, 0], [0, 1, 0], [1, 1, ${k}]]`;

  test.each([
    ['types a: int8, b: int16, c: int16 wrap', { wrap: true, multiplierStages: 0, adderStages: 1 }],
    ['types a: int8, b: int8; multiplier_stages 3; adder_stages 1', { multiplierStages: 3, adderStages: 1 }],
    ['types a: int8, b: int8; multiplier_stages 0x20', { multiplierStages: 32 }],
    ['types a: float32, b: float32; adder_stages 2', { multiplierStages: 0, adderStages: 2 }],
    ['types a: float32, b: float32; adder_stages 1', { adderStages: 1 }],
    ['types a: float32, b: float32', { adderStages: 5 }],
    ['types a: int8, b: int8', { adderStages: 1 }],
  ])('takes %s', (statements, expected) => {
    const text = `array x { size 1 x 1 x 1; projection ${schedule(5)}; ${statements} }`;
    expect(parseSpec(text, 'f.array').arrays[0]).toMatchObject(expected);
  });

  it('gives a floating-point adder all the stages that its schedule has time for, 8 at most', () => {
    const text = `array x { size 1 x 1 x 1; projection ${schedule(9)}; types a: float32, b: float32 }`;
    expect(parseSpec(text, 'f.array').arrays[0]!.adderStages).toBe(8);
  });

  test.each(['', ' \n\t\n', '# nothing', ';'])('may be empty: %j', (text) => {
    expect(parseSpec(text, 'f.array')).toEqual({ arrays: [], faults: [], campaigns: [] });
  });

  test.each(['size', 'types', 'x', 'x8', 'at', 'last', 'inf', 'wrap', 'multiplier', 'a_', 'a_b_c'])(
    'may name an array or a fault %s',
    (name) => {
      const spec = parseSpec(`array ${name} { ${GOOD} }\nfault ${name}: flip bit 0 of a at (0, 0)`, 'f.array');
      expect([spec.arrays[0]!.name, spec.faults[0]!.name]).toEqual([name, name]);
    },
  );
});
