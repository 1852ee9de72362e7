// Multiplies integers in rows of adders: one row for each radix-4 Booth digit of b (A. D. Booth, 1951; O. L. MacSorley,
// 1961), for devices and places without a DSP.
//
// Contract: product_o = a_i * b_i, exact, LATENCY enabled clock edges ago, 0 since reset; the registers part the rows as
// evenly as can be, with one more expected behind the last row where LATENCY is not 0. Reset is synchronous and takes
// precedence over enable.
`default_nettype none

module espalier_booth #(
    parameter A_BITS   = 8,  // bits of a_i
    parameter A_SIGNED = 1,  // whether a_i is in two's complement
    parameter B_BITS   = 8,  // bits of b_i
    parameter B_SIGNED = 1,  // whether b_i is in two's complement
    parameter LATENCY  = 0   // registers, in clock cycles
) (
    // clock, synchronous reset, clock enable
    input  wire                     clk_i,
    input  wire                     rst_i,
    input  wire                     en_i,

    input  wire [A_BITS-1:0]        a_i,
    input  wire [B_BITS-1:0]        b_i,
    output wire [A_BITS+B_BITS-1:0] product_o
);
  localparam A = A_BITS + (A_SIGNED != 0 ? 0 : 1);           // bits of a with a sign
  localparam ROWS = (B_BITS + (B_SIGNED != 0 ? 2 : 3) - 1) / 2;
  localparam B = 2 * ROWS;                                   // bits of b with a sign, two for each row
  localparam STATE = B + A + B + A;                          // finished bits, sum above them, b, a

  wire [A-1:0] a_wide;
  wire [B-1:0] b_wide;
  generate
    if (A_SIGNED != 0) begin : g_a_signed
      assign a_wide = a_i;
    end else begin : g_a_unsigned
      assign a_wide = {1'b0, a_i};
    end
    if (B == B_BITS) begin : g_b_as_it_is
      assign b_wide = b_i;
    end else begin : g_b_extended
      assign b_wide = {{(B-B_BITS){B_SIGNED != 0 && b_i[B_BITS-1]}}, b_i};
    end
  endgenerate

  wire [(ROWS+1)*STATE-1:0] states;
  assign states[STATE-1:0] = {{(B+A){1'b0}}, b_wide, a_wide};

  genvar row;
  generate
    for (row = 0; row < ROWS; row = row + 1) begin : g_row
      // Registers behind this row; that of the product itself lies outside.
      localparam DEPTH = (row + 1) * (LATENCY + 1) / ROWS - row * (LATENCY + 1) / ROWS - (row == ROWS - 1 ? 1 : 0);

      wire [A-1:0] a, above;
      wire [B-1:0] b, finished;
      assign {finished, above, b, a} = states[row*STATE +: STATE];

      // The digit 0, 1 or 2, or its negative: the complement, and the one that it lacks as a carry out of a bit below
      // the row. That bit adds a constant: two equal bits would send one net to both inputs of a carry cell, at which
      // nextpnr-ice40 0.4 routes without end.
      wire [B:0]   digits = {b, 1'b0};
      wire         negative = digits[2*row+2];
      wire         one = digits[2*row+1] ^ digits[2*row];
      wire         two = (digits[2*row+2] ^ digits[2*row+1]) & ~one;
      wire [A+1:0] size = two ? {a[A-1], a, 1'b0} : one ? {{2{a[A-1]}}, a} : {(A+2){1'b0}};
      wire [A+1:0] term = size ^ {(A+2){negative}};
      wire [A+2:0] sum = $signed({{2{above[A-1]}}, above, 1'b1}) + $signed({term, negative});

      wire [B-1:0] finishes = {{(B-2){1'b0}}, sum[2:1]} << (2 * row);
      espalier_pipe #(
          .WIDTH(STATE), .DEPTH(DEPTH)
      ) u_pipe (
          .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
          .value_i({finished | finishes, sum[A+2:3], b, a}), .value_o(states[(row+1)*STATE +: STATE])
      );

      // Each row reads three digits; the lowest bit of its sum only carries.
      wire unused = &{1'b0, digits, sum[0]};
    end
  endgenerate

  wire [A+B-1:0] product = {states[ROWS*STATE+A+B +: A], states[ROWS*STATE+A+B+A +: B]};
  assign product_o = product[A_BITS+B_BITS-1:0];

  // The last row leaves its factors, and bits beyond the product where a factor was extended.
  wire unused = &{1'b0, product, states[ROWS*STATE +: A+B]};
endmodule

`default_nettype wire
