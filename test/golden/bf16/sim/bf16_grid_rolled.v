// Grid of bf16, rolled: the registers of bf16_grid as arrays with one element per PE, stepped in loops.
// For simulation: same ports, same registers, same values in every cycle as bf16_grid, at many times the speed, because
// the simulator compiles one loop and not 4 instances. For hardware take bf16_grid.
// Array bf16, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of bfloat16, B 2x2 of bfloat16, C and R 2x2 of float32
//   T = [[1, 0, 0], [0, 1, 0], [1, 1, 2]], det 2
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = j
// its registers a and b take their values in cycle
//   t = i + j + 2*k - 4
// and its register c in cycle t + 4. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
`default_nettype none

module bf16_grid_rolled (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a, moves by (0, 1) in 1 cycle: 2 lanes of 16 bits, for PEs (1, 1) (2, 1)
    input  wire [31:0] a_i,
    // line b, moves by (1, 0) in 1 cycle: 2 lanes of 16 bits, for PEs (1, 1) (1, 2)
    input  wire [31:0] b_i,
    // shadow chain, loads c, moves by (1, -1) in 2 cycles: 3 lanes of 32 bits, for PEs (1, 1) (1, 2) (2, 2)
    input  wire [95:0] s_i,
    // token first, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] first_i,
    // token last, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] last_i,
    // results R: 3 lanes of 32 bits, from PEs (1, 1) (2, 1) (2, 2)
    output wire [95:0] s_o,
    // fault slots, slot 0 in the least significant bits: enable, PE index (0 to 3), node, kind, mask, value; fired tells of the cycle before
    input  wire [0:0] fault_en_i,
    input  wire [1:0] fault_pe_i,
    input  wire [3:0] fault_node_i,
    input  wire [1:0] fault_kind_i,
    input  wire [31:0] fault_mask_i,
    input  wire [31:0] fault_value_i,
    output wire [0:0] fault_fired_o
);
  reg [15:0] a_q [0:3];
  reg [15:0] b_q [0:3];
  reg [31:0] p_q [0:3];
  reg [31:0] c_q [0:3];
  reg first_q [0:3];
  reg first_product1_q [0:3];
  reg first_p_q [0:3];
  reg last_q [0:3];
  reg last_product1_q [0:3];
  reg last_p_q [0:3];
  reg [31:0] s_q [0:3];
  reg [31:0] s_link1_q [0:3];
  // Registers within the operations: here they hold finished results.
  reg [31:0] product_stage1 [0:3];
  reg [31:0] sum_stage1 [0:3];
  reg [15:0] a_forward [0:3];
  reg [15:0] b_forward [0:3];
  reg [15:0] a_d [0:3];
  reg [15:0] b_d [0:3];
  reg first_d [0:3];
  reg last_d [0:3];
  reg [31:0] s_in [0:3];
  reg [31:0] p_d [0:3];
  reg [31:0] c_d [0:3];
  reg [31:0] c_in [0:3];
  reg [31:0] s_d [0:3];
  reg [31:0] fault_keep [0:0];
  reg [31:0] fault_toggle [0:0];
  reg [1:0] fault_pe [0:0];
  reg [0:0] fault_acts;
  reg [0:0] fired;
  integer slot;
  reg [95:0] s_out_q;
  reg [0:0] fired_q;
  integer p;

  localparam OPERAND_EXPONENT = 8;
  localparam OPERAND_FRACTION = 7;
  localparam RESULT_EXPONENT = 8;
  localparam RESULT_FRACTION = 23;
  `include "espalier_float.vh"

  // The tasks work on the arrays one statement after the other, so what is read is always what was meant; what leaves
  // the module is a register of its own. Non-blocking assignment to arrays in loops is beyond Verilator 5.006.
  /* verilator lint_off BLKSEQ */
  task clear;
    begin
      for (p = 0; p <= 3; p = p + 1) begin
        a_q[p] = 16'd0;
        b_q[p] = 16'd0;
        p_q[p] = 32'd0;
        c_q[p] = 32'd0;
        first_q[p] = 1'd0;
        first_product1_q[p] = 1'd0;
        first_p_q[p] = 1'd0;
        last_q[p] = 1'd0;
        last_product1_q[p] = 1'd0;
        last_p_q[p] = 1'd0;
        s_q[p] = 32'd0;
        s_link1_q[p] = 32'd0;
        product_stage1[p] = 32'd0;
        sum_stage1[p] = 32'd0;
      end
      fired = 1'd0;
    end
  endtask

  task step;
    begin
      fired = 1'd0;
      for (slot = 0; slot < 1; slot = slot + 1) begin
        fault_keep[slot] = fault_kind_i[slot*2 +: 2] == 2'd2 ? {32{1'b1}} : ~fault_mask_i[slot*32 +: 32];
        fault_toggle[slot] = fault_kind_i[slot*2 +: 2] == 2'd0 ? 32'd0 :
                             fault_kind_i[slot*2 +: 2] == 2'd3 ? fault_mask_i[slot*32 +: 32] & fault_value_i[slot*32 +: 32] :
                             fault_mask_i[slot*32 +: 32];
        fault_pe[slot] = fault_pe_i[slot*2 +: 2];
        fault_acts[slot] = fault_en_i[slot];
      end

      // What line a forwards
      for (p = 0; p <= 3; p = p + 1) begin
        a_forward[p] = a_q[p];
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h4) begin  // node a_out
          if (((a_forward[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0]) != a_forward[fault_pe[slot]]) fired[slot] = 1'b1;
          a_forward[fault_pe[slot]] = (a_forward[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0];
        end
      end

      // What line b forwards
      for (p = 0; p <= 3; p = p + 1) begin
        b_forward[p] = b_q[p];
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h5) begin  // node b_out
          if (((b_forward[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0]) != b_forward[fault_pe[slot]]) fired[slot] = 1'b1;
          b_forward[fault_pe[slot]] = (b_forward[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0];
        end
      end

      // Stream a arrives: from PE to PE, and from the edge
      for (p = 1; p <= 1; p = p + 1) begin
        a_d[p] = a_forward[p - 1];
      end
      for (p = 3; p <= 3; p = p + 1) begin
        a_d[p] = a_forward[p - 1];
      end
      a_d[0] = a_i[15:0];
      a_d[2] = a_i[31:16];

      // Stream b arrives: from PE to PE, and from the edge
      for (p = 2; p <= 3; p = p + 1) begin
        b_d[p] = b_forward[p - 2];
      end
      b_d[0] = b_i[15:0];
      b_d[1] = b_i[31:16];

      // Stream first arrives: from PE to PE, and from the edge
      for (p = 1; p <= 1; p = p + 1) begin
        first_d[p] = first_q[p - 1];
      end
      for (p = 3; p <= 3; p = p + 1) begin
        first_d[p] = first_q[p - 1];
      end
      first_d[0] = first_i[0];
      first_d[2] = first_i[1];

      // Stream last arrives: from PE to PE, and from the edge
      for (p = 1; p <= 1; p = p + 1) begin
        last_d[p] = last_q[p - 1];
      end
      for (p = 3; p <= 3; p = p + 1) begin
        last_d[p] = last_q[p - 1];
      end
      last_d[0] = last_i[0];
      last_d[2] = last_i[1];

      // Stream s arrives: from PE to PE, and from the edge
      for (p = 2; p <= 2; p = p + 1) begin
        s_in[p] = s_link1_q[p - 1];
      end
      s_in[0] = s_i[31:0];
      s_in[1] = s_i[63:32];
      s_in[3] = s_i[95:64];

      // Faults of the token first
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h7) begin  // node first
          if (((first_d[fault_pe[slot]] & fault_keep[slot][0:0]) ^ fault_toggle[slot][0:0]) != first_d[fault_pe[slot]]) fired[slot] = 1'b1;
          first_d[fault_pe[slot]] = (first_d[fault_pe[slot]] & fault_keep[slot][0:0]) ^ fault_toggle[slot][0:0];
        end
      end

      // Faults of the token last
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h8) begin  // node last
          if (((last_d[fault_pe[slot]] & fault_keep[slot][0:0]) ^ fault_toggle[slot][0:0]) != last_d[fault_pe[slot]]) fired[slot] = 1'b1;
          last_d[fault_pe[slot]] = (last_d[fault_pe[slot]] & fault_keep[slot][0:0]) ^ fault_toggle[slot][0:0];
        end
      end

      // Faults of register a
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h0) begin  // node a
          if (((a_d[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0]) != a_d[fault_pe[slot]]) fired[slot] = 1'b1;
          a_d[fault_pe[slot]] = (a_d[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0];
        end
      end

      // Faults of register b
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h1) begin  // node b
          if (((b_d[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0]) != b_d[fault_pe[slot]]) fired[slot] = 1'b1;
          b_d[fault_pe[slot]] = (b_d[fault_pe[slot]] & fault_keep[slot][15:0]) ^ fault_toggle[slot][15:0];
        end
      end

      // Products
      for (p = 0; p <= 3; p = p + 1) begin
        p_d[p] = product_stage1[p];
        product_stage1[p] = float_multiply(a_q[p], b_q[p]);
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h3) begin  // node p
          if (((p_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != p_d[fault_pe[slot]]) fired[slot] = 1'b1;
          p_d[fault_pe[slot]] = (p_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // What enters the adders
      for (p = 0; p <= 3; p = p + 1) begin
        c_in[p] = first_p_q[p] ? s_in[p] : c_q[p];
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h6) begin  // node c_in
          if (((c_in[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != c_in[fault_pe[slot]]) fired[slot] = 1'b1;
          c_in[fault_pe[slot]] = (c_in[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // Sums
      for (p = 0; p <= 3; p = p + 1) begin
        c_d[p] = sum_stage1[p];
        sum_stage1[p] = float_add(c_in[p], p_q[p]);
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h2) begin  // node c
          if (((c_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != c_d[fault_pe[slot]]) fired[slot] = 1'b1;
          c_d[fault_pe[slot]] = (c_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // The shadow chain takes finished sums
      for (p = 0; p <= 3; p = p + 1) begin
        s_d[p] = last_p_q[p] ? c_q[p] : s_in[p];
      end
      for (slot = 0; slot < 1; slot = slot + 1) begin
        if (fault_acts[slot] && fault_node_i[slot*4 +: 4] == 4'h9) begin  // node s
          if (((s_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot]) != s_d[fault_pe[slot]]) fired[slot] = 1'b1;
          s_d[fault_pe[slot]] = (s_d[fault_pe[slot]] & fault_keep[slot]) ^ fault_toggle[slot];
        end
      end

      // The clock edge
      for (p = 0; p <= 3; p = p + 1) begin
        first_p_q[p] = first_product1_q[p];
        first_product1_q[p] = first_q[p];
        first_q[p] = first_d[p];
        last_p_q[p] = last_product1_q[p];
        last_product1_q[p] = last_q[p];
        last_q[p] = last_d[p];
        p_q[p] = p_d[p];
        a_q[p] = a_d[p];
        b_q[p] = b_d[p];
        c_q[p] = c_d[p];
        s_link1_q[p] = s_q[p];
        s_q[p] = s_d[p];
      end
    end
  endtask
  /* verilator lint_on BLKSEQ */

  always @(posedge clk_i) begin
    if (rst_i) clear;
    else if (en_i) step;
    s_out_q[31:0] <= s_link1_q[0];
    s_out_q[63:32] <= s_link1_q[2];
    s_out_q[95:64] <= s_link1_q[3];
    fired_q <= fired;
  end

  assign s_o = s_out_q;
  assign fault_fired_o = fired_q;
endmodule

`default_nettype wire
