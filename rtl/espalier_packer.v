// Sends the results of each tile as one packet.
//
// Contract: done_i tells for one clock that another tile's results are complete. Its beats are read with read_beat_o, the
// last one together with read_clear_o; beat_i is what was read, one clock later. A packet is BEATS beats with tlast on
// the last one, where tkeep has BYTES ones. credit_o tells that the tile's slot is empty again, sent_o that its packet has
// gone; credit_due_o tells that there are tiles to send.
// clear_i forgets all tiles. A packet that is open then ends with a beat of nothing but null bytes and tlast, so that
// the stream keeps its rules: tvalid never drops, and every packet ends. Packets begun before are not counted by sent_o.
`default_nettype none

module espalier_packer #(
    parameter STREAM_BITS = 32,  // bits of a beat
    parameter KEEP_BITS   = 4,   // bytes of a beat
    parameter BEATS       = 1,   // beats of a packet, and bytes in the last one
    parameter BYTES       = 4,
    parameter SLOTS       = 2,   // tiles that the collectors keep
    parameter SLOT_BITS   = 1    // bits that count from 0 to SLOTS-1
) (
    // clock, synchronous reset of everything, and of everything but the stream
    input  wire                   clk_i,
    input  wire                   rst_i,
    input  wire                   clear_i,
    // a tile's results are complete
    input  wire                   done_i,
    output wire                   credit_o,
    output wire                   credit_due_o,
    // from the collectors
    output wire                   read_beat_o,
    output wire                   read_clear_o,
    output wire [SLOT_BITS-1:0]   read_slot_o,
    input  wire [STREAM_BITS-1:0] beat_i,
    // stream out
    output wire [STREAM_BITS-1:0] m_axis_tdata,
    output wire [KEEP_BITS-1:0]   m_axis_tkeep,
    output wire                   m_axis_tlast,
    output wire                   m_axis_tvalid,
    input  wire                   m_axis_tready,
    // status
    output wire                   holds_o,
    output wire                   sent_o
);
  localparam COUNT_BITS = $clog2(SLOTS + 1);
  localparam BEAT_BITS  = BEATS > 1 ? $clog2(BEATS) : 1;
  localparam LAST_BEAT  = BEATS - 1;
  localparam LAST_SLOT  = SLOTS - 1;
  localparam [KEEP_BITS-1:0] ALL       = {KEEP_BITS{1'b1}};
  localparam [KEEP_BITS-1:0] KEEP_LAST = ALL >> (KEEP_BITS - BYTES);

  reg [COUNT_BITS-1:0] complete_q;
  reg [BEAT_BITS-1:0]  beat_q;
  reg [SLOT_BITS-1:0]  slot_q;
  reg                  valid_q, last_q, open_q, closing_q;
  wire                 ready;

  // A beat that has been read waits in the memories' output registers until the skid buffer takes it.
  wire room    = !closing_q && (!valid_q || ready);
  wire read    = complete_q != {COUNT_BITS{1'b0}} && room;
  wire is_last = beat_q == LAST_BEAT[BEAT_BITS-1:0];

  always @(posedge clk_i) begin
    if (rst_i || clear_i) begin
      complete_q <= {COUNT_BITS{1'b0}};
      beat_q     <= {BEAT_BITS{1'b0}};
      slot_q     <= {SLOT_BITS{1'b0}};
      valid_q    <= 1'b0;
    end else begin
      if (done_i && !(read && is_last)) complete_q <= complete_q + 1'b1;
      else if (!done_i && read && is_last) complete_q <= complete_q - 1'b1;
      if (read) beat_q <= is_last ? {BEAT_BITS{1'b0}} : beat_q + 1'b1;
      if (read && is_last) slot_q <= slot_q == LAST_SLOT[SLOT_BITS-1:0] ? {SLOT_BITS{1'b0}} : slot_q + 1'b1;
      if (room) valid_q <= read;
    end
  end
  always @(posedge clk_i) if (room) last_q <= is_last;

  // Whether a packet is open, after the beat that goes into the skid buffer now.
  wire put    = (valid_q || closing_q) && ready;
  wire open_d = put ? !(last_q || closing_q) : open_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      open_q    <= 1'b0;
      closing_q <= 1'b0;
    end else begin
      open_q    <= open_d;
      closing_q <= clear_i ? open_d : closing_q && !ready;
    end
  end

  wire [KEEP_BITS-1:0] keep = closing_q ? {KEEP_BITS{1'b0}} : last_q ? KEEP_LAST : ALL;
  espalier_skid #(
      .WIDTH(STREAM_BITS + KEEP_BITS + 1)
  ) u_skid (
      .clk_i(clk_i), .rst_i(rst_i),
      .data_i({last_q || closing_q, keep, closing_q ? {STREAM_BITS{1'b0}} : beat_i}),
      .valid_i(valid_q || closing_q), .ready_o(ready),
      .data_o({m_axis_tlast, m_axis_tkeep, m_axis_tdata}), .valid_o(m_axis_tvalid), .ready_i(m_axis_tready)
  );

  // Beats in the skid buffer, and how many of them were there at the last clear.
  reg  [1:0] held_q, stale_q;
  wire       out    = m_axis_tvalid && m_axis_tready;
  wire [1:0] held_d = held_q + {1'b0, put} - {1'b0, out};
  always @(posedge clk_i) begin
    if (rst_i) held_q <= 2'd0;
    else held_q <= held_d;
  end
  always @(posedge clk_i) begin
    if (rst_i) stale_q <= 2'd0;
    else if (clear_i) stale_q <= held_d;
    else if (out && stale_q != 2'd0) stale_q <= stale_q - 2'd1;
  end

  assign read_beat_o  = read;
  assign read_clear_o = read && is_last;
  assign read_slot_o  = slot_q;
  assign credit_o     = read && is_last;
  assign credit_due_o = complete_q != {COUNT_BITS{1'b0}};
  assign holds_o      = complete_q != {COUNT_BITS{1'b0}} || valid_q || closing_q || m_axis_tvalid;
  // The beat that closes a packet after a reset has no byte, and is no result.
  assign sent_o       = out && m_axis_tlast && m_axis_tkeep[0] && stale_q == 2'd0;
endmodule

`default_nettype wire
