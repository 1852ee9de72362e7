import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { OperatorError, SpecError } from '../../src/errors.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { loadOperator } from '../../src/spec/load-operator.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { GOOD } from './example.ts';

const dir = mkdtempSync(join(tmpdir(), 'espalier-operators-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const MULTIPLY = 'export function multiply(a: bigint, b: bigint): bigint { return a * b; }\n';
const ADD = 'export const add = (x: bigint, y: bigint): bigint => x + y;\n';

function multiplierModule(name: string, ports = 'input [7:0] a_i, input [7:0] b_i, output [15:0] product_o'): string {
  return `module ${name} (${ports});\nendmodule\n`;
}

function adderModule(name: string, widthBits = 32): string {
  const range = `[${widthBits - 1}:0]`;
  return `module ${name} (input ${range} x_i, input ${range} y_i, output ${range} sum_o);\nendmodule\n`;
}

/** What is wrong with an array that has more statements than GOOD, on line 2. */
function mistakes(statements: string, name = 'x', good = GOOD): string[] {
  try {
    parseSpec(`array ${name} { ${good}\n${statements}\n}`, 'f.array', dir);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.diagnostics.map((d) => `${d.line}:${d.column} ${d.message}`);
  }
}

describe('an own operator', () => {
  const verilog = multiplierModule('times');
  file('own/times.v', verilog);
  file('own/times.ts', MULTIPLY);
  file('own/plus.v', adderModule('plus'));
  file('own/plus.ts', ADD);

  it('is the module and the function at its path, which starts from the folder of the spec file', () => {
    const path = file('spec.array', `array x { ${GOOD}; multiplier "own/times"; adder "./own/plus" }`);
    const { multiplier, adder } = loadSpec(path).arrays[0]!.operators;
    expect(multiplier).toEqual({
      kind: 'multiplier',
      name: 'times',
      path: join(dir, 'own/times'),
      verilog,
      program: MULTIPLY,
      compute: expect.any(Function),
    });
    expect(multiplier!.compute(3n, 5n)).toBe(15n);
    expect(adder).toMatchObject({ kind: 'adder', name: 'plus', path: join(dir, 'own/plus'), program: ADD });
    expect(adder!.compute(3n, 5n)).toBe(8n);
  });

  it('may have an absolute path, and be loaded without a spec', () => {
    const text = `array x { ${GOOD}; multiplier ${JSON.stringify(join(dir, 'own/times'))} }`;
    const { multiplier } = parseSpec(text, 'f.array').arrays[0]!.operators;
    expect(multiplier).toEqual(loadOperator('multiplier', 'times', join(dir, 'own')));
  });

  test.each([
    ['TypeScript', '.ts', MULTIPLY],
    ['a module of TypeScript', '.mts', MULTIPLY],
    ['a default function', '.ts', 'export default (a: bigint, b: bigint): bigint => a * b;\n'],
    ['a module of JavaScript', '.mjs', 'export const multiply = (a, b) => a * b;\n'],
    ['JavaScript with import and export', '.js', 'export const multiply = (a, b) => a * b;\n'],
    ['JavaScript with require', '.js', 'exports.multiply = (a, b) => a * b;\n'],
    ['a function as module.exports', '.js', 'module.exports = (a, b) => a * b;\n'],
  ])('takes its function from %s', (title, ending, program) => {
    const name = title.replaceAll(' ', '_').replace('.', '_');
    file(`${name}.v`, multiplierModule(name));
    file(name + ending, program);
    expect(loadOperator('multiplier', name, dir)).toMatchObject({ program });
    expect(loadOperator('multiplier', name, dir).compute(6n, 7n)).toBe(42n);
  });

  it('may lie below node_modules, where Node itself strips no types', () => {
    file('node_modules/package/times.v', multiplierModule('times'));
    file('node_modules/package/times.ts', MULTIPLY);
    expect(loadOperator('multiplier', 'node_modules/package/times', dir).compute(6n, 7n)).toBe(42n);
  });

  it('takes the first of several programs', () => {
    file('several.v', multiplierModule('several'));
    file('several.mjs', 'export const multiply = () => 0n;\n');
    file('several.ts', MULTIPLY);
    expect(loadOperator('multiplier', 'several', dir).program).toBe(MULTIPLY);
  });
});

describe('an own operator is refused', () => {
  const at = (name: string) => join(dir, name);
  file('bare.v', multiplierModule('bare'));
  file('lonely.ts', MULTIPLY);
  file('misnamed.v', `${multiplierModule('first')}${multiplierModule('second')}`);
  file('misnamed.ts', MULTIPLY);
  file('empty.v', '// nothing\n');
  file('empty.ts', MULTIPLY);
  file(
    'clocked.v',
    multiplierModule('clocked', 'input clk, input [7:0] a_i, input [7:0] b_i, output [15:0] product_o'),
  );
  file('clocked.ts', MULTIPLY);
  file('portless.v', 'module portless;\nendmodule\n');
  file('portless.ts', MULTIPLY);
  file('wide.v', multiplierModule('wide', 'input [15:0] a_i, input [7:0] b_i, output product_o'));
  file('wide.ts', MULTIPLY);
  file('silent.v', multiplierModule('silent'));
  file('silent.ts', 'export const times = 3;\nexport const more = 4;\n');
  file('mute.v', multiplierModule('mute'));
  file('mute.ts', 'const times = 3;\nconsole.assert(times === 3);\n');
  file('thrown.v', multiplierModule('thrown'));
  file('thrown.mjs', "throw new TypeError('out of luck\\nand more');\n");
  file('later.v', multiplierModule('later'));
  file('later.mjs', 'await null;\nexport const multiply = (a, b) => a * b;\n');
  file('worst.v', multiplierModule('another'));
  file('worst.js', 'exports.add = () => 0n;\n');
  file('narrow.v', adderModule('narrow', 16));
  file('narrow.ts', ADD);
  file('x_pe.v', multiplierModule('x_pe'));
  file('x_pe.ts', MULTIPLY);
  file('one/same.v', multiplierModule('same'));
  file('one/same.ts', MULTIPLY);
  file('two/same.v', adderModule('same'));
  file('two/same.ts', ADD);
  file('latin.v', '');
  writeFileSync(join(dir, 'latin.v'), Uint8Array.of(0xe4));
  file('latin.ts', MULTIPLY);

  const MODULE =
    'the Verilog module of a multiplier is named as the end of its path, at most 64 ASCII letters, digits and _';
  const PORTS = 'the module of a multiplier has exactly the ports input a_i, input b_i and output product_o';

  test.each<[string, string, string[]]>([
    [
      'without its files',
      'multiplier "own/none"',
      [
        `2:12 multiplier "own/none" has no Verilog file, tried ${at('own/none.v')}`,
        `2:12 multiplier "own/none" has no program, tried ${at('own/none.ts')}, ${at('own/none.mts')}, ${at('own/none.js')} and ${at('own/none.mjs')}`,
      ],
    ],
    [
      'without its program',
      'multiplier "bare"',
      [
        `2:12 multiplier "bare" has no program, tried ${at('bare.ts')}, ${at('bare.mts')}, ${at('bare.js')} and ${at('bare.mjs')}`,
      ],
    ],
    [
      'without its Verilog',
      'multiplier "lonely"',
      [`2:12 multiplier "lonely" has no Verilog file, tried ${at('lonely.v')}`],
    ],
    [
      'with Verilog that is no text',
      'multiplier "latin"',
      [`2:12 the Verilog file ${at('latin.v')} cannot be read: it is not UTF-8 text`],
    ],
    [
      'with an ending',
      'multiplier "own/times.v"',
      ['2:12 the path of the multiplier stands for all its files and has no ending, received "own/times.v"'],
    ],
    ['with an empty path', 'multiplier ""', [`2:12 ${MODULE} without a digit in front, received ""`]],
    ['with a name of two words', 'multiplier "a-b"', [`2:12 ${MODULE} without a digit in front, received "a-b"`]],
    ['with a name that is a number', 'multiplier "own/8"', [`2:12 ${MODULE} without a digit in front, received "8"`]],
    [
      'with a keyword as name',
      'adder "own/reg"',
      ['2:7 the adder name "reg" is a Verilog keyword, so no module can have it'],
    ],
    [
      'with a name of the library',
      'adder "espalier_plus"',
      [`2:7 the names of Espalier's own modules begin with espalier_, received adder "espalier_plus"`],
    ],
    [
      'with other modules',
      'multiplier "misnamed"',
      [`2:12 the Verilog file ${at('misnamed.v')} must define the module misnamed, found module first and second`],
    ],
    [
      'without a module',
      'multiplier "empty"',
      [`2:12 the Verilog file ${at('empty.v')} must define the module empty, found no module`],
    ],
    [
      'with a clock',
      'multiplier "clocked"',
      [`2:12 ${PORTS}, found input clk, input a_i, input b_i and output product_o of clocked`],
    ],
    ['without ports', 'multiplier "portless"', [`2:12 ${PORTS}, found no ports of portless`]],
    [
      'with the ports of a multiplier as adder',
      'adder "own/times"',
      [
        '2:7 the module of an adder has exactly the ports input x_i, input y_i and output sum_o, ' +
          'found input a_i, input b_i and output product_o of times',
        `2:7 the program ${at('own/times.ts')} must export the function add of the adder, found multiply`,
      ],
    ],
    [
      'with other widths',
      'multiplier "wide"',
      [
        '2:12 the port a_i of multiplier "wide" must have 8 bits for int8 × int8 with sums in int32, received 16',
        '2:12 the port product_o of multiplier "wide" must have 16 bits for int8 × int8 with sums in int32, received 1',
      ],
    ],
    [
      'with sums of another width',
      'adder "narrow"',
      ['x_i', 'y_i', 'sum_o'].map(
        (port) => `2:7 the port ${port} of adder "narrow" must have 32 bits for sums in int32, received 16`,
      ),
    ],
    [
      'without its function',
      'multiplier "silent"',
      [`2:12 the program ${at('silent.ts')} must export the function multiply of the multiplier, found more and times`],
    ],
    [
      'without exports',
      'multiplier "mute"',
      [`2:12 the program ${at('mute.ts')} must export the function multiply of the multiplier, found nothing`],
    ],
    [
      'when its program fails',
      'multiplier "thrown"',
      [`2:12 the program ${at('thrown.mjs')} of the multiplier cannot be loaded: out of luck`],
    ],
    [
      'when its program waits',
      'multiplier "later"',
      [
        expect.stringMatching(
          /^2:12 the program .*later\.mjs of the multiplier cannot be loaded: require\(\) cannot be used on an ESM graph with top-level await/,
        ) as string,
      ],
    ],
    [
      'with all that is wrong with it',
      'multiplier "worst"',
      [
        `2:12 the Verilog file ${at('worst.v')} must define the module worst, found module another`,
        `2:12 the program ${at('worst.js')} must export the function multiply of the multiplier, found add`,
      ],
    ],
    [
      'with the name of a module of the array',
      'multiplier "x_pe"',
      ['2:12 array "x" has a module x_pe of its own, received multiplier "x_pe"'],
    ],
    [
      'with the name of the other operator',
      'multiplier "one/same"; adder "two/same"',
      ['2:30 the multiplier and the adder of an array have different names, received "same" for both'],
    ],
    [
      'with stages inside the adder',
      'adder "own/plus"; adder_stages 2',
      ['2:32 only floating-point adders have more than 1 stage, received 2 for int32'],
    ],
  ])('%s', (_, statements, messages) => {
    expect(mistakes(statements)).toEqual(messages);
  });

  it('with stages inside an adder of floating-point numbers', () => {
    const good = GOOD.replace('output_stationary', '[[1, 0, 0], [0, 1, 0], [1, 1, 4]]').replaceAll('int8', 'float32');
    expect(mistakes('adder "own/plus"; adder_stages 2', 'x', good)).toEqual([
      '2:32 an own adder is combinational and has 1 stage, received 2 for "plus"',
    ]);
    expect(mistakes('adder "own/plus"', 'x', good)).toEqual([]);
  });

  it('with the widths of floating-point numbers', () => {
    const good = GOOD.replaceAll('int8', 'bfloat16');
    expect(mistakes('multiplier "wide"', 'x', good)).toEqual([
      '2:12 the port b_i of multiplier "wide" must have 16 bits for bfloat16 × bfloat16 with sums in float32, received 8',
      '2:12 the port product_o of multiplier "wide" must have 32 bits for bfloat16 × bfloat16 with sums in float32, received 1',
    ]);
  });

  it('beside all other mistakes of the array', () => {
    expect(mistakes('multiplier "bar"; fault_slots 65; adder "own/none"').map((line) => line.slice(0, 30))).toEqual([
      '2:12 multiplier "bar" has no V',
      '2:12 multiplier "bar" has no p',
      '2:31 the number of fault slots',
      '2:41 adder "own/none" has no V',
      '2:41 adder "own/none" has no p',
    ]);
  });

  it('with the error of its program as cause', () => {
    expect.assertions(4);
    try {
      parseSpec(`array x { ${GOOD}; multiplier "thrown" }`, 'f.array', dir);
    } catch (error) {
      expect(error).toBeInstanceOf(SpecError);
      expect((error as SpecError).cause).toMatchObject({ name: 'TypeError', message: 'out of luck\nand more' });
    }
    try {
      loadOperator('multiplier', 'thrown', dir);
    } catch (error) {
      expect(error).toBeInstanceOf(OperatorError);
      expect((error as OperatorError).cause).toMatchObject({ name: 'TypeError' });
    }
  });

  it('by itself with all its problems in one message', () => {
    expect(() => loadOperator('multiplier', 'worst', dir)).toThrow(
      new OperatorError(
        `the Verilog file ${at('worst.v')} must define the module worst, found module another; ` +
          `the program ${at('worst.js')} must export the function multiply of the multiplier, found add`,
      ),
    );
  });
});
