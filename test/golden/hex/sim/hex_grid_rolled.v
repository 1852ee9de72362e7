// Grid of hex, rolled: the registers of hex_grid as arrays with one element per PE, stepped in loops.
// For simulation: same ports, same registers, same values in every cycle as hex_grid, at many times the speed, because
// the simulator compiles one loop and not 7 instances. For hardware take hex_grid.
// Array hex, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of int8, B 2x2 of uint8, C and R 2x2 of int32
//   T = [[-1, 1, 0], [0, -1, 1], [1, 1, 1]], det 3
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = -i + j
//   y = -j + k
// its registers a and b take their values in cycle
//   t = i + j + k - 2
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
`default_nettype none

module hex_grid_rolled (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a, moves by (1, -1) in 1 cycle: 3 lanes of 8 bits, for PEs (-1, 0) (-1, 1) (0, 1)
    input  wire [23:0] a_i,
    // line b, moves by (-1, 0) in 1 cycle: 3 lanes of 8 bits, for PEs (0, 1) (1, -1) (1, 0)
    input  wire [23:0] b_i,
    // line c, moves by (0, 1) in 1 cycle: 3 lanes of 32 bits, for PEs (-1, 0) (0, -1) (1, -1)
    input  wire [95:0] c_i,
    // results R: 3 lanes of 32 bits, from PEs (-1, 1) (0, 1) (1, 0)
    output wire [95:0] c_o,
    // fault slots, slot 0 in the least significant bits: enable, PE index (0 to 6), node, kind, mask, value; fired tells of the cycle before
    input  wire [1:0] fault_en_i,
    input  wire [5:0] fault_pe_i,
    input  wire [7:0] fault_node_i,
    input  wire [3:0] fault_kind_i,
    input  wire [63:0] fault_mask_i,
    input  wire [63:0] fault_value_i,
    output wire [1:0] fault_fired_o
);
  reg [7:0] a_q [0:6];
  reg [7:0] b_q [0:6];
  reg [31:0] c_q [0:6];
  reg [7:0] a_forward [0:6];
  reg [7:0] b_forward [0:6];
  reg [7:0] a_d [0:6];
  reg [7:0] b_d [0:6];
  reg [31:0] c_in [0:6];
  reg [31:0] c_d [0:6];
  reg [15:0] product [0:6];
  reg [31:0] fault_keep [0:1];
  reg [31:0] fault_toggle [0:1];
  reg [2:0] fault_pe [0:1];
  reg [1:0] fault_acts;
  reg [1:0] fired;
  integer slot;
  reg [95:0] c_out_q;
  reg [1:0] fired_q;
  integer p;

  // The tasks work on the arrays one statement after the other, so what is read is always what was meant; what leaves
  // the module is a register of its own. Non-blocking assignment to arrays in loops is beyond Verilator 5.006.
  /* verilator lint_off BLKSEQ */
  task clear;
    begin
      for (p = 0; p <= 6; p = p + 1) begin
        a_q[p] = 8'd0;
        b_q[p] = 8'd0;
        c_q[p] = 32'd0;
      end
      fired = 2'd0;
    end
  endtask

  task step;
    begin
      fired = 2'd0;
      for (slot = 0; slot < 2; slot = slot + 1) begin
        fault_keep[slot] = fault_kind_i[slot*2 +: 2] == 2'd2 ? {32{1'b1}} : ~fault_mask_i[slot*32 +: 32];
        fault_toggle[slot] = fault_kind_i[slot*2 +: 2] == 2'd0 ? 32'd0 :
                             fault_kind_i[slot*2 +: 2] == 2'd3 ? fault_mask_i[slot*32 +: 32] & fault_value_i[slot*32 +: 32] :
                             fault_mask_i[slot*32 +: 32];
        fault_pe[slot] = fault_pe_i[slot*3 +: 3];
        fault_acts[slot] = fault_en_i[slot] && fault_pe_i[slot*3 +: 3] <= 3'd6;
      end

      // What line a forwards
      for (p = 0; p <= 6; p = p + 1) begin
        a_forward[p] = a_q[p];
      end
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h4) begin  // node a_out
          if (((a_forward[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0]) != a_forward[fault_pe[slot]]) fired[slot] = 1'b1;
          a_forward[fault_pe[slot]] = (a_forward[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0];
        end
      end

      // What line b forwards
      for (p = 0; p <= 6; p = p + 1) begin
        b_forward[p] = b_q[p];
      end
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h5) begin  // node b_out
          if (((b_forward[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0]) != b_forward[fault_pe[slot]]) fired[slot] = 1'b1;
          b_forward[fault_pe[slot]] = (b_forward[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0];
        end
      end

      // Stream a arrives: from PE to PE, and from the edge
      for (p = 2; p <= 3; p = p + 1) begin
        a_d[p] = a_forward[p - 2];
      end
      for (p = 5; p <= 6; p = p + 1) begin
        a_d[p] = a_forward[p - 2];
      end
      a_d[0] = a_i[7:0];
      a_d[1] = a_i[15:8];
      a_d[4] = a_i[23:16];

      // Stream b arrives: from PE to PE, and from the edge
      for (p = 0; p <= 3; p = p + 1) begin
        b_d[p] = b_forward[p + 3];
      end
      b_d[4] = b_i[7:0];
      b_d[5] = b_i[15:8];
      b_d[6] = b_i[23:16];

      // Stream c arrives: from PE to PE, and from the edge
      for (p = 1; p <= 1; p = p + 1) begin
        c_in[p] = c_q[p - 1];
      end
      for (p = 3; p <= 4; p = p + 1) begin
        c_in[p] = c_q[p - 1];
      end
      for (p = 6; p <= 6; p = p + 1) begin
        c_in[p] = c_q[p - 1];
      end
      c_in[0] = c_i[31:0];
      c_in[2] = c_i[63:32];
      c_in[5] = c_i[95:64];

      // Faults of register a
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h0) begin  // node a
          if (((a_d[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0]) != a_d[fault_pe[slot]]) fired[slot] = 1'b1;
          a_d[fault_pe[slot]] = (a_d[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0];
        end
      end

      // Faults of register b
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h1) begin  // node b
          if (((b_d[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0]) != b_d[fault_pe[slot]]) fired[slot] = 1'b1;
          b_d[fault_pe[slot]] = (b_d[fault_pe[slot]] & fault_keep[slot][7:0]) ^ fault_toggle[slot][7:0];
        end
      end

      // What enters the adders
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h6) begin  // node c_in
          if (((c_in[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != c_in[fault_pe[slot]]) fired[slot] = 1'b1;
          c_in[fault_pe[slot]] = (c_in[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // Sums
      for (p = 0; p <= 6; p = p + 1) begin
        product[p] = { {8{a_q[p][7]}}, a_q[p]} * { {8{1'b0}}, b_q[p]};
      end
      for (p = 0; p <= 6; p = p + 1) begin
        c_d[p] = c_in[p] + { {16{product[p][15]}}, product[p]};
      end
      for (slot = 0; slot < 2; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h2) begin  // node c
          if (((c_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != c_d[fault_pe[slot]]) fired[slot] = 1'b1;
          c_d[fault_pe[slot]] = (c_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // The clock edge
      for (p = 0; p <= 6; p = p + 1) begin
        a_q[p] = a_d[p];
        b_q[p] = b_d[p];
        c_q[p] = c_d[p];
      end
    end
  endtask
  /* verilator lint_on BLKSEQ */

  always @(posedge clk_i) begin
    if (rst_i) clear;
    else if (en_i) step;
    c_out_q[31:0] <= c_q[1];
    c_out_q[63:32] <= c_q[4];
    c_out_q[95:64] <= c_q[6];
    fired_q <= fired;
  end

  assign c_o = c_out_q;
  assign fault_fired_o = fired_q;
endmodule

`default_nettype wire
