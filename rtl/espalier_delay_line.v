// Delay line with a tap at every register.
//
// Contract: value_i of n+1 cycles ago is bits (n+1)*WIDTH-1 down to n*WIDTH of taps_o, 0 <= n < LENGTH. A cycle is a
// clock edge at which en_i is 1; rst_i clears the line.
`default_nettype none

module espalier_delay_line #(
    parameter WIDTH  = 1,  // bits of a value
    parameter LENGTH = 2   // registers, at least two
) (
    // clock, synchronous reset, clock enable
    input  wire                    clk_i,
    input  wire                    rst_i,
    input  wire                    en_i,
    // values
    input  wire [WIDTH-1:0]        value_i,
    output wire [LENGTH*WIDTH-1:0] taps_o
);
  reg [LENGTH*WIDTH-1:0] line_q;

  always @(posedge clk_i) begin
    if (rst_i) line_q <= {LENGTH * WIDTH{1'b0}};
    else if (en_i) line_q <= {line_q[(LENGTH-1)*WIDTH-1:0], value_i};
  end

  assign taps_o = line_q;
endmodule

`default_nettype wire
