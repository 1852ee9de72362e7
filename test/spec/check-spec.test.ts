import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { EspalierError, ProjectionError } from '../../src/errors.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import type { ArraySpec } from '../../src/spec/array-spec.ts';
import { assertArraySpec } from '../../src/spec/check-spec.ts';
import { loadOperator } from '../../src/spec/load-operator.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { specOf } from '../design/support/arrays.ts';
import { EXAMPLE } from './example.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAME_RULE = 'an array name starts with a letter and has no two underscores in a row';
const DTYPES = 'expected int8, int16, int32, int64, uint8, uint16, float32, float64, bfloat16 or float16';
const multiplier = loadOperator('multiplier', 'examples/operators/truncated_multiplier', ROOT);
const matrix = PRESETS.output_stationary;

describe('an array that a program makes', () => {
  it('passes when it could have been read', () => {
    for (const array of parseSpec(EXAMPLE, 'f.array').arrays) expect(() => assertArraySpec(array)).not.toThrow();
    expect(() => assertArraySpec(specOf({ name: 'a_' }))).not.toThrow();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a name that starts with _', { name: '_a' }, `${NAME_RULE}, received "_a"`],
    ['a name that starts with a digit', { name: '8a' }, `${NAME_RULE}, received "8a"`],
    ['a name with __', { name: 'a__b' }, `${NAME_RULE}, received "a__b"`],
    ['no name', { name: '' }, `${NAME_RULE}, received ""`],
    [
      'a name that leaves its folder',
      { name: '../a' },
      'an array name is made of ASCII letters, digits and _, received "../a"',
    ],
    [
      'a name that ends its line',
      { name: 'a\n' },
      'an array name is made of ASCII letters, digits and _, received "a\n"',
    ],
    ['a Verilog keyword', { name: 'wire' }, 'the array name "wire" is a Verilog keyword, so no module can have it'],
    ['a long name', { name: 'n'.repeat(65) }, 'an array name has at most 64 characters, received 65'],
    ['a number as a name', { name: 5 }, 'an array name is a string, received 5'],
    ['two sides', { size: [8, 8] }, 'a size has three sides, received [8, 8]'],
    ['no size', { size: undefined }, 'a size has three sides, received undefined'],
    ['a side of 0', { size: [8, 0, 8] }, 'the side N2 of a size must be from 1 to 1024, received 0'],
    ['a long side', { size: [8, 8, 1025] }, 'the side N3 of a size must be from 1 to 1024, received 1025'],
    ['half a row', { size: [1.5, 8, 8] }, 'the side N1 of a size must be an integer from 1 to 1024, received 1.5'],
    [
      'sides that are no numbers',
      { size: ['8', Number.NaN, 8] },
      'the side N1 of a size must be an integer from 1 to 1024, received "8"; ' +
        'the side N2 of a size must be an integer from 1 to 1024, received NaN',
    ],
    [
      'dtypes that do not exist',
      { types: { a: 'int9', b: 'int8', c: 'complex' } },
      `unknown dtype "int9" of line a, did you mean "int8"?; unknown dtype "complex" of line c, ${DTYPES}`,
    ],
    ['a dtype left out', { types: { a: 'int8', b: 'int8' } }, `unknown dtype "undefined" of line c, ${DTYPES}`],
    ['many fault slots', { faultSlots: 65 }, 'the number of fault slots must be from 0 to 64, received 65'],
    [
      'no fault slots',
      { faultSlots: null },
      'the number of fault slots must be an integer from 0 to 64, received null',
    ],
    [
      'no fault nodes',
      { faultNodes: [] },
      'the fault nodes of an array are null or a list of at least one node, received []',
    ],
    [
      'wrong fault nodes',
      { faultNodes: ['a', 'd', 'a'] },
      'unknown node "d", expected a, b, c, p, a_out, b_out, c_in, first, last or s; ' +
        'the fault nodes name a twice, each may stand once',
    ],
    [
      'fault nodes that the array lacks',
      { faultNodes: ['a', 'p'] },
      'array sample has no node p: it has no product register',
    ],
    ['an unknown style', { multiplierStyle: 'both' }, 'unknown multiplier style "both", did you mean "booth"?'],
    [
      'a style of floating point',
      { multiplierStyle: 'booth', types: { a: 'float32', b: 'float32', c: 'float32' } },
      'the multiplier style booth is for integers, received float32 × float32',
    ],
    ['many stages', { multiplierStages: 33 }, 'the stages of a multiplier must be from 0 to 32, received 33'],
    ['half a stage', { adderStages: 1.5 }, 'the stages of an adder must be an integer from 1 to 32, received 1.5'],
    ['a stage too much', { adderStages: 2 }, 'only floating-point adders have more than 1 stage, received 2 for int32'],
    [
      'more stages than its schedule has time for',
      { types: { a: 'float32', b: 'float32', c: 'float32' }, adderStages: 4 },
      'an adder of 4 stages needs a delay of line c (entry k of the schedule row) of at least 4 cycles, ' +
        'received [1, 1, 1]; the smallest that works is [1, 1, 4]',
    ],
    ['a wrap that is no boolean', { wrap: 'yes' }, 'wrap must be true or false, received "yes"'],
    [
      'a wrap for nothing',
      { wrap: true },
      '"wrap" follows only an accumulator that cannot hold every product of int8 × int8 (-16256 to 16384), received int32',
    ],
    [
      'a narrow accumulator',
      { types: { a: 'int8', b: 'int8', c: 'int8' }, wrap: false },
      'the accumulator must hold every product of int8 × int8 (-16256 to 16384) unless "wrap" follows it, ' +
        'which lets sums wrap modulo 2^8; received int8',
    ],
    [
      'an adder for a multiplier',
      { operators: { multiplier: { ...multiplier, kind: 'adder' }, adder: null } },
      'the multiplier of an array must be of that kind, received "adder"',
    ],
    [
      'an operator without a function',
      { operators: { multiplier: { ...multiplier, compute: undefined }, adder: null } },
      'the multiplier of an array must have a function, received undefined',
    ],
    [
      'an operator whose module is another',
      { operators: { multiplier: { ...multiplier, name: 'times' }, adder: null } },
      `the Verilog file ${multiplier.path}.v must define the module times, found module truncated_multiplier`,
    ],
    [
      'an operator of another width',
      { types: { a: 'int8', b: 'int16', c: 'int32' }, operators: { multiplier, adder: null } },
      'the port b_i of multiplier "truncated_multiplier" must have 16 bits for int8 × int16 with sums in int32, received 8; ' +
        'the port product_o of multiplier "truncated_multiplier" must have 24 bits for int8 × int16 with sums in int32, received 16',
    ],
  ])('is refused with %s', (_, bad, message) => {
    const spec = { ...specOf(), ...bad } as ArraySpec;
    expect(() => assertArraySpec(spec)).toThrow(new EspalierError(message));
    expect(() => buildDesign(spec)).toThrow(new EspalierError(message));
  });

  test.each<[string, unknown, string]>([
    [
      'an illegal matrix',
      { preset: null, matrix: [matrix[0], matrix[0], [1, 0, 1]] },
      'the projection matrix [[1, 0, 0], [1, 0, 0], [1, 0, 1]] has determinant 0, so two steps would share a PE and a cycle; ' +
        'the delay of line a (entry j of the schedule row) must be at least 1 cycle, received 0',
    ],
    [
      'two rows',
      { preset: null, matrix: [matrix[0], matrix[1]] },
      'a projection matrix has three rows of three entries, received [[1, 0, 0], [0, 1, 0]]',
    ],
    ['nothing', undefined, 'a projection matrix has three rows of three entries, received undefined'],
    [
      'an unknown preset',
      { preset: 'output_stationery', matrix },
      'unknown projection "output_stationery", did you mean "output_stationary"?',
    ],
    [
      'the matrix of another preset',
      { preset: 'row_stationary', matrix },
      'the projection row_stationary has the matrix [[1, 0, 0], [0, 0, -1], [1, 1, 1]], received [[1, 0, 0], [0, 1, 0], [1, 1, 1]]',
    ],
  ])('is refused with %s as projection', (_, projection, message) => {
    const spec = { ...specOf(), projection } as ArraySpec;
    expect(() => assertArraySpec(spec)).toThrow(new ProjectionError(message));
    expect(() => assertArraySpec(spec)).toThrow(ProjectionError);
  });

  it('is refused with all its problems at once', () => {
    const spec = {
      name: '_module',
      size: [0, 8, 8],
      projection: { preset: null, matrix: [matrix[0], matrix[1], [1, 1, 0]] },
      types: { a: 'int8', b: 'int4', c: 'int32' },
      faultSlots: -1,
      multiplierStages: 'no',
    } as unknown as ArraySpec;
    expect(() => assertArraySpec(spec)).toThrow(
      new EspalierError(
        [
          `${NAME_RULE}, received "_module"`,
          'the side N1 of a size must be from 1 to 1024, received 0',
          'unknown dtype "int4" of line b, did you mean "int8"?',
          'the number of fault slots must be from 0 to 64, received -1',
          'the stages of a multiplier must be an integer from 0 to 32, received "no"',
          'the projection matrix [[1, 0, 0], [0, 1, 0], [1, 1, 0]] has determinant 0, so two steps would share a PE and a cycle',
          'the delay of line c (entry k of the schedule row) must be at least 1 cycle, received 0',
        ].join('; '),
      ),
    );
  });
});
