// Walks along the beats of a row-major matrix and tells which of them hold the elements of one bank.
//
// Contract: a beat is ELEMENTS elements, beat b holds the elements b*ELEMENTS and up. The bank's elements are
// FIRST + n*STEP for 0 <= n < COUNT. For the beat that is due (beat 0 after clear_i, the next one after every step_i)
// hit_o tells whether it holds one of them, row_o which (n), and place_o where: at element LOW + UNIT*place_o of the
// beat, LOW = FIRST mod UNIT. A beat holds at most one, because STEP >= ELEMENTS; then UNIT, the greatest
// common divisor of the two, makes every place that can occur a constant. clear_i goes before step_i.
`default_nettype none

module espalier_walk #(
    parameter ELEMENTS   = 4,  // elements in a beat, a power of two
    parameter FIRST      = 0,  // the bank's first element
    parameter STEP       = 4,  // elements from one of the bank's elements to the next, at least ELEMENTS
    parameter COUNT      = 1,  // the bank's elements
    parameter UNIT       = 4,  // greatest common divisor of ELEMENTS and STEP
    parameter ROW_BITS   = 1,  // bits of row_o, which counts from 0 to COUNT-1
    parameter PLACE_BITS = 1   // bits of place_o, which counts from 0 to ELEMENTS/UNIT-1
) (
    // clock, synchronous reset
    input  wire                  clk_i,
    input  wire                  rst_i,
    // beats
    input  wire                  clear_i,
    input  wire                  step_i,
    output wire                  hit_o,
    output wire [ROW_BITS-1:0]   row_o,
    output wire [PLACE_BITS-1:0] place_o
);
  // All in units, so that the bits that never change need no registers.
  localparam PLACES    = ELEMENTS / UNIT;
  localparam START     = FIRST / UNIT;
  localparam FARTHEST  = START > PLACES + STEP / UNIT ? START : PLACES + STEP / UNIT;
  localparam LEFT_BITS = $clog2(FARTHEST + 1) > PLACE_BITS ? $clog2(FARTHEST + 1) : PLACE_BITS + 1;
  localparam LAST      = COUNT - 1;
  localparam FAR       = STEP / UNIT;

  localparam [LEFT_BITS-1:0] START_LEFT = START[LEFT_BITS-1:0];
  localparam [LEFT_BITS-1:0] PER_BEAT   = PLACES[LEFT_BITS-1:0];
  localparam [LEFT_BITS-1:0] PER_HIT    = FAR[LEFT_BITS-1:0];
  localparam [ROW_BITS-1:0]  LAST_ROW   = LAST[ROW_BITS-1:0];

  // Units from the start of the due beat to the next element of the bank.
  reg [LEFT_BITS-1:0] left_q;
  reg [ROW_BITS-1:0]  row_q;
  reg                 done_q;

  assign hit_o   = left_q < PER_BEAT && !done_q;
  assign row_o   = row_q;
  assign place_o = left_q[PLACE_BITS-1:0];

  always @(posedge clk_i) begin
    if (rst_i || clear_i) begin
      left_q <= START_LEFT;
      row_q  <= {ROW_BITS{1'b0}};
      done_q <= 1'b0;
    end else if (step_i) begin
      left_q <= left_q - PER_BEAT + (hit_o ? PER_HIT : {LEFT_BITS{1'b0}});
      if (hit_o) begin
        row_q  <= row_q + 1'b1;
        done_q <= row_q == LAST_ROW;
      end
    end
  end
endmodule

`default_nettype wire
