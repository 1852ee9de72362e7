import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/fault/fault.ts';

const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'espalier-rtl-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasIcarus = spawnSync('iverilog', ['-V']).error === undefined;

/** Run a testbench in Icarus and give the lines that it prints. */
function simulate(bench: string, ...files: string[]): string[] {
  const source = join(folder, 'bench.v');
  writeFileSync(source, bench);
  const program = join(folder, 'bench.vvp');
  const build = spawnSync('iverilog', ['-g2005', '-o', program, source, ...files.map((file) => RTL + file)], {
    encoding: 'utf8',
  });
  expect(build.stderr).toBe('');
  return spawnSync('vvp', ['-n', program], { encoding: 'utf8' }).stdout.trim().split('\n');
}

describe.skipIf(!hasIcarus)('espalier_fault_decode (skipped where iverilog is absent)', () => {
  it('turns each kind into keep and toggle masks, and heeds the mask of a value', () => {
    const lines = simulate(
      `module bench;
         reg [1:0] kind; wire [0:0] hit, node; wire [7:0] keep, toggle, own_keep, own_toggle; integer n;
         espalier_fault_decode #(.PES(1), .SLOTS(1), .DATA_BITS(8), .CODES(4'd0), .WIDTHS(8'hff)) dut (
           .fault_en_i(1'b1), .fault_pe_i(1'b0), .fault_node_i(4'd0), .fault_kind_i(kind), .fault_mask_i(8'h0f),
           .fault_value_i(8'ha5), .hit_o(hit), .node_o(node), .keep_o(keep), .toggle_o(toggle), .own_keep_o(own_keep),
           .own_toggle_o(own_toggle));
         initial begin for (n = 0; n < 4; n = n + 1) begin kind = n; #1 $display("%h %h", keep, toggle); end end
       endmodule`,
      'espalier_fault_decode.v',
    );
    expect(Object.fromEntries(FAULT_KINDS.map((kind, n) => [kind, lines[n]]))).toEqual({
      stuck_at_0: 'f0 00',
      stuck_at_1: 'f0 0f',
      flip: 'ff 0f',
      set: 'f0 05',
    });
  });

  it('hits the addressed PE alone, and only when the slot is enabled', () => {
    const lines = simulate(
      `module bench;
         reg [1:0] en; wire [5:0] hit; wire [1:0] node; wire [15:0] keep, toggle, own_keep, own_toggle;
         espalier_fault_decode #(
             .PES(3), .SLOTS(2), .NODES(1), .PE_BITS(2), .DATA_BITS(8), .CODES(4'd5), .WIDTHS(8'hff)
         ) dut (
             .fault_en_i(en), .fault_pe_i({2'd2, 2'd1}), .fault_node_i({4'd4, 4'd5}), .fault_kind_i(4'd0),
             .fault_mask_i(16'd0), .fault_value_i(16'd0), .hit_o(hit), .node_o(node), .keep_o(keep), .toggle_o(toggle),
             .own_keep_o(own_keep), .own_toggle_o(own_toggle));
         initial begin
           en = 2'b00; #1 $display("%b %b", hit, node); en = 2'b01; #1 $display("%b", hit); en = 2'b11; #1 $display("%b", hit);
         end
       endmodule`,
      'espalier_fault_decode.v',
    );
    // PE 2 | PE 1 | PE 0, each slot 1 then slot 0; only slot 0 addresses the node of code 5.
    expect(lines).toEqual(['000000 01', '000100', '100100']);
  });

  it('heeds only bits that the node has, and keeps everything for a PE or a node that is not there', () => {
    const lines = simulate(
      `module bench;
         reg [1:0] pe; reg [3:0] code; wire [2:0] hit; wire [0:0] node; wire [7:0] keep, toggle, own_keep, own_toggle;
         espalier_fault_decode #(
             .PES(3), .SLOTS(1), .NODES(1), .PE_BITS(2), .DATA_BITS(8), .CODES(4'd5), .WIDTHS(8'h0f)
         ) dut (
             .fault_en_i(1'b1), .fault_pe_i(pe), .fault_node_i(code), .fault_kind_i(2'd1), .fault_mask_i(8'h3c),
             .fault_value_i(8'd0), .hit_o(hit), .node_o(node), .keep_o(keep), .toggle_o(toggle), .own_keep_o(own_keep),
             .own_toggle_o(own_toggle));
         initial begin
           pe = 2; code = 5; #1 $display("%h %h %h %h", keep, toggle, own_keep, own_toggle);
           pe = 3; #1 $display("%h %h", keep, toggle);
           pe = 2; code = 4; #1 $display("%h %h", keep, toggle);
         end
       endmodule`,
      'espalier_fault_decode.v',
    );
    expect(lines).toEqual(['f3 0c f3 0c', 'ff 00', 'ff 00']);
  });

  it('puts slots on one node of one PE together, slot 0 first', () => {
    const lines = simulate(
      `module bench;
         reg [3:0] pe; wire [5:0] hit; wire [1:0] node; wire [15:0] keep, toggle, own_keep, own_toggle;
         // slot 0 makes the low bits 10, slot 1 flips bit 0
         espalier_fault_decode #(
             .PES(3), .SLOTS(2), .NODES(1), .PE_BITS(2), .DATA_BITS(8), .CODES(4'd0), .WIDTHS(8'hff)
         ) dut (
             .fault_en_i(2'b11), .fault_pe_i(pe), .fault_node_i(8'd0), .fault_kind_i({2'd2, 2'd3}),
             .fault_mask_i(16'h0103), .fault_value_i(16'h0002), .hit_o(hit), .node_o(node), .keep_o(keep),
             .toggle_o(toggle), .own_keep_o(own_keep), .own_toggle_o(own_toggle));
         initial begin
           pe = 4'b0101; #1 $display("%h %h %h %h", keep, toggle, own_keep, own_toggle);
           pe = 4'b0001; #1 $display("%h %h %h %h", keep, toggle, own_keep, own_toggle);
         end
       endmodule`,
      'espalier_fault_decode.v',
    );
    expect(lines).toEqual(['fcfc 0303 fffc 0102', 'fffc 0102 fffc 0102']);
  });
});

