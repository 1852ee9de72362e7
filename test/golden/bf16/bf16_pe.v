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
    // faults: 1 slot, slot 0 in the least significant bits; a hit node becomes (value & keep) ^ toggle; late: of the cycle before
    input  wire [0:0] fault_hit_i,
    input  wire [9:0] fault_node_i,
    input  wire [31:0] fault_keep_i,
    input  wire [31:0] fault_toggle_i,
    input  wire [31:0] fault_late_keep_i,
    input  wire [31:0] fault_late_toggle_i,
    output wire [15:0] fault_a_o,
    output wire [15:0] fault_b_o,
    output wire [31:0] fault_c_o,
    output wire [31:0] fault_p_o,
    output wire [15:0] fault_a_out_o,
    output wire [15:0] fault_b_out_o,
    output wire [31:0] fault_c_in_o,
    output wire fault_first_o,
    output wire fault_last_o,
    output wire [31:0] fault_s_o
);
  reg  [31:0] c_clean_q;
  reg  c_hit_q;
  reg  first_q;
  reg  first_product1_q;
  reg  first_p_q;
  reg  last_q;
  reg  last_product1_q;
  reg  last_p_q;
  reg  [15:0] a_q;
  reg  [15:0] b_q;
  reg  [31:0] p_q;
  reg  [31:0] s_q;
  reg  [31:0] s_link1_q;

  // register c, with the faults of the cycle in which it took its value
  // fault node c
  wire [31:0] c_q;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(1), .DATA_BITS(32)
  ) u_c_q_tap (
      .value_i(c_clean_q), .value_o(c_q),
      .fault_hit_i(c_hit_q), .fault_keep_i(fault_late_keep_i), .fault_toggle_i(fault_late_toggle_i)
  );
  // fault node first
  wire first_d_clean = first_i;
  wire first_d;
  espalier_fault_tap #(
      .WIDTH(1), .SLOTS(1), .DATA_BITS(32)
  ) u_first_d_tap (
      .value_i(first_d_clean), .value_o(first_d),
      .fault_hit_i(fault_hit_i & fault_node_i[7:7]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node last
  wire last_d_clean = last_i;
  wire last_d;
  espalier_fault_tap #(
      .WIDTH(1), .SLOTS(1), .DATA_BITS(32)
  ) u_last_d_tap (
      .value_i(last_d_clean), .value_o(last_d),
      .fault_hit_i(fault_hit_i & fault_node_i[8:8]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node a
  wire [15:0] a_d_clean = a_i;
  wire [15:0] a_d;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(32)
  ) u_a_d_tap (
      .value_i(a_d_clean), .value_o(a_d),
      .fault_hit_i(fault_hit_i & fault_node_i[0:0]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node a_out
  wire [15:0] a_forward_clean = a_q;
  wire [15:0] a_forward;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(32)
  ) u_a_forward_tap (
      .value_i(a_forward_clean), .value_o(a_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[4:4]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // fault node b
  wire [15:0] b_d_clean = b_i;
  wire [15:0] b_d;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(32)
  ) u_b_d_tap (
      .value_i(b_d_clean), .value_o(b_d),
      .fault_hit_i(fault_hit_i & fault_node_i[1:1]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // what the next PE gets
  // fault node b_out
  wire [15:0] b_forward_clean = b_q;
  wire [15:0] b_forward;
  espalier_fault_tap #(
      .WIDTH(16), .SLOTS(1), .DATA_BITS(32)
  ) u_b_forward_tap (
      .value_i(b_forward_clean), .value_o(b_forward),
      .fault_hit_i(fault_hit_i & fault_node_i[5:5]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
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
  wire [31:0] p_d_clean = product;
  wire [31:0] p_d;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(1), .DATA_BITS(32)
  ) u_p_d_tap (
      .value_i(p_d_clean), .value_o(p_d),
      .fault_hit_i(fault_hit_i & fault_node_i[3:3]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  wire [31:0] addend = p_q;
  // c stays here
  // fault node c_in
  wire [31:0] c_in_clean = first_p_q ? s_i : c_q;
  wire [31:0] c_in;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(1), .DATA_BITS(32)
  ) u_c_in_tap (
      .value_i(c_in_clean), .value_o(c_in),
      .fault_hit_i(fault_hit_i & fault_node_i[6:6]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );
  // the sum, rounded
  wire [31:0] sum;
  espalier_float_add #(
      .EXPONENT(8), .FRACTION(23), .LATENCY(1)
  ) u_sum (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .x_i(c_in), .y_i(addend), .sum_o(sum)
  );
  wire [31:0] c_d = sum;
  // the finished sum leaves in the slot that brought the new one
  // fault node s
  wire [31:0] s_d_clean = last_p_q ? c_q : s_i;
  wire [31:0] s_d;
  espalier_fault_tap #(
      .WIDTH(32), .SLOTS(1), .DATA_BITS(32)
  ) u_s_d_tap (
      .value_i(s_d_clean), .value_o(s_d),
      .fault_hit_i(fault_hit_i & fault_node_i[9:9]), .fault_keep_i(fault_keep_i), .fault_toggle_i(fault_toggle_i)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      c_clean_q <= 32'd0;
      c_hit_q <= 1'd0;
      first_q <= 1'd0;
      first_product1_q <= 1'd0;
      first_p_q <= 1'd0;
      last_q <= 1'd0;
      last_product1_q <= 1'd0;
      last_p_q <= 1'd0;
      a_q <= 16'd0;
      b_q <= 16'd0;
      p_q <= 32'd0;
      s_q <= 32'd0;
      s_link1_q <= 32'd0;
    end else if (en_i) begin
      c_clean_q <= c_d;
      c_hit_q <= fault_hit_i & fault_node_i[2:2];
      first_q <= first_d;
      first_product1_q <= first_q;
      first_p_q <= first_product1_q;
      last_q <= last_d;
      last_product1_q <= last_q;
      last_p_q <= last_product1_q;
      a_q <= a_d;
      b_q <= b_d;
      p_q <= p_d;
      s_q <= s_d;
      s_link1_q <= s_q;
    end
  end

  assign first_o = first_q;
  assign last_o = last_q;
  assign a_o = a_forward;
  assign b_o = b_forward;
  assign s_o = s_link1_q;
  assign fault_c_o = c_clean_q;
  assign fault_first_o = first_d_clean;
  assign fault_last_o = last_d_clean;
  assign fault_a_o = a_d_clean;
  assign fault_a_out_o = a_forward_clean;
  assign fault_b_o = b_d_clean;
  assign fault_b_out_o = b_forward_clean;
  assign fault_p_o = p_d_clean;
  assign fault_c_in_o = c_in_clean;
  assign fault_s_o = s_d_clean;
endmodule

`default_nettype wire
