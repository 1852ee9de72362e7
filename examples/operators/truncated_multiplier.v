// An approximate multiplier of two's complement bytes: the partial-product bits of weights below 2^6 are left out, and a
// constant makes up for them on average.
//
//   product = a * b - (sum of a[i] * b[j] * 2^(i+j) over i + j < 6) + 64, modulo 2^16
//
// This saves 21 of 64 AND gates and their adders. The error lies in -257 ... 64, its mean is -16.25; 0 * 0 is 64, not 0.
// Purely combinational.
//
// Sources: M. J. Schulte, E. E. Swartzlander, "Truncated multiplication with correction constant", VLSI Signal
// Processing VI, 1993; the array of signed bits: C. R. Baugh, B. A. Wooley, IEEE Trans. Computers C-22(12), 1973.
`default_nettype none

module truncated_multiplier (
    input  wire [7:0]  a_i,
    input  wire [7:0]  b_i,
    output wire [15:0] product_o
);
  localparam DROPPED = 6;  // columns left out
  // A bit of a product of two random bits is 1 in a quarter of all cases: (1*1 + 2*2 + 3*4 + ... + 6*32) / 4 = 80.25,
  // and the nearest multiple of 2^6 is 64.
  localparam [15:0] CORRECTION = 16'd64;
  // What is left of the signs when the bits of one negative weight are inverted: 2^15 + 2^8.
  localparam [15:0] SIGNS = 16'h8100;

  reg     [15:0] sum;
  reg            bit_ij;
  integer        i, j;

  always @* begin
    sum    = SIGNS + CORRECTION;
    bit_ij = 1'b0;
    for (i = 0; i < 8; i = i + 1) begin
      for (j = 0; j < 8; j = j + 1) begin
        if (i + j >= DROPPED) begin
          bit_ij = (a_i[i] & b_i[j]) ^ ((i == 7) != (j == 7));
          sum    = sum + ({15'd0, bit_ij} << (i + j));
        end
      end
    end
  end

  assign product_o = sum;
endmodule

`default_nettype wire
