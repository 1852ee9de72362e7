// Starts tiles in exactly the cycles that their job asks for, and stops the grid rather than start one late.
//
// Contract: a cycle is a clock edge at which en_o is 1. A job is tiles up to one that is marked as the last. Its first
// tile starts in cycle 0, each other one as many cycles after the one before it as that one's gap says. Gap 0 stands for
// the default schedule: BURST tiles start in consecutive cycles, the next ones from the next multiple of INTERVAL on.
// If a tile's cycle has come and it is not there, or no output slot is free for its results, or enable_i is 0, en_o is
// 0 until it can start; after the last tile of a job en_o stays 1 until nothing is left of it.
// Then idle_o is 1 for one clock or more, and the next job begins once its first tile is there.
// If it can never start, because all slots belong to tiles in the grid, the grid runs on and the tile starts late:
// slipped_o tells so. A legal schedule, on a core that is large enough for it, never comes to that.
// start_o tells that a tile starts in this cycle, with what belongs to it. The taps of the delay line that carries it tell
// when a tile has been fed, when its results are complete, and when the last tile of a job has left.
`default_nettype none

module espalier_sequencer #(
    parameter SLOTS         = 2,  // tiles that the feeders keep
    parameter SLOT_BITS     = 1,  // bits that count from 0 to SLOTS-1
    parameter OUT_SLOTS     = 2,  // tiles that the collectors keep
    parameter OUT_SLOT_BITS = 1,  // bits that count from 0 to OUT_SLOTS-1
    parameter GAP_BITS      = 20, // bits of a gap in cycles
    parameter BURST         = 1,  // tiles of the default schedule that start one after another
    parameter INTERVAL      = 4   // cycles from the first of them to that of the next burst
) (
    // clock, synchronous reset
    input  wire                     clk_i,
    input  wire                     rst_i,
    // whether tiles may start
    input  wire                     enable_i,
    // a tile has been loaded; all slots are taken
    input  wire                     full_i,
    input  wire                     commit_i,
    input  wire [SLOT_BITS-1:0]     commit_slot_i,
    input  wire [GAP_BITS-1:0]      commit_gap_i,
    input  wire                     commit_with_c_i,
    input  wire                     commit_last_i,
    // an output slot has been emptied; whether one will be without a cycle of the grid
    input  wire                     credit_i,
    input  wire                     credit_due_i,
    // in the cycle in which a tile is past these points, and the same for one clock
    input  wire                     tap_fed_i,
    input  wire                     tap_done_i,
    input  wire                     tap_drained_i,
    output wire                     fed_o,
    output wire                     done_o,
    // to grid, feeders and collectors
    output wire                     en_o,
    output wire                     idle_o,
    output wire                     start_o,
    output wire                     start_with_c_o,
    output wire                     start_last_o,
    output wire [SLOT_BITS-1:0]     start_slot_o,
    output wire [OUT_SLOT_BITS-1:0] start_out_slot_o,
    // status
    output wire                     no_tile_o,
    output wire                     no_room_o,
    output wire                     slipped_o
);
  localparam LOADED_BITS   = $clog2(SLOTS + 1);
  localparam CREDIT_BITS   = $clog2(OUT_SLOTS + 1);
  localparam PLACE_BITS    = BURST > 1 ? $clog2(BURST) : 1;
  localparam LAST_SLOT     = SLOTS - 1;
  localparam LAST_OUT_SLOT = OUT_SLOTS - 1;
  localparam LAST_PLACE    = BURST - 1;
  localparam REST          = INTERVAL - BURST;
  localparam [CREDIT_BITS-1:0] ALL_CREDITS = OUT_SLOTS[CREDIT_BITS-1:0];

  localparam [1:0] IDLE  = 2'd0;
  localparam [1:0] RUN   = 2'd1;
  localparam [1:0] DRAIN = 2'd2;

  reg [1:0]               state_q;
  reg [LOADED_BITS-1:0]   loaded_q;
  reg [CREDIT_BITS-1:0]   credits_q;
  reg [SLOT_BITS-1:0]     slot_q;
  reg [OUT_SLOT_BITS-1:0] out_slot_q;
  reg [GAP_BITS-1:0]      wait_q;
  reg [PLACE_BITS-1:0]    place_q;

  // What the headers of the loaded tiles said.
  reg [GAP_BITS+1:0] headers [0:SLOTS-1];
  always @(posedge clk_i) if (commit_i) headers[commit_slot_i] <= {commit_last_i, commit_with_c_i, commit_gap_i};
  wire [GAP_BITS-1:0] gap;
  wire                with_c, last;
  assign {last, with_c, gap} = headers[slot_q];

  wire has_tile = loaded_q != {LOADED_BITS{1'b0}};
  wire has_room = credits_q != {CREDIT_BITS{1'b0}};
  wire due      = state_q == RUN && wait_q == {GAP_BITS{1'b0}};
  wire start    = due && has_tile && has_room && enable_i;
  wire stuck    = due && enable_i && ((!has_tile && full_i) || (!has_room && !credit_due_i));
  wire en       = (state_q == RUN && (!due || start || stuck)) || state_q == DRAIN;

  always @(posedge clk_i) begin
    if (rst_i) state_q <= IDLE;
    else if (state_q == IDLE && has_tile && has_room && enable_i) state_q <= RUN;
    else if (start && last) state_q <= DRAIN;
    else if (state_q == DRAIN && tap_drained_i) state_q <= IDLE;
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      loaded_q  <= {LOADED_BITS{1'b0}};
      credits_q <= ALL_CREDITS;
    end else begin
      if (commit_i && !start) loaded_q <= loaded_q + 1'b1;
      else if (!commit_i && start) loaded_q <= loaded_q - 1'b1;
      if (credit_i && !start) credits_q <= credits_q + 1'b1;
      else if (!credit_i && start) credits_q <= credits_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      slot_q     <= {SLOT_BITS{1'b0}};
      out_slot_q <= {OUT_SLOT_BITS{1'b0}};
    end else if (start) begin
      slot_q     <= slot_q == LAST_SLOT[SLOT_BITS-1:0] ? {SLOT_BITS{1'b0}} : slot_q + 1'b1;
      out_slot_q <= out_slot_q == LAST_OUT_SLOT[OUT_SLOT_BITS-1:0] ? {OUT_SLOT_BITS{1'b0}} : out_slot_q + 1'b1;
    end
  end

  // Cycles to wait until the next tile is due, after this one, and the place of the next tile in its burst.
  wire by_default = gap == {GAP_BITS{1'b0}};
  wire burst_ends = place_q == LAST_PLACE[PLACE_BITS-1:0];
  always @(posedge clk_i) begin
    if (rst_i || state_q == IDLE) begin
      wait_q  <= {GAP_BITS{1'b0}};
      place_q <= {PLACE_BITS{1'b0}};
    end else if (start) begin
      wait_q  <= !by_default ? gap - 1'b1 : burst_ends ? REST[GAP_BITS-1:0] : {GAP_BITS{1'b0}};
      place_q <= by_default && !burst_ends ? place_q + 1'b1 : {PLACE_BITS{1'b0}};
    end else if (en && !due) begin
      wait_q  <= wait_q - 1'b1;
    end
  end

  assign en_o             = en;
  assign fed_o            = en && tap_fed_i;
  assign done_o           = en && tap_done_i;
  assign idle_o           = state_q == IDLE;
  assign start_o          = start;
  assign start_with_c_o   = start && with_c;
  assign start_last_o     = start && last;
  assign start_slot_o     = slot_q;
  assign start_out_slot_o = out_slot_q;
  assign no_tile_o        = due && !has_tile;
  assign no_room_o        = due && !has_room;
  assign slipped_o        = stuck;
endmodule

`default_nettype wire
