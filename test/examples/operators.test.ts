import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { multiply } from '../../examples/operators/truncated_multiplier.ts';
import { installed, run } from '../emit/support/tools.ts';

const OPERATORS = fileURLToPath(new URL('../../examples/operators/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'espalier-operators-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pairs = Array.from({ length: 2 ** 16 }, (_, n) => [BigInt(n >> 8), BigInt(n & 0xff)] as const);

/** Every product of the Verilog in hexadecimal digits, in the order of `pairs`. */
function simulate(module: string): string[] {
  const bench = `module bench;
    reg [7:0] a, b; wire [15:0] product; integer n;
    ${module} dut (.a_i(a), .b_i(b), .product_o(product));
    initial for (n = 0; n < 65536; n = n + 1) begin {a, b} = n[15:0]; #1 $display("%h", product); end
  endmodule`;
  const [source, program] = [join(folder, 'bench.v'), join(folder, 'bench.vvp')];
  writeFileSync(source, bench);
  expect(run('iverilog', ['-g2005', '-o', program, source, `${module}.v`], OPERATORS)).toBe('');
  return spawnSync('vvp', ['-n', program], { encoding: 'utf8', maxBuffer: 2 ** 20 })
    .stdout.trim()
    .split('\n');
}

describe('the truncated multiplier', () => {
  it.skipIf(!installed('iverilog'))(
    'gives the same bits in Verilog and TypeScript for all operands (skipped where iverilog is absent)',
    () => {
      const products = simulate('truncated_multiplier');
      const different = pairs.filter(([a, b], n) => multiply(a, b).toString(16).padStart(4, '0') !== products[n]);
      expect(products).toHaveLength(pairs.length);
      expect(different).toEqual([]);
    },
  );

  it('is as far from the product as its header says', () => {
    const errors = pairs.map(([a, b]) => {
      const product = BigInt.asIntN(8, a) * BigInt.asIntN(8, b);
      return Number(BigInt.asIntN(16, multiply(a, b)) - product);
    });
    expect(errors.reduce((least, error) => Math.min(least, error))).toBe(-257);
    expect(errors.reduce((most, error) => Math.max(most, error))).toBe(64);
    expect(errors.reduce((sum, error) => sum + error) / errors.length).toBe(-16.25);
    expect(multiply(0n, 0n)).toBe(64n);
  });
});

describe.each([
  ['verilator', ['--lint-only', '-Wall']],
  ['iverilog', ['-g2005', '-Wall', '-t', 'null']],
  ['yosys', ['-q', '-p', 'synth; check -assert']],
])('%s', (tool, args) => {
  it.skipIf(!installed(tool))('takes the truncated multiplier without a word (skipped where it is absent)', () => {
    expect(run(tool, [...args, 'truncated_multiplier.v'], OPERATORS)).toBe('');
  });
});
