// Takes the turns of a lane: which element of which tile is due in a cycle.
//
// Contract: a tile that starts in a cycle has element 0 due in that very cycle, and one more every PERIOD cycles until
// it has had COUNT. Up to PERIOD tiles take turns; the tile in slot_o has turn number index_o of its own while active_o
// is 1. A cycle is a clock edge at which en_i is 1. With DESCENDING the index counts from COUNT-1 down to 0.
// Tiles that would meet in one cycle must not be started; the later one would win.
`default_nettype none

module espalier_turns #(
    parameter COUNT      = 4,  // elements of a tile
    parameter PERIOD     = 1,  // cycles between two elements of a tile
    parameter DESCENDING = 0,  // 1: the last element comes first
    parameter SLOT_BITS  = 1,  // bits of a slot
    parameter INDEX_BITS = 2   // bits that count from 0 to COUNT-1
) (
    // clock, synchronous reset, clock enable
    input  wire                  clk_i,
    input  wire                  rst_i,
    input  wire                  en_i,
    // a tile starts
    input  wire                  start_i,
    input  wire [SLOT_BITS-1:0]  slot_i,
    // the turn of this cycle
    output wire                  active_o,
    output wire [SLOT_BITS-1:0]  slot_o,
    output wire [INDEX_BITS-1:0] index_o
);
  localparam FROM      = DESCENDING != 0 ? COUNT - 1 : 0;
  localparam TO        = DESCENDING != 0 ? 0 : COUNT - 1;
  localparam TURN_BITS = SLOT_BITS + INDEX_BITS;
  localparam [INDEX_BITS-1:0] FIRST_INDEX = FROM[INDEX_BITS-1:0];
  localparam [INDEX_BITS-1:0] LAST_INDEX  = TO[INDEX_BITS-1:0];

  // A ring of PERIOD places, the oldest at the top: its tile has the next turn.
  reg [PERIOD-1:0]           active_q;
  reg [PERIOD*TURN_BITS-1:0] turn_q;

  assign active_o = start_i || active_q[PERIOD-1];
  assign {slot_o, index_o} = start_i ? {slot_i, FIRST_INDEX} : turn_q[(PERIOD-1)*TURN_BITS +: TURN_BITS];

  wire [INDEX_BITS-1:0] index_next = DESCENDING != 0 ? index_o - 1'b1 : index_o + 1'b1;
  wire                  goes_on    = active_o && index_o != LAST_INDEX;

  generate
    if (PERIOD == 1) begin : gen_alone
      always @(posedge clk_i) begin
        if (rst_i) active_q <= 1'b0;
        else if (en_i) active_q <= goes_on;
      end
      always @(posedge clk_i) if (en_i) turn_q <= {slot_o, index_next};
    end else begin : gen_ring
      always @(posedge clk_i) begin
        if (rst_i) active_q <= {PERIOD{1'b0}};
        else if (en_i) active_q <= {active_q[PERIOD-2:0], goes_on};
      end
      always @(posedge clk_i) if (en_i) turn_q <= {turn_q[(PERIOD-1)*TURN_BITS-1:0], slot_o, index_next};
    end
  endgenerate
endmodule

`default_nettype wire
