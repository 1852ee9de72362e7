// The registers of a top module, but for those of its fault slots: what it is, what it does, and counters.
//
// Contract: addresses are those of espalier_register_map.vh. One access per clock. Words that are not there,
// and writes to words that can only be read, give an error and do nothing. Words from FAULT_AREA on belong to the fault
// slots: these get the same accesses, and their answer is passed on.
// soft_reset_o, with or without forget_o, and clear_o are 1 for one clock, the one after the write.
`default_nettype none

module espalier_registers #(
    parameter [63:0] HASH        = 64'd0, // design hash
    parameter        N1          = 1,     // size of a tile
    parameter        N2          = 1,
    parameter        N3          = 1,
    parameter [23:0] TYPES       = 24'd0, // dtype codes of c, b and a
    parameter        STREAM_BITS = 32,    // bits of tdata
    parameter        FAULT_SLOTS = 0,     // fault slots
    parameter [31:0] ID          = 32'd0, // what ID and VERSION read
    parameter [31:0] VERSION     = 32'd0
) (
    // clock, synchronous reset
    input  wire        clk_i,
    input  wire        rst_i,
    // accesses
    input  wire        write_i,
    input  wire [11:0] write_word_i,
    input  wire [31:0] write_data_i,
    input  wire [3:0]  write_strobe_i,
    output wire        write_error_o,
    input  wire        read_i,
    input  wire [11:0] read_word_i,
    output reg  [31:0] read_data_o,
    output reg         read_error_o,
    // answers of the fault slots
    input  wire        fault_write_error_i,
    input  wire [31:0] fault_read_data_i,
    input  wire        fault_read_error_i,
    // control
    output wire        enable_o,
    output wire        soft_reset_o,
    output wire        forget_o,
    output wire        clear_o,
    // status
    input  wire        holds_i,
    input  wire        idle_i,
    input  wire        en_i,
    input  wire        no_tile_i,
    input  wire        no_room_i,
    input  wire        slipped_i,
    input  wire [3:0]  error_i,
    input  wire        tile_in_i,
    input  wire        tile_out_i,
    input  wire [63:0] cycle_i
);
  `include "espalier_register_map.vh"

  localparam [11:0] FAULT_AREA = 12'h800;

  wire control = write_i && write_word_i == WORD_CONTROL && write_strobe_i[0];
  assign write_error_o = write_word_i >= FAULT_AREA ? fault_write_error_i : write_word_i != WORD_CONTROL;

  reg enable_q, soft_reset_q, forget_q, clear_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      enable_q     <= 1'b1;
      soft_reset_q <= 1'b0;
      forget_q     <= 1'b0;
      clear_q      <= 1'b0;
    end else begin
      if (control) enable_q <= write_data_i[BIT_ENABLE];
      soft_reset_q <= control && write_data_i[BIT_SOFT_RESET];
      forget_q     <= control && write_data_i[BIT_SOFT_RESET] && write_data_i[BIT_FORGET_PACKET];
      clear_q      <= control && write_data_i[BIT_CLEAR];
    end
  end
  assign enable_o     = enable_q;
  assign soft_reset_o = soft_reset_q;
  assign forget_o     = forget_q;
  assign clear_o      = clear_q;

  // Counters and flags.
  wire       running = !idle_i;
  wire       frozen  = running && !en_i;
  reg        slipped_q;
  reg [3:0]  error_q;
  reg [31:0] tiles_in_q, tiles_out_q;
  reg [63:0] clocks_q, frozen_clocks_q;
  always @(posedge clk_i) begin
    if (rst_i || clear_q || soft_reset_q) begin
      slipped_q       <= 1'b0;
      error_q         <= 4'd0;
      tiles_in_q      <= 32'd0;
      tiles_out_q     <= 32'd0;
      clocks_q        <= 64'd0;
      frozen_clocks_q <= 64'd0;
    end else begin
      slipped_q <= slipped_q || slipped_i;
      error_q   <= error_q | error_i;
      if (tile_in_i) tiles_in_q <= tiles_in_q + 32'd1;
      if (tile_out_i) tiles_out_q <= tiles_out_q + 32'd1;
      if (running) clocks_q <= clocks_q + 64'd1;
      if (frozen) frozen_clocks_q <= frozen_clocks_q + 64'd1;
    end
  end

  reg [31:0] status;
  always @* begin
    status                 = 32'd0;
    status[BIT_BUSY]       = running || holds_i;
    status[BIT_RUNNING]    = running;
    status[BIT_FROZEN]     = frozen;
    status[BIT_NO_TILE]    = no_tile_i;
    status[BIT_NO_ROOM]    = no_room_i;
    status[BIT_SLIPPED]    = slipped_q;
    status[BIT_MAGIC]      = error_q[0];
    status[BIT_EARLY_LAST] = error_q[1];
    status[BIT_LATE_LAST]  = error_q[2];
    status[BIT_NULL_BYTE]  = error_q[3];
  end

  wire [31:0] types = {24'd0, TYPES[7:0]} << BIT_TYPE_A | {24'd0, TYPES[15:8]} << BIT_TYPE_B
                    | {24'd0, TYPES[23:16]} << BIT_TYPE_C;

  // A counter's high word is kept when its low word is read.
  reg [31:0] high_q, high_d;
  reg        keep_high;
  always @(posedge clk_i) if (read_i && keep_high) high_q <= high_d;

  always @* begin
    read_data_o  = 32'd0;
    read_error_o = 1'b0;
    keep_high    = 1'b0;
    high_d       = cycle_i[63:32];
    case (read_word_i)
      WORD_ID:          read_data_o = ID;
      WORD_VERSION:     read_data_o = VERSION;
      WORD_HASH_LOW:    read_data_o = HASH[31:0];
      WORD_HASH_HIGH:   read_data_o = HASH[63:32];
      WORD_CONTROL:     read_data_o[BIT_ENABLE] = enable_q;
      WORD_STATUS:      read_data_o = status;
      WORD_TILES_IN:    read_data_o = tiles_in_q;
      WORD_TILES_OUT:   read_data_o = tiles_out_q;
      WORD_N1:          read_data_o = N1;
      WORD_N2:          read_data_o = N2;
      WORD_N3:          read_data_o = N3;
      WORD_TYPES:       read_data_o = types;
      WORD_STREAM_BITS: read_data_o = STREAM_BITS;
      WORD_FAULT_SLOTS: read_data_o = FAULT_SLOTS;
      WORD_CYCLE: begin
        read_data_o = cycle_i[31:0];
        keep_high   = 1'b1;
      end
      WORD_CLOCKS: begin
        read_data_o = clocks_q[31:0];
        high_d      = clocks_q[63:32];
        keep_high   = 1'b1;
      end
      WORD_FROZEN_CLOCKS: begin
        read_data_o = frozen_clocks_q[31:0];
        high_d      = frozen_clocks_q[63:32];
        keep_high   = 1'b1;
      end
      WORD_CYCLE_HIGH, WORD_CLOCKS_HIGH, WORD_FROZEN_CLOCKS_HIGH: read_data_o = high_q;
      default: begin
        read_data_o  = read_word_i < FAULT_AREA ? 32'd0 : fault_read_data_i;
        read_error_o = read_word_i < FAULT_AREA || fault_read_error_i;
      end
    endcase
  end

  // Only the lowest byte of CONTROL has a meaning.
  wire unused = &{1'b0, write_data_i, write_strobe_i};
endmodule

`default_nettype wire