describe.skipIf(!hasIcarus)('espalier_fault_tap (skipped where iverilog is absent)', () => {
  it('changes the value where a slot hits, by the pair that the slots have in common', () => {
    const lines = simulate(
      `module bench;
         reg [1:0] hit; wire [3:0] value; integer n;
         // DATA_BITS is wider than the value
         espalier_fault_tap #(.WIDTH(4), .SLOTS(2), .DATA_BITS(8)) dut (
           .value_i(4'b1010), .value_o(value), .fault_hit_i(hit), .fault_keep_i(16'hfcfc), .fault_toggle_i(16'h0303));
         initial begin for (n = 0; n < 4; n = n + 1) begin hit = n; #1 $display("%b", value); end end
       endmodule`,
      'espalier_fault_tap.v',
    );
    expect(lines).toEqual(['1010', '1011', '1011', '1011']);
  });
});

describe.skipIf(!hasIcarus)('espalier_fault_report (skipped where iverilog is absent)', () => {
  it('tells a cycle later which slot changed what the slots before it left', () => {
    const lines = simulate(
      `module bench;
         reg clk, rst, en; reg [1:0] pe, late; wire [1:0] pe_q, fired; reg [15:0] keep, toggle, seen;
         wire [15:0] keep_q, toggle_q;
         espalier_fault_report #(.SLOTS(2), .PE_BITS(1), .NODE_BITS(4), .DATA_BITS(8)) dut (
           .clk_i(clk), .rst_i(rst), .en_i(en), .pe_i(pe), .pe_o(pe_q), .node_i(8'h00), .keep_i(keep), .keep_o(keep_q),
           .toggle_i(toggle), .toggle_o(toggle_q), .own_keep_i(keep), .own_toggle_i(toggle), .is_late_i(late),
           .seen_i(seen), .late_i(16'h0100), .fired_o(fired));
         task beat; begin #1 clk = 1; #1 clk = 0; end endtask
         initial begin
           clk = 0; en = 1; late = 0; pe = 0;
           // slot 0 sets bit 0, slot 1 clears it
           keep = 16'hfefe; toggle = 16'h0001; seen = 16'h0101;
           rst = 1; beat; $display("%b", fired);
           rst = 0; beat; $display("%b", fired);
           seen = 16'h0000; beat; $display("%b", fired);
           pe = 2'b10; beat; $display("%b", fired);
           late = 2'b11; beat; $display("%b", fired);
           en = 0; late = 0; pe = 0; beat; $display("%b %b", fired, pe_q);
         end
       endmodule`,
      'espalier_fault_report.v',
    );
    // Reset; bit 0 is set already and slot 1 clears it; both change it; slot 1 of another PE finds 0; late values; held.
    expect(lines).toEqual(['00', '10', '11', '01', '11', '11 10']);
  });
});

describe.skipIf(!hasIcarus)('espalier_booth (skipped where iverilog is absent)', () => {
  it.each([
    ['int8 × int8', { A_BITS: 8, A_SIGNED: 1, B_BITS: 8, B_SIGNED: 1, LATENCY: 0 }],
    ['uint8 × int8, one register', { A_BITS: 8, A_SIGNED: 0, B_BITS: 8, B_SIGNED: 1, LATENCY: 1 }],
    ['int8 × uint8, three registers', { A_BITS: 8, A_SIGNED: 1, B_BITS: 8, B_SIGNED: 0, LATENCY: 3 }],
    ['uint8 × uint8, more registers than rows', { A_BITS: 8, A_SIGNED: 0, B_BITS: 8, B_SIGNED: 0, LATENCY: 9 }],
  ])('multiplies all pairs of %s', (_, parameters) => {
    const { A_SIGNED, B_SIGNED, LATENCY } = parameters;
    const wide = (name: string, signed: number) => (signed ? `{{8{${name}[7]}}, ${name}}` : `{8'd0, ${name}}`);
    const lines = simulate(
      `module bench;
         reg clk, rst; reg [7:0] a, b; wire [15:0] product; reg [15:0] wanted [0:${LATENCY}]; integer n, k, wrong;
         espalier_booth #(${Object.entries(parameters)
           .map(([name, value]) => `.${name}(${value})`)
           .join(', ')}) dut (
           .clk_i(clk), .rst_i(rst), .en_i(1'b1), .a_i(a), .b_i(b), .product_o(product));
         initial begin
           wrong = 0; clk = 0; rst = 1; a = 255; b = 255; #1 clk = 1; #1 clk = 0; rst = 0;
           for (k = 0; k <= ${LATENCY}; k = k + 1) wanted[k] = 0;
           for (n = 0; n < 65536; n = n + 1) begin
             {a, b} = n; wanted[0] = ${wide('a', A_SIGNED)} * ${wide('b', B_SIGNED)};
             #1 if (product !== wanted[${LATENCY}]) wrong = wrong + 1;
             clk = 1; for (k = ${LATENCY}; k > 0; k = k - 1) wanted[k] = wanted[k-1];
             #1 clk = 0;
           end
           $display("%0d wrong", wrong);
         end
       endmodule`,
      'espalier_booth.v',
      'espalier_pipe.v',
    );
    expect(lines).toEqual(['0 wrong']);
  });
});
