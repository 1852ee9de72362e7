// Processing element of bf16: the same everywhere in the array.
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

module bf16_pe (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a: moves by (0, 1) in 1 cycle
    input  wire [15:0] a_i,
    output wire [15:0] a_o,
    // line b: moves by (1, 0) in 1 cycle
    input  wire [15:0] b_i,
    output wire [15:0] b_o,
    // control tokens: travel beside line a
    input  wire first_i,
    output wire first_o,
    input  wire last_i,
    output wire last_o,
    // shadow chain: loads and drains c, moves by (1, -1) in 2 cycles
    input  wire [31:0] s_i,
    output wire [31:0] s_o,
    // faults: 1 slots, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle
    input  wire [0:0] fault_hit_i,
    input  wire [3:0] fault_node_i,
    input  wire [31:0] fault_keep_i,
    input  wire [31:0] fault_toggle_i,
    output wire [0:0] fault_fired_o
);
  reg  first_q;
  reg  first_product1_q;
  reg  first_p_q;
  reg  last_q;
  reg  last_product1_q;
  reg  last_p_q;
  reg  [15:0] a_q;
  reg  [15:0] b_q;
  reg  [31:0] p_q;
  reg  [31:0] c_q;
  reg  [31:0] s_q;
  reg  [31:0] s_link1_q;

  // fault node first
  wire first_d;
  wire [0:0] first_d_fired;
  espalier_fault_tap #(
      .WIDTH(1), .NODE(7), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_first_d_tap (
      .value_i(first_i), .value_o(first_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(first_d_fired)
  );
  // fault node last
  wire last_d;
  wire [0:0] last_d_fired;
  espalier_fault_tap #(
      .WIDTH(1), .NODE(8), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_last_d_tap (
      .value_i(last_i), .value_o(last_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(last_d_fired)
  );
  // fault node a
  wire [15:0] a_d;
  wire [0:0] a_d_fired;
  espalier_fault_tap #(
      .WIDTH(16), .NODE(0), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_a_d_tap (
      .value_i(a_i), .value_o(a_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(a_d_fired)
  );
  // what the next PE gets
  // fault node a_out
  wire [15:0] a_forward;
  wire [0:0] a_forward_fired;
  espalier_fault_tap #(
      .WIDTH(16), .NODE(4), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_a_forward_tap (
      .value_i(a_q), .value_o(a_forward),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(a_forward_fired)
  );
  // fault node b
  wire [15:0] b_d;
  wire [0:0] b_d_fired;
  espalier_fault_tap #(
      .WIDTH(16), .NODE(1), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_b_d_tap (
      .value_i(b_i), .value_o(b_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(b_d_fired)
  );
  // what the next PE gets
  // fault node b_out
  wire [15:0] b_forward;
  wire [0:0] b_forward_fired;
  espalier_fault_tap #(
      .WIDTH(16), .NODE(5), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_b_forward_tap (
      .value_i(b_q), .value_o(b_forward),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(b_forward_fired)
  );
  // the product, rounded
  wire [31:0] product;
  espalier_float_multiply #(
      .OPERAND_EXPONENT(8), .OPERAND_FRACTION(7), .RESULT_EXPONENT(8), .RESULT_FRACTION(23), .LATENCY(1)
  ) u_product (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_q), .b_i(b_q), .product_o(product)
  );
  // fault node p
  wire [31:0] p_d;
  wire [0:0] p_d_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(3), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_p_d_tap (
      .value_i(product), .value_o(p_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(p_d_fired)
  );
  wire [31:0] addend = p_q;
  // c stays here
  // fault node c_in
  wire [31:0] c_in;
  wire [0:0] c_in_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(6), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_c_in_tap (
      .value_i(first_p_q ? s_i : c_q), .value_o(c_in),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(c_in_fired)
  );
  // the sum, rounded
  wire [31:0] sum;
  espalier_float_add #(
      .EXPONENT(8), .FRACTION(23), .LATENCY(1)
  ) u_sum (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .x_i(c_in), .y_i(addend), .sum_o(sum)
  );
  // fault node c
  wire [31:0] c_d;
  wire [0:0] c_d_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(2), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_c_d_tap (
      .value_i(sum), .value_o(c_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(c_d_fired)
  );
  // the finished sum leaves in the slot that brought the new one
  // fault node s
  wire [31:0] s_d;
  wire [0:0] s_d_fired;
  espalier_fault_tap #(
      .WIDTH(32), .NODE(9), .SLOTS(1), .NODE_BITS(4), .DATA_BITS(32)
  ) u_s_d_tap (
      .value_i(last_p_q ? c_q : s_i), .value_o(s_d),
      .fault_hit_i(fault_hit_i), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep_i),
      .fault_toggle_i(fault_toggle_i), .fault_fired_o(s_d_fired)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      first_q <= 1'd0;
      first_product1_q <= 1'd0;
      first_p_q <= 1'd0;
      last_q <= 1'd0;
      last_product1_q <= 1'd0;
      last_p_q <= 1'd0;
      a_q <= 16'd0;
      b_q <= 16'd0;
      p_q <= 32'd0;
      c_q <= 32'd0;
      s_q <= 32'd0;
      s_link1_q <= 32'd0;
    end else if (en_i) begin
      first_q <= first_d;
      first_product1_q <= first_q;
      first_p_q <= first_product1_q;
      last_q <= last_d;
      last_product1_q <= last_q;
      last_p_q <= last_product1_q;
      a_q <= a_d;
      b_q <= b_d;
      p_q <= p_d;
      c_q <= c_d;
      s_q <= s_d;
      s_link1_q <= s_q;
    end
  end

  assign first_o = first_q;
  assign last_o = last_q;
  assign a_o = a_forward;
  assign b_o = b_forward;
  assign s_o = s_link1_q;
  assign fault_fired_o = first_d_fired | last_d_fired | a_d_fired | a_forward_fired | b_d_fired | b_forward_fired | p_d_fired | c_in_fired | c_d_fired | s_d_fired;
endmodule

`default_nettype wire
