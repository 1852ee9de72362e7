import { describe, expect, it, test } from 'vitest';
import { SpecError } from '../../src/errors.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { EXAMPLE, GOOD } from './example.ts';

function mistakes(text: string): string[] {
  try {
    parseSpec(text, 'f.array');
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`);
  }
}

/** An array in which one statement of GOOD is another, on line 2 column 1. */
function withStatement(statement: string): string {
  const [word] = statement.split(' ');
  const others = GOOD.split('; ').filter((good) => !good.startsWith(word!));
  return `array a {\n${statement}\n${others.join('\n')}\n}`;
}

describe('the message of a mistake', () => {
  it('names file, line, column, what was expected and found, and shows the place of all mistakes at once', () => {
    const text = [
      'aray os8 {',
      '\tsiez 0x8x8',
      '  projection [[1, 0, 0], [0, 1, 0], [1, 1, 1]   # not closed',
      '  types a: int8, b: int9',
      '  speed 3',
      '}',
      'fault weak stuck_at_1 bit 5 of c at (1, 1)',
      'fault 弱: flip bit 1 of a at (1, 1)',
      'fault odd: flip bit 1 of a at (1, 1) cycles >4<5',
    ];
    const message = catchMessage(() => parseSpec(text.join('\r\n'), 'dir/f.array'));
    expect(message.split('\n')).toEqual([
      'dir/f.array:1:1: unknown word "aray", did you mean "array"?',
      'aray os8 {',
      '^',
      'dir/f.array:2:2: unknown statement "siez", did you mean "size"?',
      '\tsiez 0x8x8',
      '\t^',
      'dir/f.array:2:7: the side N1 of a size must be from 1 to 1024, received 0',
      '\tsiez 0x8x8',
      '\t     ^',
      'dir/f.array:3:46: expected "]" after the third row, found the end of the line',
      '  projection [[1, 0, 0], [0, 1, 0], [1, 1, 1]   # not closed',
      '                                             ^',
      'dir/f.array:4:21: unknown dtype "int9", did you mean "int8"?',
      '  types a: int8, b: int9',
      '                    ^',
      'dir/f.array:5:3: unknown statement "speed", expected size, projection, types, fault_slots, fault_nodes, multiplier_stages, multiplier_style, adder_stages, multiplier or adder',
      '  speed 3',
      '  ^',
      'dir/f.array:7:12: expected ":" after the fault name, found "stuck_at_1"',
      'fault weak stuck_at_1 bit 5 of c at (1, 1)',
      '           ^',
      'dir/f.array:8:7: expected a fault name of ASCII letters, digits and _, found "弱"',
      'fault 弱: flip bit 1 of a at (1, 1)',
      '      ^',
      'dir/f.array:9:45: a window must hold at least one cycle, received >4<5',
      'fault odd: flip bit 1 of a at (1, 1) cycles >4<5',
      '                                            ^',
    ]);
  });

  it('counts a character outside the basic plane as one column', () => {
    expect(mistakes('# 🙂\n;🙂🙂')).toEqual(['2:2 expected "array", "fault" or "campaign", found "🙂"']);
    expect(mistakes('fault 🙂🙂')).toEqual(['1:7 expected a fault name of ASCII letters, digits and _, found "🙂"']);
    expect(mistakes('fault x: flip bit 1 of a at (1, 1) cycles = 🙂')).toEqual([
      '1:45 expected a cycle number, found "🙂"',
    ]);
  });

  it('shows what cannot be seen by its code point and keeps it out of the excerpt', () => {
    const message = catchMessage(() => parseSpec('array a\u001b[31m {', 'f.array'));
    expect(message.split('\n').slice(0, 3)).toEqual([
      'f.array:1:8: expected "{" after the array name, found U+001B',
      'array a\ufffd[31m {',
      '       ^',
    ]);
    expect(mistakes('array\u00a0a {')[0]).toBe(
      '1:6 expected an array name of ASCII letters, digits and _, found U+00A0',
    );
  });

  it('cuts an endless line and an endless word', () => {
    const message = catchMessage(() => parseSpec(`${'y'.repeat(5000)} z`, 'f.array'));
    expect(message.split('\n')).toEqual([
      `f.array:1:1: expected "array", "fault" or "campaign", found "${'y'.repeat(40)}…"`,
      'y'.repeat(120),
      '^',
    ]);
    const far = catchMessage(() => parseSpec(`${' '.repeat(3000)}@${'y'.repeat(3000)}`, 'f.array'));
    expect(far.split('\n').slice(1)).toEqual([`${' '.repeat(60)}@${'y'.repeat(59)}`, `${' '.repeat(60)}^`]);
  });
});

describe('a statement is refused', () => {
  test.each([
    ['size', '2:5 expected a size such as 8 x 8 x 64, found the end of the line'],
    ['size 8 x 8', '2:11 expected a size such as 8 x 8 x 64, found the end of the line'],
    ['size 8 8 8', '2:8 expected a size such as 8 x 8 x 64, found "8"'],
    ['size 8 × 8 × 8', '2:8 expected a size such as 8 x 8 x 64, found "×"'],
    ['size 8.5 x 8 x 8', '2:6 expected a size such as 8 x 8 x 64, found "8.5"'],
    ['size 8 x 8 x 8 x 8', '2:16 expected the end of the statement, found "x"'],
    ['size 8 x 0 x 8', '2:10 the side N2 of a size must be from 1 to 1024, received 0'],
    ['size 8 x 8 x 1025', '2:14 the side N3 of a size must be from 1 to 1024, received 1025'],
    ['size -8x8x8', '2:6 the side N1 of a size must be from 1 to 1024, received -8'],
    [`size ${'9'.repeat(99)} x 1 x 1`, `2:6 the side N1 of a size must be from 1 to 1024, received ${'9'.repeat(40)}…`],
    ['projection output_stationry', '2:12 unknown projection "output_stationry", did you mean "output_stationary"?'],
    [
      'projection 5',
      '2:12 expected a projection such as output_stationary or [[1, 0, 0], [0, 1, 0], [1, 1, 1]], found "5"',
    ],
    ['projection [1, 0, 0]', '2:13 expected a row such as [1, 0, 0], found "1"'],
    ['projection [[1, 0], [0, 1]]', '2:18 expected "," and the next of three entries, found "]"'],
    ['projection [[1, 0, 0, 0]]', '2:21 expected "]" after the third entry, found ","'],
    ['projection [[1, 0, 0], [0, 1, 0]]', '2:33 expected "," and the next of three rows, found "]"'],
    ['projection [[1, 0, 0], [0, 1, 0], [1, 1, 1], []]', '2:44 expected "]" after the third row, found ","'],
    ['projection [[1, 0, x], [0, 1, 0], [1, 1, 1]]', '2:20 expected an integer, found "x"'],
    ['projection [[1, 0, 0], [0, 1, 0], [1, 1, 1]', '2:44 expected "]" after the third row, found the end of the line'],
    [
      'projection [[1, 0, 9e9], [0, 1, 0], [1, 1, 1]]', //
      '2:20 expected an integer, found "9e9"',
    ],
    [
      'projection [[1, 0, 99999999999999999999], [0, 1, 0], [1, 1, 1]]',
      '2:20 an entry of a projection matrix must be from -4096 to 4096, received 99999999999999999999',
    ],
    ['types a: int8', '2:14 expected "," and the dtype of the next line, found the end of the line'],
    ['types a: int8 b: int8', '2:15 expected "," and the dtype of the next line, found "b"'],
    ['types a: int8, b: int12', '2:19 unknown dtype "int12", did you mean "int16"?'],
    [
      'types a: complex, b: int8',
      '2:10 unknown dtype "complex", expected int8, int16, int32, int64, uint8, uint16, float32, float64, bfloat16 or float16',
    ],
    ['types a: int8, b: INT8', '2:19 unknown dtype "INT8", did you mean "int8"?'],
    ['types a: int8, d: int8', '2:16 unknown line "d", expected a, b or c'],
    ['types a: int8, a: int8, b: int8', '2:16 the types name line a twice, each line has one dtype'],
    ['types a: int8, c: int32', '2:1 the types lack line b, only c may be left out'],
    ['types int8, int8', '2:11 expected ":" and the dtype of the line, found ","'],
    ['fault_slots', '2:12 expected a number of fault slots such as 4, found the end of the line'],
    ['fault_slots many', '2:13 expected a number of fault slots such as 4, found "many"'],
    ['fault_slots 65', '2:13 the number of fault slots must be from 0 to 64, received 65'],
    [
      'fault_nodes',
      '2:12 expected a node (a, b, c, p, a_out, b_out, c_in, first, last or s), found the end of the line',
    ],
    [
      'fault_nodes a,',
      '2:15 expected a node (a, b, c, p, a_out, b_out, c_in, first, last or s), found the end of the line',
    ],
    ['fault_nodes a, d', '2:16 unknown node "d", expected a, b, c, p, a_out, b_out, c_in, first, last or s'],
    ['fault_nodes a, b, a', '2:19 the fault nodes name a twice, each may stand once'],
    ['fault_nodes p', '2:13 array a has no node p: it has no product register'],
    ['multiplier_style', '2:17 expected a multiplier style (inferred or booth), found the end of the line'],
    ['multiplier_style both', '2:18 unknown multiplier style "both", did you mean "booth"?'],
    ['fault_slots -1', '2:13 the number of fault slots must be from 0 to 64, received -1'],
    ['multiplier_stages', '2:18 expected a number of multiplier stages such as 1, found the end of the line'],
    ['multiplier_stages -1', '2:19 the stages of a multiplier must be from 0 to 32, received -1'],
    ['multiplier_stages 33', '2:19 the stages of a multiplier must be from 0 to 32, received 33'],
    ['multiplier_stages 1 2', '2:21 expected the end of the statement, found "2"'],
    ['adder_stages some', '2:14 expected a number of adder stages such as 4, found "some"'],
    ['adder_stages 0', '2:14 the stages of an adder must be from 1 to 32, received 0'],
    ['adder_stages 33', '2:14 the stages of an adder must be from 1 to 32, received 33'],
    ['adder_stages 2', '2:14 only floating-point adders have more than 1 stage, received 2 for int32'],
    [
      'product_register',
      '2:1 the product register is the last stage of the multiplier: write "multiplier_stages 1", found "product_register"',
    ],
    ['multiplier', '2:11 expected a path in double quotes such as "operators/mine", found the end of the line'],
    ['multiplier mine', '2:12 expected a path in double quotes such as "operators/mine", found "mine"'],
    [
      'adder "mine',
      '2:7 expected a path in double quotes such as "operators/mine", found a double quote without its partner',
    ],
    ['adder "mine" "too"', '2:14 expected the end of the statement, found "too"'],
    ['fault_slots "4"', '2:13 expected a number of fault slots such as 4, found "4"'],
    ['fault x: flip bit 1 of c at (1, 1)', '2:1 a fault stands outside the braces of an array, found in array "a"'],
    [
      '5',
      '2:1 expected a statement (size, projection, types, fault_slots, fault_nodes, multiplier_stages, multiplier_style, adder_stages, multiplier or adder), found "5"',
    ],
  ])('%s', (statement, message) => {
    expect(mistakes(withStatement(statement))).toEqual([message]);
  });

  test.each([
    ['a: int8, b: float32', '2:19 a and b must both be integers or both floating point, received int8 × float32'],
    ['a: float32, b: bfloat16', '2:22 floating-point a and b must have the same dtype, received float32 × bfloat16'],
    [
      'a: float32, b: float32, c: int32',
      '2:34 the accumulator of float32 × float32 must be floating point as they are, received int32',
    ],
    [
      'a: int8, b: int8, c: float32',
      '2:28 the accumulator of int8 × int8 must be an integer as they are, received float32',
    ],
    ['a: float32, b: float32, c: bfloat16', '2:34 the accumulator must hold every float32 exactly, received bfloat16'],
    ['a: bfloat16, b: bfloat16, c: float16', '2:36 the accumulator must hold every bfloat16 exactly, received float16'],
    ['a: float32, b: float32, c: float64 wrap', '2:42 only integers wrap, received wrap behind float64'],
    [
      'a: int8, b: int8, c: int8',
      '2:28 the accumulator must hold every product of int8 × int8 (-16256 to 16384) unless "wrap" follows it, ' +
        'which lets sums wrap modulo 2^8; received int8',
    ],
    [
      'a: uint8, b: uint8, c: int16',
      '2:30 the accumulator must hold every product of uint8 × uint8 (0 to 65025) unless "wrap" follows it, ' +
        'which lets sums wrap modulo 2^16; received int16',
    ],
    [
      'a: int64, b: uint8',
      '2:1 the accumulator must hold every product of int64 × uint8 (-2351959869397967831040 to 2351959869397967830785) ' +
        'unless "wrap" follows it, which lets sums wrap modulo 2^64; received int64, the dtype of a line c that is left out',
    ],
    [
      'a: int8, b: int8, c: int16 wrap',
      '2:34 "wrap" follows only an accumulator that cannot hold every product of int8 × int8 (-16256 to 16384), received int16',
    ],
    ['a: int8 wrap, b: int8', '2:15 only the accumulator, line c, may wrap, received wrap behind line a'],
    ['a: int8, b: int8, c: int8 wrapped', '2:33 expected the end of the statement, found "wrapped"'],
  ])('types %s', (types, message) => {
    expect(mistakes(withStatement(`types ${types}`))).toEqual([message]);
  });

  test.each([
    [
      '[[1, 0, 0], [0, 1, 0], [1, 1, 1]]',
      'an adder of 4 stages needs a delay of line c (entry k of the schedule row) of at least 4 cycles, ' +
        'received [1, 1, 1]; the smallest that works is [1, 1, 4]',
    ],
    [
      '[[1, 1, 0], [0, 1, 1], [1, 5, 1]]',
      'an adder of 4 stages needs a delay of line c (entry k of the schedule row) of at least 4 cycles, ' +
        'received [1, 5, 1]; the smallest that works is [1, 5, 5]',
    ],
    ['[[1, 0, 0], [0, 1, 0], [1, 1, 4]]', null],
  ])('adder_stages 4 with the projection %s', (projection, message) => {
    const text = `array a {\nadder_stages 4\nsize 1x1x1; projection ${projection}; types a: float32, b: float32\n}`;
    expect(mistakes(text)).toEqual(message === null ? [] : [`2:14 ${message}`]);
  });

  test('with the mistakes of its stages whatever else is wrong', () => {
    const text =
      'array a {\nsize 0x1x1; projection none; types a: int8, b: int8\nadder_stages 3; multiplier_stages 33\n}';
    expect(mistakes(text)).toEqual([
      '2:6 the side N1 of a size must be from 1 to 1024, received 0',
      expect.stringMatching(/^2:24 unknown projection "none"/),
      '3:14 only floating-point adders have more than 1 stage, received 3 for int32',
      '3:35 the stages of a multiplier must be from 0 to 32, received 33',
    ]);
  });

  test('with every reason why its projection is illegal', () => {
    expect(mistakes(withStatement('projection [[1, 0, 0], [0, 0, 0], [0, -1, 1]]'))).toEqual([
      '2:12 the projection matrix [[1, 0, 0], [0, 0, 0], [0, -1, 1]] has determinant 0, so two steps would share a PE and a cycle',
      '2:12 the delay of line a (entry j of the schedule row) must be at least 1 cycle, received -1',
      '2:12 the delay of line b (entry i of the schedule row) must be at least 1 cycle, received 0',
    ]);
  });
});

describe('an array or fault is refused', () => {
  const flip = 'flip bit 0 of a at (0, 0)';
  test.each([
    ['array { size 8 x 8 x 8 }', ['1:7 expected an array name of ASCII letters, digits and _, found "{"']],
    [`array a\n${GOOD}\n}`, ['1:8 expected "{" after the array name, found the end of the line']],
    [`array 8x {${GOOD}}`, ['1:7 expected an array name of ASCII letters, digits and _, found "8"']],
    [`array module {${GOOD}}`, ['1:7 the array name "module" is a Verilog keyword, so no module can have it']],
    [`array logic {${GOOD}}`, ['1:7 the array name "logic" is a Verilog keyword, so no module can have it']],
    [
      `array _a {${GOOD}}`,
      ['1:7 an array name starts with a letter and has no two underscores in a row, received "_a"'],
    ],
    [
      `array a__b {${GOOD}}`,
      ['1:7 an array name starts with a letter and has no two underscores in a row, received "a__b"'],
    ],
    [
      `array _${'n'.repeat(64)} {${GOOD}}`,
      [
        `1:7 an array name starts with a letter and has no two underscores in a row, received "_${'n'.repeat(39)}…"`,
        '1:7 an array name has at most 64 characters, received 65',
      ],
    ],
    [`array ${'n'.repeat(65)} {${GOOD}}`, ['1:7 an array name has at most 64 characters, received 65']],
    [`array a {${GOOD}}\narray a {${GOOD}}`, ['2:7 the array name "a" is taken, each may stand once']],
    [`fault a: ${flip}\nfault a: ${flip}`, ['2:7 the fault name "a" is taken, each may stand once']],
    ['array a {}', ['1:7 array "a" lacks size, projection and types, which every array needs']],
    [`array a {${GOOD}; size 1x1x1}`, ['1:81 array "a" has the statement size twice, each may stand once']],
    [`array a {${GOOD}`, ['1:79 expected "}" at the end of the array, found the end of the text']],
    [`array a {${GOOD}\narray b {${GOOD}}`, ['2:1 expected "}" at the end of the array, found "array"']],
    [`array a {${GOOD}\nfault b: ${flip}`, ['2:1 expected "}" at the end of the array, found "fault"']],
    [`array a {${GOOD}}}`, ['1:79 expected the end of the statement, found "}"']],
    [`array a {\n${GOOD}\n}\n}`, ['4:1 expected "array", "fault" or "campaign", found "}"']],
    [`${GOOD}\n}\nfault a: ${flip}`, ['1:1 the statement "size" belongs inside the braces of an array, found outside']],
    [
      'module foo\n{ a; b\n c }\nendmodule',
      [
        '1:1 expected "array", "fault" or "campaign", found "module"',
        '4:1 expected "array", "fault" or "campaign", found "endmodule"',
      ],
    ],
    ['array', ['1:6 expected an array name of ASCII letters, digits and _, found the end of the text']],
    ['fault', ['1:6 expected a fault name of ASCII letters, digits and _, found the end of the text']],
    [`fault x ${flip}`, ['1:9 expected ":" after the fault name, found "flip"']],
    [`falt x: ${flip}`, ['1:1 unknown word "falt", did you mean "fault"?']],
  ])('%j', (text, messages) => {
    expect(mistakes(text)).toEqual(messages);
  });

  it('keeps looking into every statement of every array and every fault', () => {
    const bad = EXAMPLE.replace('64', '65536')
      .replace('output_stationary\n', 'output\n')
      .replace('int8, b', 'int7, b')
      .replace('slots 4', 'slots 400')
      .replace('[-1, 1, 0]', '[0, 0, 0]')
      .replace('uint8', 'unit8')
      .replace('slots 2', 'slots two')
      .replace('stuck_at_1', 'stuck_at_2')
      .replace('>3<=9', '>9<=3');
    expect(mistakes(bad).map((message) => message.split(':')[0])).toEqual([
      '3',
      '4',
      '5',
      '6',
      '10',
      '11',
      '12',
      '15',
      '16',
    ]);
  });
});

function catchMessage(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
