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
         reg [1:0] kind; wire [0:0] hit; wire [7:0] keep, toggle; integer n;
         espalier_fault_decode #(.PES(1), .SLOTS(1), .PE_BITS(1), .DATA_BITS(8)) dut (
           .fault_en_i(1'b1), .fault_pe_i(1'b0), .fault_kind_i(kind), .fault_mask_i(8'h0f), .fault_value_i(8'ha5),
           .hit_o(hit), .keep_o(keep), .toggle_o(toggle));
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
         reg [1:0] en; wire [5:0] hit; wire [15:0] keep, toggle;
         espalier_fault_decode #(.PES(3), .SLOTS(2), .PE_BITS(2), .DATA_BITS(8)) dut (
           .fault_en_i(en), .fault_pe_i({2'd2, 2'd1}), .fault_kind_i(4'd0), .fault_mask_i(16'd0),
           .fault_value_i(16'd0), .hit_o(hit), .keep_o(keep), .toggle_o(toggle));
         initial begin
           en = 2'b00; #1 $display("%b", hit); en = 2'b01; #1 $display("%b", hit); en = 2'b11; #1 $display("%b", hit);
         end
       endmodule`,
      'espalier_fault_decode.v',
    );
    // PE 2 | PE 1 | PE 0, each slot 1 then slot 0.
    expect(lines).toEqual(['000000', '000100', '100100']);
  });
});

describe.skipIf(!hasIcarus)('espalier_fault_tap (skipped where iverilog is absent)', () => {
  it('applies the slots in order, and says which of them changed the value', () => {
    const lines = simulate(
      `module bench;
         reg [1:0] hit; wire [3:0] value; wire [1:0] fired;
         // slot 0 sets the low bits, slot 1 flips bit 0; DATA_BITS is wider than the value.
         espalier_fault_tap #(.WIDTH(4), .NODE(2), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(8)) dut (
           .value_i(4'b1010), .value_o(value), .fault_hit_i(hit), .fault_node_i({4'd2, 4'd2}),
           .fault_keep_i({8'hff, 8'hfc}), .fault_toggle_i({8'h01, 8'h02}), .fault_fired_o(fired));
         integer n;
         initial begin for (n = 0; n < 4; n = n + 1) begin hit = n; #1 $display("%b %b", value, fired); end end
       endmodule`,
      'espalier_fault_tap.v',
    );
    // The value under slot 0 alone stays 1010: it does not fire.
    expect(lines).toEqual(['1010 00', '1010 00', '1011 10', '1011 10']);
  });

  it('ignores a slot that addresses another node', () => {
    const lines = simulate(
      `module bench;
         wire [3:0] value; wire [0:0] fired;
         espalier_fault_tap #(.WIDTH(4), .NODE(2), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(4)) dut (
           .value_i(4'b1010), .value_o(value), .fault_hit_i(1'b1), .fault_node_i(4'd3),
           .fault_keep_i(4'h0), .fault_toggle_i(4'h0), .fault_fired_o(fired));
         initial #1 $display("%b %b", value, fired);
       endmodule`,
      'espalier_fault_tap.v',
    );
    expect(lines).toEqual(['1010 0']);
  });
});
