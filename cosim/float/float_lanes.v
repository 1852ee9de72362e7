// Computes many pairs at once: block[n] of x and y are read and block[n] of results written at a clock edge.
//
// The C++ beside reaches into the arrays. The loops are those of a rolled grid, so the time they take is telling.
`default_nettype none

module float_lanes #(
    parameter OPERAND_EXPONENT = 8,
    parameter OPERAND_FRACTION = 23,
    parameter RESULT_EXPONENT  = 8,
    parameter RESULT_FRACTION  = 23,
    parameter LANES            = 4096
) (
    input wire clk_i,
    input wire add_i  // add results; otherwise multiply operands
);
  `include "espalier_float.vh"

  // An operand lies in the low bits: it is at most as wide as a result.
  reg [FLOAT_RESULT_BITS-1:0] x [0:LANES-1]  /*verilator public_flat_rw*/;
  reg [FLOAT_RESULT_BITS-1:0] y [0:LANES-1]  /*verilator public_flat_rw*/;
  reg [FLOAT_RESULT_BITS-1:0] results [0:LANES-1]  /*verilator public_flat_rd*/;
  integer n;

  // As in a rolled grid: the arrays are nobody else's.
  /* verilator lint_off BLKSEQ */
  task add;
    begin
      for (n = 0; n < LANES; n = n + 1) results[n] = float_add(x[n], y[n]);
    end
  endtask

  task multiply;
    begin
      for (n = 0; n < LANES; n = n + 1) begin
        results[n] = float_multiply(x[n][FLOAT_OPERAND_BITS-1:0], y[n][FLOAT_OPERAND_BITS-1:0]);
      end
    end
  endtask
  /* verilator lint_on BLKSEQ */

  always @(posedge clk_i) begin
    if (add_i) add;
    else multiply;
  end
endmodule

`default_nettype wire
