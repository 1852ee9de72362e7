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
    // faults: 2 slots, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle
    input  wire [1:0] fault_hit_i,
    input  wire [7:0] fault_node_i,
    input  wire [63:0] fault_keep_i,
    input  wire [63:0] fault_toggle_i,
    output wire [1:0] fault_fired_o
);
  reg  [7:0] a_q;
  reg  [7:0] b_q;
  reg  [31:0] c_q;

  // fault node a
  wire [7:0] a_d;
  wire [1:0] a_d_fired;
  espalier_fault_tap #(
      .WIDTH(8), .NODE(0), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_a_d_tap (
      .value_i(a_i), .value_o(a_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(a_d_fired)
  );
  // what the next PE gets
  // fault node a_out
  wire [7:0] a_forward;
  wire [1:0] a_forward_fired;
  espalier_fault_tap #(
      .WIDTH(8), .NODE(4), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_a_forward_tap (
      .value_i(a_q), .value_o(a_forward),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(a_forward_fired)
  );
  // fault node b
  wire [7:0] b_d;
  wire [1:0] b_d_fired;
  espalier_fault_tap #(
      .WIDTH(8), .NODE(1), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_b_d_tap (
      .value_i(b_i), .value_o(b_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(b_d_fired)
  );
  // what the next PE gets
  // fault node b_out
  wire [7:0] b_forward;
  wire [1:0] b_forward_fired;
  espalier_fault_tap #(
      .WIDTH(8), .NODE(5), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_b_forward_tap (
      .value_i(b_q), .value_o(b_forward),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(b_forward_fired)
  );
  // the exact product, from both factors at its width
  wire [15:0] a_factor = { {8{a_q[7]}}, a_q};
  wire [15:0] b_factor = { {8{1'b0}}, b_q};
  wire [15:0] product = a_factor * b_factor;
  wire [31:0] addend = { {16{product[15]}}, product};
  // fault node c_in
  wire [31:0] c_in;
  wire [1:0] c_in_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(6), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_c_in_tap (
      .value_i(c_i), .value_o(c_in),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(c_in_fired)
  );
  wire [31:0] sum = c_in + addend;
  // fault node c
  wire [31:0] c_d;
  wire [1:0] c_d_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(2), .SLOTS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_c_d_tap (
      .value_i(sum), .value_o(c_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(c_d_fired)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      a_q <= 8'd0;
      b_q <= 8'd0;
      c_q <= 32'd0;
    end else if (en_i) begin
      a_q <= a_d;
      b_q <= b_d;
      c_q <= c_d;
    end
  end

  assign a_o = a_forward;
  assign b_o = b_forward;
  assign c_o = c_q;
  assign fault_fired_o = a_d_fired | a_forward_fired | b_d_fired | b_forward_fired | c_in_fired | c_d_fired;
endmodule

`default_nettype wire
