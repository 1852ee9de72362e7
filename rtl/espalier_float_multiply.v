// Floating-point multiplier.
//
// Contract: product_o is a_i * b_i of LATENCY enabled clock edges ago, rounded once to the result format (to nearest,
// ties to even; see espalier_float.vh); LATENCY = 0 is combinational. One product per cycle; +0 comes out until the
// first.
//
// The operation has three stages: unpack, multiply the significands, round. The first register goes behind the
// multiplication, the second before it, the third to the output, and so on in turn: a synthesiser may move them into
// the multiplier.
`default_nettype none

module espalier_float_multiply #(
    parameter OPERAND_EXPONENT = 8,   // bits of an operand's exponent
    parameter OPERAND_FRACTION = 23,  // bits of an operand's fraction
    parameter RESULT_EXPONENT  = 8,   // bits of the product's exponent
    parameter RESULT_FRACTION  = 23,  // bits of the product's fraction
    parameter LATENCY          = 0    // clock cycles
) (
    // clock, synchronous reset, clock enable
    input  wire                                       clk_i,
    input  wire                                       rst_i,
    input  wire                                       en_i,

    // operands and product
    input  wire [OPERAND_EXPONENT+OPERAND_FRACTION:0] a_i,
    input  wire [OPERAND_EXPONENT+OPERAND_FRACTION:0] b_i,
    output wire [RESULT_EXPONENT+RESULT_FRACTION:0]   product_o
);
  `include "espalier_float.vh"

  wire [FLOAT_UNPACKED_BITS-1:0] unpacked_d = float_multiply_unpack(a_i, b_i);
  wire [FLOAT_UNPACKED_BITS-1:0] unpacked_q;
  wire [FLOAT_PRODUCT_BITS-1:0]  product_d  = float_multiply_product(unpacked_q);
  wire [FLOAT_PRODUCT_BITS-1:0]  product_q;
  wire [FLOAT_RESULT_BITS-1:0]   result_d   = float_multiply_round(product_q);

  espalier_pipe #(
      .WIDTH(FLOAT_UNPACKED_BITS),
      .DEPTH((LATENCY + 1) / 3)
  ) pipe_unpacked (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(unpacked_d),
      .value_o(unpacked_q)
  );

  espalier_pipe #(
      .WIDTH(FLOAT_PRODUCT_BITS),
      .DEPTH((LATENCY + 2) / 3)
  ) pipe_product (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(product_d),
      .value_o(product_q)
  );

  espalier_pipe #(
      .WIDTH(FLOAT_RESULT_BITS),
      .DEPTH(LATENCY / 3)
  ) pipe_result (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(result_d),
      .value_o(product_o)
  );
endmodule

`default_nettype wire
