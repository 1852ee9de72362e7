// Decodes the fault port of a grid for its PEs.
//
// Contract: hit_o has SLOTS bits for each PE (PE 0 in the least significant ones): the slot is enabled and addresses
// that PE. keep_o and toggle_o express the slot's kind for all PEs alike: value = (value & keep) ^ toggle.
//   kind 0 stuck_at_0: keep ~mask, toggle 0         kind 1 stuck_at_1: keep ~mask, toggle mask
//   kind 2 flip:       keep ~0,    toggle mask      kind 3 set:        keep ~mask, toggle value & mask
// Purely combinational.
`default_nettype none

module espalier_fault_decode #(
    parameter PES       = 1,  // processing elements
    parameter SLOTS     = 1,  // fault slots
    parameter PE_BITS   = 1,  // bits of a PE index
    parameter DATA_BITS = 32  // bits of mask and value of one slot
) (
    // fault port, slot 0 in the least significant bits
    input  wire [SLOTS-1:0]           fault_en_i,
    input  wire [SLOTS*PE_BITS-1:0]   fault_pe_i,
    input  wire [SLOTS*2-1:0]         fault_kind_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_mask_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_value_i,

    // to the PEs
    output reg  [PES*SLOTS-1:0]       hit_o,
    output reg  [SLOTS*DATA_BITS-1:0] keep_o,
    output reg  [SLOTS*DATA_BITS-1:0] toggle_o
);
  reg [1:0]           kind;
  reg [DATA_BITS-1:0] mask, value;
  integer pe, slot;

  always @* begin
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      kind  = fault_kind_i[slot*2 +: 2];
      mask  = fault_mask_i[slot*DATA_BITS +: DATA_BITS];
      value = fault_value_i[slot*DATA_BITS +: DATA_BITS];
      keep_o[slot*DATA_BITS +: DATA_BITS]   = kind == 2'd2 ? {DATA_BITS{1'b1}} : ~mask;
      toggle_o[slot*DATA_BITS +: DATA_BITS] = kind == 2'd0 ? {DATA_BITS{1'b0}} :
                                              kind == 2'd3 ? value & mask : mask;
      for (pe = 0; pe < PES; pe = pe + 1) begin
        hit_o[pe*SLOTS + slot] = fault_en_i[slot] && fault_pe_i[slot*PE_BITS +: PE_BITS] == pe[PE_BITS-1:0];
      end
    end
  end
endmodule

`default_nettype wire
