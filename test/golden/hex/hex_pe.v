// Processing element of hex: the same everywhere in the array.
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

module hex_pe (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a: moves by (1, -1) in 1 cycle
    input  wire [7:0] a_i,
    output wire [7:0] a_o,
    // line b: moves by (-1, 0) in 1 cycle
    input  wire [7:0] b_i,
    output wire [7:0] b_o,
    // line c: moves by (0, 1) in 1 cycle
    input  wire [31:0] c_i,
    output wire [31:0] c_o,
    // faults: 2 slots, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle; late: of the cycle before
    input  wire [1:0] fault_hit_i,
    input  wire [11:0] fault_node_i,
    input  wire [63:0] fault_keep_i,
    input  wire [63:0] fault_toggle_i,
    input  wire [63:0] fault_late_keep_i,
    input  wire [63:0] fault_late_toggle_i,
    output wire [7:0] fault_a_o,
    output wire [7:0] fault_b_o,
    output wire [31:0] fault_c_o,
    output wire [7:0] fault_a_out_o,
    output wire [7:0] fault_b_out_o,
    output wire [31:0] fault_c_in_o
);
  reg  [31:0] c_clean_q;
  reg  [1:0] c_hit_q;
  reg  [7:0] a_q;
  reg  [7:0] b_q;

  // register c, with the faults of the cycle in which it took its value
  // fault node c
  wire [31:0] c_q;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(2), .DATA_BITS(32)
  ) u_c_q_tap (
      .value_i(c_clean_q), .value_o(c_q),
      .fault_hit_i(c_hit_q), .fault_keep_i(fault_late_keep_i), .fault_toggle_i(fault_late_toggle_i)
  );
  // fault node a
  wire [7:0] a_d_clean = a_i;
  wire [7:0] a_d;
  espalier_fault_tap #(
      .WIDTH(8), .SLOTS(2), .DATA_BITS(32)
  ) u_a_d_tap (
      .value_i(a_d_clean), .value_o(a_d),
      .fault_hit_i(fault_hit_i & fault_node_i[1:0]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node a_out
  wire [7:0] a_forward_clean = a_q;
  wire [7:0] a_forward;
  espalier_fault_tap #(
      .WIDTH(8), .SLOTS(2), .DATA_BITS(32)
  ) u_a_forward_tap (
      .value_i(a_forward_clean), .value_o(a_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[7:6]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node b
  wire [7:0] b_d_clean = b_i;
  wire [7:0] b_d;
  espalier_fault_tap #(
      .WIDTH(8), .SLOTS(2), .DATA_BITS(32)
  ) u_b_d_tap (
      .value_i(b_d_clean), .value_o(b_d),
      .fault_hit_i(fault_hit_i & fault_node_i[3:2]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node b_out
  wire [7:0] b_forward_clean = b_q;
  wire [7:0] b_forward;
  espalier_fault_tap #(
      .WIDTH(8), .SLOTS(2), .DATA_BITS(32)
  ) u_b_forward_tap (
      .value_i(b_forward_clean), .value_o(b_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[9:8]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // the exact product, from both factors at its width
  wire [15:0] a_factor = { {8{a_q[7]}}, a_q};
  wire [15:0] b_factor = { {8{1'b0}}, b_q};
  wire [15:0] product = a_factor * b_factor;
  wire [31:0] addend = { {16{product[15]}}, product};
  // fault node c_in
  wire [31:0] c_in_clean = c_i;
  wire [31:0] c_in;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(2), .DATA_BITS(32)
  ) u_c_in_tap (
      .value_i(c_in_clean), .value_o(c_in),
      .fault_hit_i(fault_hit_i & fault_node_i[11:10]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  wire [31:0] sum = c_in + addend;
  wire [31:0] c_d = sum;

  always @(posedge clk_i) begin
    if (rst_i) begin
      c_clean_q <= 32'd0;
      c_hit_q <= 2'd0;
      a_q <= 8'd0;
      b_q <= 8'd0;
    end else if (en_i) begin
      c_clean_q <= c_d;
      c_hit_q <= fault_hit_i & fault_node_i[5:4];
      a_q <= a_d;
      b_q <= b_d;
    end
  end

  assign a_o = a_forward;
  assign b_o = b_forward;
  assign c_o = c_q;
  assign fault_c_o = c_clean_q;
  assign fault_a_o = a_d_clean;
  assign fault_a_out_o = a_forward_clean;
  assign fault_b_o = b_d_clean;
  assign fault_b_out_o = b_forward_clean;
  assign fault_c_in_o = c_in_clean;
endmodule

`default_nettype wire
