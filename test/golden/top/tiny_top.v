// tiny_top: tiny_grid with AXI4-Stream ports for tiles and results and AXI4-Lite registers.
// Array tiny, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x3 of int8, B 3x2 of int8, C and R 2x2 of int32
//   T = [[1, 0, 0], [0, 1, 0], [1, 1, 1]], det 1
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = j
// its registers a and b take their values in cycle
//   t = i + j + k - 3
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
//
// One packet on s_axis is one tile: a header beat, then A (2), B (2) and, if the header says so, C (4 beats),
// row-major, little-endian, elements contiguous, each matrix from a new beat on; tlast on the last beat only. The header is the
// low 32 bits of its beat:
//   31..24 MAGIC  0xe5
//   23..22 ZERO   0, else the packet is dropped
//   21     LAST   this is the last tile of its job
//   20     WITH_C C follows; without it C is zero
//   19..0  GAP    cycles from the start of this tile to that of the next; 0 for the default schedule
// By default a tile starts every 3 cycles.
// A tile whose C is an R that has come back starts 11 cycles or more after the tile that gave it.
// One packet on m_axis is the R of one tile.
// A packet that breaks a rule is dropped up to its tlast, and STATUS says why.
// The grid runs 3 cycles behind the starts of tiles: its cycle 0 of a tile comes 3 cycles after the tile's start.
`default_nettype none

module tiny_top (
    // clock, reset
    input  wire aclk,
    input  wire aresetn,
    // registers
    input  wire [13:0] s_axil_awaddr,
    input  wire s_axil_awvalid,
    output wire s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0] s_axil_wstrb,
    input  wire s_axil_wvalid,
    output wire s_axil_wready,
    output wire [1:0] s_axil_bresp,
    output wire s_axil_bvalid,
    input  wire s_axil_bready,
    input  wire [13:0] s_axil_araddr,
    input  wire s_axil_arvalid,
    output wire s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0] s_axil_rresp,
    output wire s_axil_rvalid,
    input  wire s_axil_rready,
    // tiles
    input  wire [31:0] s_axis_tdata,
    input  wire [3:0] s_axis_tkeep,
    input  wire s_axis_tlast,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,
    // results
    output wire [31:0] m_axis_tdata,
    output wire [3:0] m_axis_tkeep,
    output wire m_axis_tlast,
    output wire m_axis_tvalid,
    input  wire m_axis_tready
);
  // Everything but registers and the places in the streams is cleared by a soft reset as well.
  wire rst = !aresetn;
  wire enable, soft_reset, forget, clear;
  wire core_rst = rst || soft_reset;

  // Registers.
  wire write, read, write_error, read_error;
  wire [11:0] write_word, read_word;
  wire [31:0] write_data, read_data;
  wire [3:0] write_strobe;
  espalier_axil #(
      .ADDRESS_BITS(14)
  ) u_axil (
      .clk_i(aclk), .rst_i(rst),
      .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
      .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready),
      .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready),
      .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready),
      .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
      .write_o(write), .write_word_o(write_word), .write_data_o(write_data), .write_strobe_o(write_strobe), .write_error_i(write_error),
      .read_o(read), .read_word_o(read_word), .read_data_i(read_data), .read_error_i(read_error)
  );

  wire en, idle, no_tile, no_room, slipped, loader_holds, packer_holds, commit, sent;
  wire [3:0] packet_error;
  wire [63:0] cycle;
  wire fault_write_error, fault_read_error;
  wire [31:0] fault_read_data;
  espalier_registers #(
      .HASH(64'hHASH), .N1(2), .N2(2), .N3(3), .TYPES(24'h20000),
      .STREAM_BITS(32), .FAULT_SLOTS(1), .ID(32'h45535054), .VERSION(32'h1)
  ) u_registers (
      .clk_i(aclk), .rst_i(rst),
      .write_i(write), .write_word_i(write_word), .write_data_i(write_data), .write_strobe_i(write_strobe), .write_error_o(write_error),
      .read_i(read), .read_word_i(read_word), .read_data_o(read_data), .read_error_o(read_error),
      .fault_write_error_i(fault_write_error), .fault_read_data_i(fault_read_data), .fault_read_error_i(fault_read_error),
      .enable_o(enable), .soft_reset_o(soft_reset), .forget_o(forget), .clear_o(clear),
      .holds_i(loader_holds || packer_holds), .idle_i(idle), .en_i(en), .no_tile_i(no_tile), .no_room_i(no_room), .slipped_i(slipped),
      .error_i(packet_error), .tile_in_i(commit), .tile_out_i(sent), .cycle_i(cycle)
  );

  // Tiles come in.
  wire load_clear, beat_a, beat_b, beat_c, commit_with_c, commit_last, fed, full;
  wire [31:0] load_data;
  wire [2:0] load_slot;
  wire [19:0] commit_gap;
  espalier_loader #(
      .STREAM_BITS(32), .KEEP_BITS(4), .MAGIC(8'he5),
      .BEATS_A(2), .BEATS_B(2), .BEATS_C(4), .BYTES_A(2), .BYTES_B(2), .BYTES_C(4),
      .SLOTS(5), .SLOT_BITS(3), .GAP_BITS(20)
  ) u_loader (
      .clk_i(aclk), .rst_i(rst), .clear_i(core_rst), .forget_i(forget),
      .s_axis_tdata(s_axis_tdata), .s_axis_tkeep(s_axis_tkeep), .s_axis_tlast(s_axis_tlast),
      .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
      .clear_o(load_clear), .beat_a_o(beat_a), .beat_b_o(beat_b), .beat_c_o(beat_c), .data_o(load_data), .slot_o(load_slot),
      .commit_o(commit), .commit_gap_o(commit_gap), .commit_with_c_o(commit_with_c), .commit_last_o(commit_last), .free_i(fed), .full_o(full),
      .holds_o(loader_holds), .error_o(packet_error)
  );

  // Tiles start.
  wire start, start_with_c, start_last, credit, credit_due, done;
  wire [2:0] start_slot;
  wire [2:0] start_out_slot;
  wire [9:0] starts;
  wire [9:0] starts_with_c;
  wire [9:0] lasts;
  wire [11:0] slots;
  wire [29:0] out_slots;
  espalier_sequencer #(
      .SLOTS(5), .SLOT_BITS(3), .OUT_SLOTS(8), .OUT_SLOT_BITS(3), .GAP_BITS(20),
      .BURST(1), .INTERVAL(3)
  ) u_sequencer (
      .clk_i(aclk), .rst_i(core_rst), .enable_i(enable), .full_i(full),
      .commit_i(commit), .commit_slot_i(load_slot), .commit_gap_i(commit_gap), .commit_with_c_i(commit_with_c), .commit_last_i(commit_last),
      .credit_i(credit), .credit_due_i(credit_due), .tap_fed_i(starts[3]), .tap_done_i(starts[9]), .tap_drained_i(lasts[9]), .fed_o(fed), .done_o(done),
      .en_o(en), .start_o(start), .start_with_c_o(start_with_c), .start_last_o(start_last),
      .start_slot_o(start_slot), .start_out_slot_o(start_out_slot),
      .idle_o(idle), .no_tile_o(no_tile), .no_room_o(no_room), .slipped_o(slipped)
  );
  // a tile starts: bit or field n is that of n + 1 cycles ago
  espalier_delay_line #(
      .WIDTH(1), .LENGTH(10)
  ) u_starts (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .value_i(start), .taps_o(starts)
  );
  // a tile starts that brings a C: bit or field n is that of n + 1 cycles ago
  espalier_delay_line #(
      .WIDTH(1), .LENGTH(10)
  ) u_starts_with_c (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .value_i(start_with_c), .taps_o(starts_with_c)
  );
  // the last tile of a job starts: bit or field n is that of n + 1 cycles ago
  espalier_delay_line #(
      .WIDTH(1), .LENGTH(10)
  ) u_lasts (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .value_i(start_last), .taps_o(lasts)
  );
  // slot of its elements: bit or field n is that of n + 1 cycles ago
  espalier_delay_line #(
      .WIDTH(3), .LENGTH(4)
  ) u_slots (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .value_i(start_slot), .taps_o(slots)
  );
  // slot of its results: bit or field n is that of n + 1 cycles ago
  espalier_delay_line #(
      .WIDTH(3), .LENGTH(10)
  ) u_out_slots (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .value_i(start_out_slot), .taps_o(out_slots)
  );

  // Cycles of the job; the grid is in reset outside.
  wire count, fresh, grid_rst;
  espalier_job_cycle u_job_cycle (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en), .idle_i(idle), .start_i(starts[0]), .end_i(lasts[8]),
      .count_o(count), .cycle_o(cycle), .fresh_o(fresh), .grid_rst_o(grid_rst)
  );

  // Fault slots.
  wire [0:0] fault_en, fault_fired;
  wire [1:0] fault_pe;
  wire [3:0] fault_node;
  wire [1:0] fault_kind;
  wire [31:0] fault_mask, fault_value;
  espalier_fault_slots #(
      .SLOTS(1), .PE_BITS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_fault_slots (
      .clk_i(aclk), .rst_i(rst), .clear_i(clear || soft_reset),
      .write_i(write), .write_word_i(write_word), .write_data_i(write_data), .write_strobe_i(write_strobe), .write_error_o(fault_write_error),
      .read_i(read), .read_word_i(read_word), .read_data_o(fault_read_data), .read_error_o(fault_read_error),
      .idle_i(idle), .en_i(en), .count_i(count), .cycle_i(cycle), .fresh_i(fresh),
      .fault_en_o(fault_en), .fault_pe_o(fault_pe), .fault_node_o(fault_node), .fault_kind_o(fault_kind),
      .fault_mask_o(fault_mask), .fault_value_o(fault_value), .fault_fired_i(fault_fired)
  );

  // a_i
  wire [15:0] grid_a;
  espalier_feed_lane #(
      .WIDTH(8), .ELEMENTS(4), .FIRST(0), .STRIDE(1), .COUNT(3), .DESCENDING(0), .PERIOD(1), .BANKS(4), .UNIT(4), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_a_0 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_a), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts[0]), .start_slot_i(slots[2:0]), .lane_o(grid_a[7:0])
  );
  espalier_feed_lane #(
      .WIDTH(8), .ELEMENTS(4), .FIRST(3), .STRIDE(1), .COUNT(3), .DESCENDING(0), .PERIOD(1), .BANKS(4), .UNIT(4), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_a_1 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_a), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts[1]), .start_slot_i(slots[5:3]), .lane_o(grid_a[15:8])
  );

  // b_i
  wire [15:0] grid_b;
  espalier_feed_lane #(
      .WIDTH(8), .ELEMENTS(4), .FIRST(0), .STRIDE(2), .COUNT(3), .DESCENDING(0), .PERIOD(1), .BANKS(2), .UNIT(4), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_b_0 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_b), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts[0]), .start_slot_i(slots[2:0]), .lane_o(grid_b[7:0])
  );
  espalier_feed_lane #(
      .WIDTH(8), .ELEMENTS(4), .FIRST(1), .STRIDE(2), .COUNT(3), .DESCENDING(0), .PERIOD(1), .BANKS(2), .UNIT(4), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_b_1 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_b), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts[1]), .start_slot_i(slots[5:3]), .lane_o(grid_b[15:8])
  );

  // s_i
  wire [95:0] grid_s;
  espalier_feed_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(0), .STRIDE(1), .COUNT(1), .DESCENDING(1), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_s_0 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_c), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts_with_c[1]), .start_slot_i(slots[5:3]), .lane_o(grid_s[31:0])
  );
  espalier_feed_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(1), .STRIDE(1), .COUNT(2), .DESCENDING(1), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_s_1 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_c), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts_with_c[1]), .start_slot_i(slots[5:3]), .lane_o(grid_s[63:32])
  );
  espalier_feed_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(3), .STRIDE(1), .COUNT(1), .DESCENDING(1), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(5), .SLOT_BITS(3)
  ) u_grid_s_2 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .load_clear_i(load_clear), .load_beat_i(beat_c), .load_slot_i(load_slot), .load_data_i(load_data),
      .start_i(starts_with_c[3]), .start_slot_i(slots[11:9]), .lane_o(grid_s[95:64])
  );

  // first_i
  wire [1:0] grid_first;
  assign grid_first[0] = starts[2];
  assign grid_first[1] = starts[3];

  // last_i
  wire [1:0] grid_last;
  assign grid_last[0] = starts[5];
  assign grid_last[1] = starts[6];

  // The grid.
  wire [95:0] grid_s_out;
  tiny_grid u_grid (
      .clk_i(aclk), .rst_i(grid_rst), .en_i(en),
      .a_i(grid_a),
      .b_i(grid_b),
      .s_i(grid_s),
      .first_i(grid_first),
      .last_i(grid_last),
      .fault_en_i(fault_en), .fault_pe_i(fault_pe), .fault_node_i(fault_node), .fault_kind_i(fault_kind),
      .fault_mask_i(fault_mask), .fault_value_i(fault_value), .fault_fired_o(fault_fired),
      .s_o(grid_s_out)
  );

  // Results go out.
  wire read_beat, read_clear;
  wire [2:0] read_slot;
  wire [31:0] beat_grid_s_out_0;
  espalier_collect_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(0), .STRIDE(1), .COUNT(1), .DESCENDING(0), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(8), .SLOT_BITS(3)
  ) u_grid_s_out_0 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .start_i(starts[7]), .start_slot_i(out_slots[23:21]), .lane_i(grid_s_out[31:0]),
      .read_clear_i(read_clear), .read_beat_i(read_beat), .read_slot_i(read_slot), .beat_o(beat_grid_s_out_0)
  );
  wire [31:0] beat_grid_s_out_1;
  espalier_collect_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(1), .STRIDE(1), .COUNT(2), .DESCENDING(1), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(8), .SLOT_BITS(3)
  ) u_grid_s_out_1 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .start_i(starts[8]), .start_slot_i(out_slots[26:24]), .lane_i(grid_s_out[63:32]),
      .read_clear_i(read_clear), .read_beat_i(read_beat), .read_slot_i(read_slot), .beat_o(beat_grid_s_out_1)
  );
  wire [31:0] beat_grid_s_out_2;
  espalier_collect_lane #(
      .WIDTH(32), .ELEMENTS(1), .FIRST(3), .STRIDE(1), .COUNT(1), .DESCENDING(0), .PERIOD(1), .BANKS(1), .UNIT(1), .SLOTS(8), .SLOT_BITS(3)
  ) u_grid_s_out_2 (
      .clk_i(aclk), .rst_i(core_rst), .en_i(en),
      .start_i(starts[9]), .start_slot_i(out_slots[29:27]), .lane_i(grid_s_out[95:64]),
      .read_clear_i(read_clear), .read_beat_i(read_beat), .read_slot_i(read_slot), .beat_o(beat_grid_s_out_2)
  );
  espalier_packer #(
      .STREAM_BITS(32), .KEEP_BITS(4), .BEATS(4), .BYTES(4),
      .SLOTS(8), .SLOT_BITS(3)
  ) u_packer (
      .clk_i(aclk), .rst_i(rst), .clear_i(core_rst),
      .done_i(done), .credit_o(credit), .credit_due_o(credit_due), .read_beat_o(read_beat), .read_clear_o(read_clear), .read_slot_o(read_slot),
      .beat_i(beat_grid_s_out_0 | beat_grid_s_out_1 | beat_grid_s_out_2),
      .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tlast(m_axis_tlast),
      .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready), .holds_o(packer_holds), .sent_o(sent)
  );

  // Not every tap is somebody's; lanes of the grid may carry nothing.
  wire unused = &{1'b0, starts, starts_with_c, lasts, slots, out_slots, count, grid_s_out };
endmodule

`default_nettype wire
