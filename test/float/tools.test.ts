import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FloatUnit } from './build-floats.ts';
import { streamOf } from './check-stream.ts';
import type { OperationName } from './run-floats.ts';
import { UNITS } from './units.ts';

const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const COSIM = fileURLToPath(new URL('../../cosim/float/', import.meta.url));
// Without registers, and with some in every place where they go.
const LATENCIES = [0, 5];

/** Run a tool; the empty text means that it had nothing to say and succeeded. */
function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: RTL, encoding: 'utf8' });
  return status === 0 ? stderr : `exit ${status}\n${stdout}${stderr}`;
}

function installed(command: string): boolean {
  return spawnSync(command, ['-V']).error === undefined;
}

const CASES = UNITS.map(({ name, operand, result }) => {
  const operandBits = { OPERAND_EXPONENT: operand.exponentBits, OPERAND_FRACTION: operand.fractionBits };
  const resultBits = { RESULT_EXPONENT: result.exponentBits, RESULT_FRACTION: result.fractionBits };
  const multiply = { ...operandBits, ...resultBits };
  const add = { EXPONENT: result.exponentBits, FRACTION: result.fractionBits };
  return [name, { multiply, add }] as const;
});

const MODULES = { multiply: 'espalier_float_multiply', add: 'espalier_float_add' } as const;
const OPERATIONS = ['multiply', 'add'] as const;

describe('Verilator -Wall finds nothing in', () => {
  it.each(CASES)('multiplier and adder of %s, with and without registers', (_, parameters) => {
    for (const operation of OPERATIONS) {
      for (const LATENCY of LATENCIES) {
        const set = Object.entries({ ...parameters[operation], LATENCY }).map(([key, value]) => `-G${key}=${value}`);
        expect(run('verilator', ['--lint-only', '-Wall', ...set, `${MODULES[operation]}.v`])).toBe('');
      }
    }
  });

  it.each(CASES)('the functions called in a loop, for %s', (_, { multiply }) => {
    const set = Object.entries(multiply).map(([key, value]) => `-G${key}=${value}`);
    // Nothing but the C++ reads the results.
    const args = ['--lint-only', '-Wall', '-Wno-UNUSEDSIGNAL', ...set, join(COSIM, 'float_lanes.v')];
    expect(run('verilator', args)).toBe('');
  });

  it('the bench of the pipelines', () => {
    expect(run('verilator', ['--lint-only', '-Wall', join(COSIM, 'float_pipes.v')])).toBe('');
  });
});

describe.skipIf(!installed('iverilog'))('Icarus in Verilog-2005 mode accepts (skipped where it is absent)', () => {
  it.each(CASES)('multiplier and adder of %s', (_, parameters) => {
    for (const operation of OPERATIONS) {
      const top = MODULES[operation];
      const set = Object.entries({ ...parameters[operation], LATENCY: 3 });
      const args = ['-g2005', '-Wall', '-s', top, '-o', '/dev/null', ...set.map(([key, n]) => `-P${top}.${key}=${n}`)];
      expect(run('iverilog', [...args, `${top}.v`, 'espalier_pipe.v'])).toBe('');
    }
  });
});

describe.skipIf(!installed('yosys'))('Yosys synthesises without a warning (skipped where it is absent)', () => {
  it.each(CASES.filter(([name]) => ['toy-1-4-3', 'bfloat16 to float32'].includes(name)))('%s', (_, parameters) => {
    for (const operation of OPERATIONS) {
      const top = MODULES[operation];
      const set = Object.entries({ ...parameters[operation], LATENCY: 2 }).map(([key, n]) => `-set ${key} ${n}`);
      const script = [
        'read_verilog espalier_float_multiply.v espalier_float_add.v espalier_pipe.v',
        `chparam ${set.join(' ')} ${top}`,
        `synth -top ${top}`,
        'check -assert',
      ];
      expect(run('yosys', ['-q', '-p', script.join('; ')])).toBe('');
    }
  });
});

describe.skipIf(!installed('iverilog'))('Icarus computes what TypeScript does (skipped where it is absent)', () => {
  const PAIRS = 500;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'espalier-float-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(UNITS.map((unit) => [unit.name, unit] as const))('for %s', (_, unit) => {
    for (const operation of OPERATIONS) {
      const stream = streamOf(unit, operation, 7);
      const pairs = Array.from({ length: PAIRS }, (_, n) => stream.at(n * 5));
      writeFileSync(join(folder, 'pairs.hex'), pairs.map(({ x, y }) => `${hex(x)} ${hex(y)}`).join('\n'));
      writeFileSync(join(folder, 'top.v'), printTop(unit, operation, join(folder, 'pairs.hex'), PAIRS));
      const program = join(folder, 'top');
      const sources = [join(folder, 'top.v'), `${MODULES[operation]}.v`, 'espalier_pipe.v'];
      expect(run('iverilog', ['-g2005', '-o', program, ...sources])).toBe('');
      const { stdout } = spawnSync('vvp', ['-n', program], { encoding: 'utf8' });
      const results = stdout
        .trim()
        .split('\n')
        .map((line) => BigInt(`0x${line.trim()}`));
      expect(results).toEqual(pairs.map(({ result }) => result));
    }
  });
});

function hex(bits: bigint): string {
  return bits.toString(16);
}

/** A module that prints the results of the pairs in a file. */
function printTop({ operand, result }: FloatUnit, operation: OperationName, file: string, pairs: number): string {
  const multiply = operation === 'multiply';
  const { widthBits } = multiply ? operand : result;
  const parameters = multiply
    ? `.OPERAND_EXPONENT(${operand.exponentBits}), .OPERAND_FRACTION(${operand.fractionBits}),
      .RESULT_EXPONENT(${result.exponentBits}), .RESULT_FRACTION(${result.fractionBits})`
    : `.EXPONENT(${result.exponentBits}), .FRACTION(${result.fractionBits})`;
  const ports = multiply
    ? '.a_i(pairs[2*n]), .b_i(pairs[2*n+1]), .product_o(value)'
    : '.x_i(pairs[2*n]), .y_i(pairs[2*n+1]), .sum_o(value)';
  return `module top;
  reg  [${widthBits - 1}:0] pairs [0:${2 * pairs - 1}];
  wire [${result.widthBits - 1}:0] value;
  integer n;

  ${MODULES[operation]} #(
      ${parameters}
  ) operation (
      .clk_i(1'b0), .rst_i(1'b0), .en_i(1'b0), ${ports}
  );

  initial begin
    $readmemh("${file}", pairs);
    for (n = 0; n < ${pairs}; n = n + 1) begin
      #1 $display("%h", value);
    end
  end
endmodule
`;
}
