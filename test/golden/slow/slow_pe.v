// Processing element of slow: the same everywhere in the array.
// Array slow, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of int16, B 2x1 of int16, C and R 2x1 of int64
//   T = [[1, 0, 0], [0, 1, 0], [2, 1, 3]], det 3
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = j
// its registers a and b take their values in cycle
//   t = 2*i + j + 3*k - 6
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
`default_nettype none

module slow_pe (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a: moves by (0, 1) in 1 cycle
    input  wire [15:0] a_i,
    output wire [15:0] a_o,
    // line b: moves by (1, 0) in 2 cycles
    input  wire [15:0] b_i,
    output wire [15:0] b_o,
    // control tokens: travel beside line a
    input  wire first_i,
    output wire first_o,
    input  wire last_i,
    output wire last_o,
    // shadow chain: loads and drains c, moves by (0, 1) in 4 cycles
    input  wire [63:0] s_i,
    output wire [63:0] s_o,
    // faults: 1 slot, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle; late: of the cycle before
    input  wire [0:0] fault_hit_i,
    input  wire [8:0] fault_node_i,
    input  wire [63:0] fault_keep_i,
    input  wire [63:0] fault_toggle_i,
    input  wire [63:0] fault_late_keep_i,
    input  wire [63:0] fault_late_toggle_i,
    output wire [15:0] fault_a_o,
    output wire [15:0] fault_b_o,
    output wire [63:0] fault_c_o,
    output wire [15:0] fault_a_out_o,
    output wire [15:0] fault_b_out_o,
    output wire [63:0] fault_c_in_o,
    output wire fault_first_o,
    output wire fault_last_o,
    output wire [63:0] fault_s_o
);
  reg  [63:0] c_clean_q;
  reg  c_hit_q;
  reg  first_q;
  reg  last_q;
  reg  [15:0] a_q;
  reg  [15:0] b_q;
  reg  [15:0] b_link1_q;
  reg  [63:0] c_link1_q;
  reg  [63:0] c_link2_q;
  reg  [63:0] s_q;
  reg  [63:0] s_link1_q;
  reg  [63:0] s_link2_q;
  reg  [63:0] s_link3_q;

  // register c, with the faults of the cycle in which it took its value
  // fault node c
  wire [63:0] c_q;
  espalier_fault_tap #(
      .WIDTH(64), .SLOTS(1), .DATA_BITS(64)
  ) u_c_q_tap (
      .value_i(c_clean_q), .value_o(c_q),
      .fault_hit_i(c_hit_q), .fault_keep_i(fault_late_keep_i), .fault_toggle_i(fault_late_toggle_i)
  );
  // fault node first
  wire first_d_clean = first_i;
  wire first_d;
  espalier_fault_tap #(
      .WIDTH(1), .SLOTS(1), .DATA_BITS(64)
  ) u_first_d_tap (
      .value_i(first_d_clean), .value_o(first_d),
      .fault_hit_i(fault_hit_i & fault_node_i[6:6]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node last
  wire last_d_clean = last_i;
  wire last_d;
  espalier_fault_tap #(
      .WIDTH(1), .SLOTS(1), .DATA_BITS(64)
  ) u_last_d_tap (
      .value_i(last_d_clean), .value_o(last_d),
      .fault_hit_i(fault_hit_i & fault_node_i[7:7]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node a
  wire [15:0] a_d_clean = a_i;
  wire [15:0] a_d;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(64)
  ) u_a_d_tap (
      .value_i(a_d_clean), .value_o(a_d),
      .fault_hit_i(fault_hit_i & fault_node_i[0:0]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node a_out
  wire [15:0] a_forward_clean = a_q;
  wire [15:0] a_forward;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(64)
  ) u_a_forward_tap (
      .value_i(a_forward_clean), .value_o(a_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[3:3]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node b
  wire [15:0] b_d_clean = b_i;
  wire [15:0] b_d;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(64)
  ) u_b_d_tap (
      .value_i(b_d_clean), .value_o(b_d),
      .fault_hit_i(fault_hit_i & fault_node_i[1:1]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node b_out
  wire [15:0] b_forward_clean = b_q;
  wire [15:0] b_forward;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(64)
  ) u_b_forward_tap (
      .value_i(b_forward_clean), .value_o(b_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[4:4]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // the exact product, from both factors at its width
  wire [31:0] a_factor = { {16{a_q[15]}}, a_q};
  wire [31:0] b_factor = { {16{b_q[15]}}, b_q};
  wire [31:0] product = a_factor * b_factor;
  wire [63:0] addend = { {32{product[31]}}, product};
  // c stays here
  // fault node c_in
  wire [63:0] c_in_clean = first_q ? s_i : c_link2_q;
  wire [63:0] c_in;
  espalier_fault_tap #(
      .WIDTH(64), .SLOTS(1), .DATA_BITS(64)
  ) u_c_in_tap (
      .value_i(c_in_clean), .value_o(c_in),
      .fault_hit_i(fault_hit_i & fault_node_i[5:5]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  wire [63:0] sum = c_in + addend;
  wire [63:0] c_d = sum;
  // the finished sum leaves in the slot that brought the new one
  // fault node s
  wire [63:0] s_d_clean = last_q ? c_link2_q : s_i;
  wire [63:0] s_d;
  espalier_fault_tap #(
      .WIDTH(64), .SLOTS(1), .DATA_BITS(64)
  ) u_s_d_tap (
      .value_i(s_d_clean), .value_o(s_d),
      .fault_hit_i(fault_hit_i & fault_node_i[8:8]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      c_clean_q <= 64'd0;
      c_hit_q <= 1'd0;
      first_q <= 1'd0;
      last_q <= 1'd0;
      a_q <= 16'd0;
      b_q <= 16'd0;
      b_link1_q <= 16'd0;
      c_link1_q <= 64'd0;
      c_link2_q <= 64'd0;
      s_q <= 64'd0;
      s_link1_q <= 64'd0;
      s_link2_q <= 64'd0;
      s_link3_q <= 64'd0;
    end else if (en_i) begin
      c_clean_q <= c_d;
      c_hit_q <= fault_hit_i & fault_node_i[2:2];
      first_q <= first_d;
      last_q <= last_d;
      a_q <= a_d;
      b_q <= b_d;
      b_link1_q <= b_forward;
      c_link1_q <= c_q;
      c_link2_q <= c_link1_q;
      s_q <= s_d;
      s_link1_q <= s_q;
      s_link2_q <= s_link1_q;
      s_link3_q <= s_link2_q;
    end
  end

  assign first_o = first_q;
  assign last_o = last_q;
  assign a_o = a_forward;
  assign b_o = b_link1_q;
  assign s_o = s_link3_q;
  assign fault_c_o = c_clean_q;
  assign fault_first_o = first_d_clean;
  assign fault_last_o = last_d_clean;
  assign fault_a_o = a_d_clean;
  assign fault_a_out_o = a_forward_clean;
  assign fault_b_o = b_d_clean;
  assign fault_b_out_o = b_forward_clean;
  assign fault_c_in_o = c_in_clean;
  assign fault_s_o = s_d_clean;
endmodule

`default_nettype wire
