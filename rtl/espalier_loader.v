// Takes in tiles, one packet each, and hands their beats to the feeders.
//
// Contract: a packet is a header beat, then A, B and, if the header says so, C, each from a new beat on; tlast is 1
// on its last beat only. The header is bits 31..0 of its beat, everything above them is ignored:
//   31..24 MAGIC   23..22 zero   21 last tile of the job   20 C follows   19..0 gap
// beat_a_o, beat_b_o and beat_c_o tell in which clock data_o is a beat of that matrix for the tile in slot_o; clear_o is 1
// in a clock before the first of them. commit_o tells that the tile is complete and valid, with what its header said.
// Bytes beyond the end of a matrix are ignored, null or not. A packet that breaks a rule is dropped as a whole:
//   error_o[0] no MAGIC, or bits 23..22 not zero     error_o[1] tlast before the last beat
//   error_o[2] no tlast on the last beat             error_o[3] a null byte in the header or in a matrix
// each for one clock. After tlast everything is as before. A packet waits at its header until a slot is free.
// full_o tells that no slot is free and no tile is on its way into one.
// clear_i forgets all tiles, but not where packets end: the rest of one that is open is dropped. With forget_i beside it
// there is no rest, and the next beat is a header; one that is taken in that very clock is lost, and so is its packet.
`default_nettype none

module espalier_loader #(
    parameter STREAM_BITS = 32,    // bits of a beat
    parameter KEEP_BITS   = 4,     // bytes of a beat
    parameter MAGIC       = 8'he5, // first byte of a header
    parameter BEATS_A     = 1,     // beats of each matrix, and bytes in the last one of them
    parameter BEATS_B     = 1,
    parameter BEATS_C     = 1,
    parameter BYTES_A     = 4,
    parameter BYTES_B     = 4,
    parameter BYTES_C     = 4,
    parameter SLOTS       = 2,     // tiles that are kept
    parameter SLOT_BITS   = 1,     // bits that count from 0 to SLOTS-1
    parameter GAP_BITS    = 20     // bits of a gap
) (
    // clock, synchronous reset of everything, and of everything but the place in the stream
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   clear_i,
    input  wire                   forget_i,
    // stream in
    input  wire [STREAM_BITS-1:0] s_axis_tdata,
    input  wire [KEEP_BITS-1:0]   s_axis_tkeep,
    input  wire                   s_axis_tlast,
    input  wire                   s_axis_tvalid,
    output wire                   s_axis_tready,
    // to the feeders
    output wire                   clear_o,
    output wire                   beat_a_o,
    output wire                   beat_b_o,
    output wire                   beat_c_o,
    output wire [STREAM_BITS-1:0] data_o,
    output wire [SLOT_BITS-1:0]   slot_o,
    // a tile is complete; a slot has been emptied
    output wire                   commit_o,
    output wire [GAP_BITS-1:0]    commit_gap_o,
    output wire                   commit_with_c_o,
    output wire                   commit_last_o,
    input  wire                   free_i,
    output wire                   full_o,
    // status
    output wire                   holds_o,
    output wire [3:0]             error_o
);
  localparam MOST_AB    = BEATS_A > BEATS_B ? BEATS_A : BEATS_B;
  localparam MOST       = MOST_AB > BEATS_C ? MOST_AB : BEATS_C;
  localparam BEAT_BITS  = $clog2(MOST + 1);
  localparam COUNT_BITS = $clog2(SLOTS + 1);
  localparam LAST_A     = BEATS_A - 1;
  localparam LAST_B     = BEATS_B - 1;
  localparam LAST_C     = BEATS_C - 1;
  localparam LAST_SLOT  = SLOTS - 1;
  localparam [KEEP_BITS-1:0]  ALL      = {KEEP_BITS{1'b1}};
  localparam [KEEP_BITS-1:0]  KEEP_A   = ALL >> (KEEP_BITS - BYTES_A);
  localparam [KEEP_BITS-1:0]  KEEP_B   = ALL >> (KEEP_BITS - BYTES_B);
  localparam [KEEP_BITS-1:0]  KEEP_C   = ALL >> (KEEP_BITS - BYTES_C);
  localparam [COUNT_BITS-1:0] ALL_FREE = SLOTS[COUNT_BITS-1:0];

  localparam [2:0] HEADER = 3'd0;
  localparam [2:0] IN_A   = 3'd1;
  localparam [2:0] IN_B   = 3'd2;
  localparam [2:0] IN_C   = 3'd3;
  localparam [2:0] DROP   = 3'd4;

  // The stream, behind a skid buffer.
  wire [STREAM_BITS-1:0] data;
  wire [KEEP_BITS-1:0]   keep;
  wire                   last, valid, ready;
  espalier_skid #(
      .WIDTH(STREAM_BITS + KEEP_BITS + 1)
  ) u_skid (
      .clk_i(clk_i), .rst_i(rst_i || clear_i),
      .data_i({s_axis_tlast, s_axis_tkeep, s_axis_tdata}), .valid_i(s_axis_tvalid), .ready_o(s_axis_tready),
      .data_o({last, keep, data}), .valid_o(valid), .ready_i(ready)
  );

  // Whether a packet is open on the stream itself, in front of the skid buffer.
  reg  open_q;
  wire open_d = s_axis_tvalid && s_axis_tready ? !s_axis_tlast : open_q && !forget_i;
  always @(posedge clk_i) begin
    if (rst_i) open_q <= 1'b0;
    else open_q <= open_d;
  end

  reg [2:0]            state_q, state_d;
  reg [BEAT_BITS-1:0]  left_q;
  reg [COUNT_BITS-1:0] free_q;
  reg [SLOT_BITS-1:0]  slot_q;
  reg [GAP_BITS-1:0]   gap_q;
  reg                  with_c_q, last_q;

  // What the beat is and what it ought to be.
  wire take    = valid && ready;
  wire matrix  = state_q == IN_A || state_q == IN_B || state_q == IN_C;
  wire ends    = matrix && left_q == {BEAT_BITS{1'b0}};
  wire final_b = ends && (state_q == IN_C || (state_q == IN_B && !with_c_q));
  wire [KEEP_BITS-1:0] needed = !ends ? ALL : state_q == IN_A ? KEEP_A : state_q == IN_B ? KEEP_B : KEEP_C;
  wire is_null = state_q == HEADER ? keep[3:0] != 4'hf : (needed & ~keep) != {KEEP_BITS{1'b0}};
  wire foreign = state_q == HEADER && (data[31:24] != MAGIC[7:0] || data[23:22] != 2'b00);
  wire early   = state_q != DROP && !final_b && last;
  wire late    = final_b && !last;
  wire [3:0] error = state_q == DROP ? 4'd0 :
                     is_null         ? 4'b1000 :
                     foreign         ? 4'b0001 :
                     early           ? 4'b0010 :
                     late            ? 4'b0100 : 4'd0;
  wire good   = take && state_q != DROP && error == 4'd0;
  wire commit = good && final_b;

  assign ready = state_q != HEADER || free_q != {COUNT_BITS{1'b0}};

  always @* begin
    state_d = state_q;
    if (take) begin
      if (last) state_d = HEADER;
      else if (!good) state_d = DROP;
      else if (state_q == HEADER) state_d = IN_A;
      else if (ends) state_d = state_q == IN_A ? IN_B : IN_C;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) state_q <= HEADER;
    else if (clear_i) state_q <= open_d ? DROP : HEADER;
    else state_q <= state_d;
  end

  // Beats of the matrix that are still to come, after the one at hand.
  always @(posedge clk_i) begin
    if (take && state_q == HEADER) left_q <= LAST_A[BEAT_BITS-1:0];
    else if (take && ends) left_q <= state_q == IN_A ? LAST_B[BEAT_BITS-1:0] : LAST_C[BEAT_BITS-1:0];
    else if (take) left_q <= left_q - 1'b1;
  end

  always @(posedge clk_i) begin
    if (take && state_q == HEADER) {last_q, with_c_q, gap_q} <= {data[21:20], data[GAP_BITS-1:0]};
  end

  always @(posedge clk_i) begin
    if (rst_i || clear_i) begin
      free_q <= ALL_FREE;
      slot_q <= {SLOT_BITS{1'b0}};
    end else begin
      if (commit && !free_i) free_q <= free_q - 1'b1;
      else if (!commit && free_i) free_q <= free_q + 1'b1;
      if (commit) slot_q <= slot_q == LAST_SLOT[SLOT_BITS-1:0] ? {SLOT_BITS{1'b0}} : slot_q + 1'b1;
    end
  end

  // A register before the feeders, which are many.
  reg                   clear_q, beat_a_q, beat_b_q, beat_c_q, commit_q;
  reg [STREAM_BITS-1:0] data_q;
  reg [SLOT_BITS-1:0]   beat_slot_q;
  reg [3:0]             error_q;
  always @(posedge clk_i) begin
    if (rst_i || clear_i) begin
      {clear_q, beat_a_q, beat_b_q, beat_c_q, commit_q} <= 5'd0;
      error_q <= 4'd0;
    end else begin
      clear_q  <= take && state_q == HEADER;
      beat_a_q <= take && state_q == IN_A;
      beat_b_q <= take && state_q == IN_B;
      beat_c_q <= take && state_q == IN_C;
      commit_q <= commit;
      error_q  <= take ? error : 4'd0;
    end
  end
  always @(posedge clk_i) begin
    data_q      <= data;
    beat_slot_q <= slot_q;
  end

  assign clear_o  = clear_q;
  assign beat_a_o = beat_a_q;
  assign beat_b_o = beat_b_q;
  assign beat_c_o = beat_c_q;
  assign data_o   = data_q;
  assign slot_o   = beat_slot_q;
  assign error_o  = error_q;

  assign commit_o        = commit_q;
  assign commit_gap_o    = gap_q;
  assign commit_with_c_o = with_c_q;
  assign commit_last_o   = last_q;

  assign full_o  = free_q == {COUNT_BITS{1'b0}} && !commit_q;
  assign holds_o = free_q != ALL_FREE || state_q != HEADER || valid;
endmodule

`default_nettype wire
