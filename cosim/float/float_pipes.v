// Holds multipliers and adders of every latency from 1 to DEEPEST against combinational ones and plain registers.
//
// wrong_o: some output differs from what came out of the combinational module so many enabled clock edges ago.
`default_nettype none

module float_pipes #(
    parameter OPERAND_EXPONENT = 8,
    parameter OPERAND_FRACTION = 7,
    parameter RESULT_EXPONENT  = 8,
    parameter RESULT_FRACTION  = 23,
    parameter DEEPEST          = 8
) (
    input  wire                                       clk_i,
    input  wire                                       rst_i,
    input  wire                                       en_i,
    input  wire [OPERAND_EXPONENT+OPERAND_FRACTION:0] a_i,
    input  wire [OPERAND_EXPONENT+OPERAND_FRACTION:0] b_i,
    input  wire [RESULT_EXPONENT+RESULT_FRACTION:0]   x_i,
    input  wire [RESULT_EXPONENT+RESULT_FRACTION:0]   y_i,
    output wire                                       wrong_o
);
  localparam RESULT_BITS = 1 + RESULT_EXPONENT + RESULT_FRACTION;

  // Place n of the histories holds the results of n edges ago.
  wire [RESULT_BITS-1:0]         product, sum;
  reg  [RESULT_BITS*DEEPEST-1:0] products_q, sums_q;
  wire [DEEPEST-1:0]             wrong_products, wrong_sums;

  assign wrong_o = wrong_products != {DEEPEST{1'b0}} || wrong_sums != {DEEPEST{1'b0}};

  always @(posedge clk_i) begin
    if (rst_i) begin
      products_q <= {(RESULT_BITS*DEEPEST){1'b0}};
      sums_q     <= {(RESULT_BITS*DEEPEST){1'b0}};
    end else if (en_i) begin
      products_q <= {products_q[RESULT_BITS*(DEEPEST-1)-1:0], product};
      sums_q     <= {sums_q[RESULT_BITS*(DEEPEST-1)-1:0], sum};
    end
  end

  espalier_float_multiply #(
      .OPERAND_EXPONENT(OPERAND_EXPONENT),
      .OPERAND_FRACTION(OPERAND_FRACTION),
      .RESULT_EXPONENT (RESULT_EXPONENT),
      .RESULT_FRACTION (RESULT_FRACTION),
      .LATENCY         (0)
  ) multiply (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .en_i     (en_i),
      .a_i      (a_i),
      .b_i      (b_i),
      .product_o(product)
  );

  espalier_float_add #(
      .EXPONENT(RESULT_EXPONENT),
      .FRACTION(RESULT_FRACTION),
      .LATENCY (0)
  ) add (
      .clk_i(clk_i),
      .rst_i(rst_i),
      .en_i (en_i),
      .x_i  (x_i),
      .y_i  (y_i),
      .sum_o(sum)
  );

  genvar latency;
  generate
    for (latency = 1; latency <= DEEPEST; latency = latency + 1) begin : g_latency
      wire [RESULT_BITS-1:0] late_product, late_sum;

      espalier_float_multiply #(
          .OPERAND_EXPONENT(OPERAND_EXPONENT),
          .OPERAND_FRACTION(OPERAND_FRACTION),
          .RESULT_EXPONENT (RESULT_EXPONENT),
          .RESULT_FRACTION (RESULT_FRACTION),
          .LATENCY         (latency)
      ) multiply (
          .clk_i    (clk_i),
          .rst_i    (rst_i),
          .en_i     (en_i),
          .a_i      (a_i),
          .b_i      (b_i),
          .product_o(late_product)
      );

      espalier_float_add #(
          .EXPONENT(RESULT_EXPONENT),
          .FRACTION(RESULT_FRACTION),
          .LATENCY (latency)
      ) add (
          .clk_i(clk_i),
          .rst_i(rst_i),
          .en_i (en_i),
          .x_i  (x_i),
          .y_i  (y_i),
          .sum_o(late_sum)
      );

      assign wrong_products[latency-1] = late_product != products_q[RESULT_BITS*(latency-1) +: RESULT_BITS];
      assign wrong_sums[latency-1]     = late_sum != sums_q[RESULT_BITS*(latency-1) +: RESULT_BITS];
    end
  endgenerate
endmodule

`default_nettype wire
