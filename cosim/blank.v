// The smallest model: verilating it yields the makefile that builds the part of the harness all designs share.
`default_nettype none

module blank (
    input  wire clk_i,
    output wire blank_o
);
  // Readable like the registers of a traced design, so that the same parts of Verilator's runtime come along.
  reg blank_q /*verilator public_flat_rd*/;

  always @(posedge clk_i) blank_q <= !blank_q;

  assign blank_o = blank_q;
endmodule

`default_nettype wire
