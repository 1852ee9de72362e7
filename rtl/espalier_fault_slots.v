// The fault slots of a top module: their registers, windows and counters, for the fault port of the grid.
//
// Contract: SLOTS times espalier_fault_slot. Bits 10..5 of a word's address choose the slot, 4..0 the register; a slot
// that is not there gives an error. Nothing is heard unless bit 11 is 1.
`default_nettype none

module espalier_fault_slots #(
    parameter SLOTS     = 1,  // fault slots, at most 64
    parameter PE_BITS   = 1,  // bits of a PE index
    parameter NODE_BITS = 4,  // bits of a node code
    parameter DATA_BITS = 32  // bits of mask and value of one slot, at most 128
) (
    // clock, synchronous reset of settings and counters, of counters alone
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire                       clear_i,
    // accesses
    input  wire                       write_i,
    input  wire [11:0]                write_word_i,
    input  wire [31:0]                write_data_i,
    input  wire [3:0]                 write_strobe_i,
    output reg                        write_error_o,
    input  wire                       read_i,
    input  wire [11:0]                read_word_i,
    output reg  [31:0]                read_data_o,
    output reg                        read_error_o,
    // schedule
    input  wire                       idle_i,
    input  wire                       en_i,
    input  wire                       count_i,
    input  wire [63:0]                cycle_i,
    input  wire                       fresh_i,
    // fault port of the grid, slot 0 in the least significant bits
    output wire [SLOTS-1:0]           fault_en_o,
    output wire [SLOTS*PE_BITS-1:0]   fault_pe_o,
    output wire [SLOTS*NODE_BITS-1:0] fault_node_o,
    output wire [SLOTS*2-1:0]         fault_kind_o,
    output wire [SLOTS*DATA_BITS-1:0] fault_mask_o,
    output wire [SLOTS*DATA_BITS-1:0] fault_value_o,
    input  wire [SLOTS-1:0]           fault_fired_i
);
  wire [SLOTS-1:0]    write_errors, read_errors;
  wire [SLOTS*32-1:0] read_words;

  genvar slot;
  generate
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin : gen_slot
      espalier_fault_slot #(
          .PE_BITS(PE_BITS), .NODE_BITS(NODE_BITS), .DATA_BITS(DATA_BITS)
      ) u_slot (
          .clk_i(clk_i), .rst_i(rst_i), .clear_i(clear_i),
          .write_i(write_i && write_word_i[11:5] == {1'b1, slot[5:0]}), .write_word_i(write_word_i[4:0]),
          .write_data_i(write_data_i), .write_strobe_i(write_strobe_i), .write_error_o(write_errors[slot]),
          .read_i(read_i && read_word_i[11:5] == {1'b1, slot[5:0]}), .read_word_i(read_word_i[4:0]),
          .read_data_o(read_words[slot*32 +: 32]), .read_error_o(read_errors[slot]),
          .idle_i(idle_i), .en_i(en_i), .count_i(count_i), .cycle_i(cycle_i),
          .act_o(fault_en_o[slot]), .pe_o(fault_pe_o[slot*PE_BITS +: PE_BITS]),
          .node_o(fault_node_o[slot*NODE_BITS +: NODE_BITS]), .kind_o(fault_kind_o[slot*2 +: 2]),
          .mask_o(fault_mask_o[slot*DATA_BITS +: DATA_BITS]), .value_o(fault_value_o[slot*DATA_BITS +: DATA_BITS]),
          .fired_i(fault_fired_i[slot]), .fresh_i(fresh_i)
      );
    end
  endgenerate

  // The slot that is addressed answers; one that is not there cannot.
  integer n;
  always @* begin
    write_error_o = 1'b1;
    read_error_o  = 1'b1;
    read_data_o   = 32'd0;
    for (n = 0; n < SLOTS; n = n + 1) begin
      if (write_word_i[10:5] == n[5:0]) write_error_o = write_errors[n];
      if (read_word_i[10:5] == n[5:0]) begin
        read_error_o = read_errors[n];
        read_data_o  = read_words[n*32 +: 32];
      end
    end
  end
endmodule

`default_nettype wire
