// Floating-point adder.
//
// Contract: sum_o is x_i + y_i of LATENCY enabled clock edges ago, rounded to nearest, ties to even (see
// espalier_float.vh); LATENCY = 0 is combinational. One sum per cycle; +0 comes out until the first.
//
// The operation has three stages: align the terms, add and count leading zeros, normalise and round. The first register
// goes behind the first stage, the second behind the second, the third to the output, and so on in turn.
`default_nettype none

module espalier_float_add #(
    parameter EXPONENT = 8,   // bits of the exponent
    parameter FRACTION = 23,  // bits of the fraction
    parameter LATENCY  = 0    // clock cycles
) (
    // clock, synchronous reset, clock enable
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire                       en_i,

    // terms and sum
    input  wire [EXPONENT+FRACTION:0] x_i,
    input  wire [EXPONENT+FRACTION:0] y_i,
    output wire [EXPONENT+FRACTION:0] sum_o
);
  localparam OPERAND_EXPONENT = EXPONENT;
  localparam OPERAND_FRACTION = FRACTION;
  localparam RESULT_EXPONENT  = EXPONENT;
  localparam RESULT_FRACTION  = FRACTION;
  `include "espalier_float.vh"

  wire [FLOAT_ALIGNED_BITS-1:0] aligned_d = float_add_align(x_i, y_i);
  wire [FLOAT_ALIGNED_BITS-1:0] aligned_q;
  wire [FLOAT_SUMMED_BITS-1:0]  summed_d  = float_add_sum(aligned_q);
  wire [FLOAT_SUMMED_BITS-1:0]  summed_q;
  wire [FLOAT_RESULT_BITS-1:0]  result_d  = float_add_round(summed_q);

  espalier_pipe #(
      .WIDTH(FLOAT_ALIGNED_BITS),
      .DEPTH((LATENCY + 2) / 3)
  ) pipe_aligned (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(aligned_d),
      .value_o(aligned_q)
  );

  espalier_pipe #(
      .WIDTH(FLOAT_SUMMED_BITS),
      .DEPTH((LATENCY + 1) / 3)
  ) pipe_summed (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(summed_d),
      .value_o(summed_q)
  );

  espalier_pipe #(
      .WIDTH(FLOAT_RESULT_BITS),
      .DEPTH(LATENCY / 3)
  ) pipe_result (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .en_i   (en_i),
      .value_i(result_d),
      .value_o(sum_o)
  );
endmodule

`default_nettype wire
