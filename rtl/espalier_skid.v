// Skid buffer: a place between two stages of a stream that cuts every path between them.
//
// Contract: what is taken in while valid_i and ready_o are 1 comes out once and in order. ready_o, valid_o and data_o
// are registers; valid_o stays and data_o keeps still until ready_i. Takes a beat in every clock while ready_i is 1.
`default_nettype none

module espalier_skid #(
    parameter WIDTH = 8  // bits of what is passed on
) (
    // clock, synchronous reset
    input  wire             clk_i,
    input  wire             rst_i,
    // stream in
    input  wire [WIDTH-1:0] data_i,
    input  wire             valid_i,
    output wire             ready_o,
    // stream out
    output wire [WIDTH-1:0] data_o,
    output wire             valid_o,
    input  wire             ready_i
);
  reg [WIDTH-1:0] data_q, spare_q;
  reg             valid_q, ready_q;

  wire take = valid_i && ready_q;
  wire move = !valid_q || ready_i;

  // The spare place is taken exactly while ready_q is 0.
  always @(posedge clk_i) begin
    if (rst_i) begin
      valid_q <= 1'b0;
      ready_q <= 1'b1;
    end else if (move) begin
      valid_q <= take || !ready_q;
      ready_q <= 1'b1;
    end else if (take) begin
      ready_q <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    if (move) data_q <= ready_q ? data_i : spare_q;
    if (take) spare_q <= data_i;
  end

  assign data_o  = data_q;
  assign valid_o = valid_q;
  assign ready_o = ready_q;
endmodule

`default_nettype wire
