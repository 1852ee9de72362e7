// Grid of rs, rolled: the registers of rs_grid as arrays with one element per PE, stepped in loops.
// For simulation: same ports, same registers, same values in every cycle as rs_grid, at many times the speed, because
// the simulator compiles one loop and not 4 instances. For hardware take rs_grid.
// Array rs, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of uint8, B 2x2 of int8, C and R 2x2 of int16
//   T = [[1, 0, 0], [0, 0, -1], [1, 1, 1]], det 1
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = -k
// its registers a and b take their values in cycle
//   t = i + j + k - 3
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
`default_nettype none

module rs_grid_rolled (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line b, moves by (1, 0) in 1 cycle: 2 lanes of 8 bits, for PEs (1, -2) (1, -1)
    input  wire [15:0] b_i,
    // line c, moves by (0, -1) in 1 cycle: 2 lanes of 16 bits, for PEs (1, -1) (2, -1)
    input  wire [31:0] c_i,
    // shadow chain, loads a, moves by (1, 1) in 1 cycle: 3 lanes of 8 bits, for PEs (1, -2) (1, -1) (2, -2)
    input  wire [23:0] s_i,
    // token first, beside line b: 2 lanes of 1 bit, for PEs (1, -2) (1, -1)
    input  wire [1:0] first_i,
    // results R: 2 lanes of 16 bits, from PEs (1, -2) (2, -2)
    output wire [31:0] c_o
);
  reg [7:0] a_q [0:3];
  reg [7:0] b_q [0:3];
  reg [15:0] c_q [0:3];
  reg first_q [0:3];
  reg [7:0] s_q [0:3];
  reg [7:0] b_d [0:3];
  reg [15:0] c_in [0:3];
  reg first_d [0:3];
  reg [7:0] s_in [0:3];
  reg [7:0] a_d [0:3];
  reg [15:0] c_d [0:3];
  reg [15:0] product [0:3];
  reg [7:0] s_d [0:3];
  reg [31:0] c_out_q;
  integer p;

  // The tasks work on the arrays one statement after the other, so what is read is always what was meant; what leaves
  // the module is a register of its own. Non-blocking assignment to arrays in loops is beyond Verilator 5.006.
  /* verilator lint_off BLKSEQ */
  task clear;
    begin
      for (p = 0; p <= 3; p = p + 1) begin
        a_q[p] = 8'd0;
        b_q[p] = 8'd0;
        c_q[p] = 16'd0;
        first_q[p] = 1'd0;
        s_q[p] = 8'd0;
      end
    end
  endtask

  task step;
    begin

      // Stream b arrives: from PE to PE, and from the edge
      for (p = 2; p <= 3; p = p + 1) begin
        b_d[p] = b_q[p - 2];
      end
      b_d[0] = b_i[7:0];
      b_d[1] = b_i[15:8];

      // Stream c arrives: from PE to PE, and from the edge
      for (p = 0; p <= 0; p = p + 1) begin
        c_in[p] = c_q[p + 1];
      end
      for (p = 2; p <= 2; p = p + 1) begin
        c_in[p] = c_q[p + 1];
      end
      c_in[1] = c_i[15:0];
      c_in[3] = c_i[31:16];

      // Stream first arrives: from PE to PE, and from the edge
      for (p = 2; p <= 3; p = p + 1) begin
        first_d[p] = first_q[p - 2];
      end
      first_d[0] = first_i[0];
      first_d[1] = first_i[1];

      // Stream s arrives: from PE to PE, and from the edge
      for (p = 3; p <= 3; p = p + 1) begin
        s_in[p] = s_q[p - 3];
      end
      s_in[0] = s_i[7:0];
      s_in[1] = s_i[15:8];
      s_in[2] = s_i[23:16];

      // Line a stays, unless first loads it
      for (p = 0; p <= 3; p = p + 1) begin
        a_d[p] = first_d[p] ? s_in[p] : a_q[p];
      end

      // What enters the adders

      // Sums
      for (p = 0; p <= 3; p = p + 1) begin
        product[p] = { {8{1'b0}}, a_q[p]} * { {8{b_q[p][7]}}, b_q[p]};
      end
      for (p = 0; p <= 3; p = p + 1) begin
        c_d[p] = c_in[p] + product[p];
      end

      // The shadow chain moves on
      for (p = 0; p <= 3; p = p + 1) begin
        s_d[p] = s_in[p];
      end

      // The clock edge
      for (p = 0; p <= 3; p = p + 1) begin
        first_q[p] = first_d[p];
        a_q[p] = a_d[p];
        b_q[p] = b_d[p];
        c_q[p] = c_d[p];
        s_q[p] = s_d[p];
      end
    end
  endtask
  /* verilator lint_on BLKSEQ */

  always @(posedge clk_i) begin
    if (rst_i) clear;
    else if (en_i) step;
    c_out_q[15:0] <= c_q[0];
    c_out_q[31:16] <= c_q[2];
  end

  assign c_o = c_out_q;
endmodule

`default_nettype wire
