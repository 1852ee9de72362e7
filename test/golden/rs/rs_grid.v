// Grid of rs: 4 PEs and the links between them.
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
//
// Lane n of a stream port belongs to the PE named in the comment beside it; lane 0 is in the least significant bits.
// When each element enters and leaves is in manifest.json, as the formula above and as a list per lane.
`default_nettype none

module rs_grid (
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
  wire [7:0] b_x1_ym2;
  wire [7:0] b_x1_ym1;
  wire [7:0] b_x2_ym2_unused;
  wire [7:0] b_x2_ym1_unused;
  wire [15:0] c_x1_ym2;
  wire [15:0] c_x1_ym1;
  wire [15:0] c_x2_ym2;
  wire [15:0] c_x2_ym1;
  wire first_x1_ym2;
  wire first_x1_ym1;
  wire first_x2_ym2_unused;
  wire first_x2_ym1_unused;
  wire [7:0] s_x1_ym2;
  wire [7:0] s_x1_ym1_unused;
  wire [7:0] s_x2_ym2_unused;
  wire [7:0] s_x2_ym1_unused;

  // PE 0 at (1, -2)
  rs_pe pe_x1_ym2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .b_i(b_i[7:0]), .b_o(b_x1_ym2),  // lane 0 of b_i
      .c_i(c_x1_ym1), .c_o(c_x1_ym2),
      .first_i(first_i[0]), .first_o(first_x1_ym2),  // lane 0 of first_i
      .s_i(s_i[7:0]), .s_o(s_x1_ym2)  // lane 0 of s_i
  );
  // PE 1 at (1, -1)
  rs_pe pe_x1_ym1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .b_i(b_i[15:8]), .b_o(b_x1_ym1),  // lane 1 of b_i
      .c_i(c_i[15:0]), .c_o(c_x1_ym1),  // lane 0 of c_i
      .first_i(first_i[1]), .first_o(first_x1_ym1),  // lane 1 of first_i
      .s_i(s_i[15:8]), .s_o(s_x1_ym1_unused)  // lane 1 of s_i
  );
  // PE 2 at (2, -2)
  rs_pe pe_x2_ym2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .b_i(b_x1_ym2), .b_o(b_x2_ym2_unused),
      .c_i(c_x2_ym1), .c_o(c_x2_ym2),
      .first_i(first_x1_ym2), .first_o(first_x2_ym2_unused),
      .s_i(s_i[23:16]), .s_o(s_x2_ym2_unused)  // lane 2 of s_i
  );
  // PE 3 at (2, -1)
  rs_pe pe_x2_ym1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .b_i(b_x1_ym1), .b_o(b_x2_ym1_unused),
      .c_i(c_i[31:16]), .c_o(c_x2_ym1),  // lane 1 of c_i
      .first_i(first_x1_ym1), .first_o(first_x2_ym1_unused),
      .s_i(s_x1_ym2), .s_o(s_x2_ym1_unused)
  );

  assign c_o[15:0] = c_x1_ym2;  // lane 0 of c_o
  assign c_o[31:16] = c_x2_ym2;  // lane 1 of c_o
endmodule

`default_nettype wire
