// Processing element of rs: the same everywhere in the array.
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

module rs_pe (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line b: moves by (1, 0) in 1 cycle
    input  wire [7:0] b_i,
    output wire [7:0] b_o,
    // line c: moves by (0, -1) in 1 cycle
    input  wire [15:0] c_i,
    output wire [15:0] c_o,
    // control tokens: travel beside line b
    input  wire first_i,
    output wire first_o,
    // shadow chain: loads the stationary line, moves by (1, 1) in 1 cycle
    input  wire [7:0] s_i,
    output wire [7:0] s_o
);
  reg  [15:0] c_q;
  reg  first_q;
  reg  [7:0] a_q;
  reg  [7:0] b_q;
  reg  [7:0] s_q;

  wire first_d = first_i;
  // a stays here
  wire [7:0] a_d = first_d ? s_i : a_q;
  wire [7:0] b_d = b_i;
  // what the next PE gets
  wire [7:0] b_forward = b_q;
  // the exact product, from both factors at its width
  wire [15:0] a_factor = { {8{1'b0}}, a_q};
  wire [15:0] b_factor = { {8{b_q[7]}}, b_q};
  wire [15:0] product = a_factor * b_factor;
  wire [15:0] addend = product;
  wire [15:0] c_in = c_i;
  wire [15:0] sum = c_in + addend;
  wire [15:0] c_d = sum;
  // passes on, loaded or not
  wire [7:0] s_d = s_i;

  always @(posedge clk_i) begin
    if (rst_i) begin
      c_q <= 16'd0;
      first_q <= 1'd0;
      a_q <= 8'd0;
      b_q <= 8'd0;
      s_q <= 8'd0;
    end else if (en_i) begin
      c_q <= c_d;
      first_q <= first_d;
      a_q <= a_d;
      b_q <= b_d;
      s_q <= s_d;
    end
  end

  assign first_o = first_q;
  assign b_o = b_forward;
  assign c_o = c_q;
  assign s_o = s_q;
endmodule

`default_nettype wire
