// Registers one after the other, between the stages of an operation.
//
// Contract: value_o is value_i of DEPTH enabled clock edges ago, 0 since reset; DEPTH = 0 is a wire. Reset is
// synchronous and takes precedence over enable.
`default_nettype none

module espalier_pipe #(
    parameter WIDTH = 8,  // bits of the value
    parameter DEPTH = 1   // registers one after the other
) (
    // clock, synchronous reset, clock enable
    input  wire             clk_i,
    input  wire             rst_i,
    input  wire             en_i,

    input  wire [WIDTH-1:0] value_i,
    output wire [WIDTH-1:0] value_o
);
  generate
    if (DEPTH == 0) begin : g_wire
      assign value_o = value_i;

      wire unused = &{1'b0, clk_i, rst_i, en_i};
    end else begin : g_registers
      reg  [WIDTH*DEPTH-1:0]     values_q;
      wire [WIDTH*(DEPTH+1)-1:0] values = {values_q, value_i};

      always @(posedge clk_i) begin
        if (rst_i)     values_q <= {(WIDTH*DEPTH){1'b0}};
        else if (en_i) values_q <= values[WIDTH*DEPTH-1:0];
      end

      assign value_o = values[WIDTH*DEPTH +: WIDTH];
    end
  endgenerate
endmodule

`default_nettype wire
