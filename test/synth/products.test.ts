import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDesign } from '../../src/design/build-design.ts';
import { type Design, moduleNames } from '../../src/design/design.ts';
import { structuralFiles } from '../../src/emit/emit-design.ts';
import { PRESETS } from '../../src/projection/space-time.ts';
import type { MultiplierStyle } from '../../src/spec/array-spec.ts';
import { installed, run } from '../emit/support/tools.ts';
import { runYosys } from './support/run-yosys.ts';

const TIMEOUT_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'espalier-products-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An array whose PE adds the product to what comes in. */
function arrayOf(a: 'int8' | 'uint8', b: 'int8' | 'uint8', multiplierStyle: MultiplierStyle): Design {
  return buildDesign({
    name: 'product',
    size: [2, 2, 2],
    projection: { preset: 'no_local_reuse', matrix: PRESETS.no_local_reuse },
    types: { a, b, c: 'int32' },
    multiplierStyle,
  });
}

/** A bench that counts the pairs of operands whose product, two clock edges later, is wrong. */
function bench({ lines, name }: Design): string {
  const factor = ({ line, signed }: { line: string; signed: boolean }) =>
    signed ? `{{24{${line}[7]}}, ${line}}` : `{24'd0, ${line}}`;
  return `module bench;
    reg clk, rst; reg [7:0] a, b; wire [7:0] a_o, b_o; wire [31:0] c; reg [31:0] wanted, before; integer n, wrong;
    ${name}_pe dut (.clk_i(clk), .rst_i(rst), .en_i(1'b1), .a_i(a), .a_o(a_o), .b_i(b), .b_o(b_o), .c_i(32'd0), .c_o(c));
    initial begin
      wrong = 0; clk = 0; rst = 1; a = 0; b = 0; wanted = 0; before = 0; #1 clk = 1; #1 clk = 0; rst = 0;
      for (n = 0; n < 65538; n = n + 1) begin
        {a, b} = n; before = wanted; wanted = ${factor(lines.a)} * ${factor(lines.b)};
        #1 clk = 1; #1 clk = 0;
        if (c !== before) wrong = wrong + 1;
      end
      $fdisplay(32'h8000_0002, "%0d wrong", wrong);
    end
  endmodule\n`;
}

async function countWrong(design: Design, change: (netlist: string) => string): Promise<string> {
  const script = `synth -flatten -top ${moduleNames(design).pe}; check -assert; write_verilog -noattr netlist.v`;
  const netlist = await runYosys(script, structuralFiles(design), 'netlist.v');
  writeFileSync(join(folder, 'netlist.v'), change(netlist));
  writeFileSync(join(folder, 'bench.v'), bench(design));
  expect(run('iverilog', ['-g2005', '-o', 'bench.vvp', 'bench.v', 'netlist.v'], folder)).toBe('');
  return run('vvp', ['-n', 'bench.vvp'], folder); // what it prints goes to standard error
}

describe.skipIf(!installed('iverilog'))(
  'the netlist of a PE gives every product (skipped where iverilog is absent)',
  () => {
    it.each([
      ['int8', 'int8', 'inferred'],
      ['uint8', 'int8', 'inferred'],
      ['uint8', 'uint8', 'inferred'],
      ['int8', 'int8', 'booth'],
      ['int8', 'uint8', 'booth'],
      ['uint8', 'uint8', 'booth'],
    ] as const)(
      '%s × %s, %s',
      async (a, b, style) => expect(await countWrong(arrayOf(a, b, style), (text) => text)).toBe('0 wrong\n'),
      TIMEOUT_MS,
    );

    it(
      'and does not where one of its gates is another',
      async () => {
        const exchange = (text: string) => text.replace(/ \^ /, ' | ');
        expect(await countWrong(arrayOf('int8', 'int8', 'booth'), exchange)).toMatch(/^[1-9]\d* wrong\n$/);
      },
      TIMEOUT_MS,
    );
  },
);
