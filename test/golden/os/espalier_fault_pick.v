// Picks, for every fault slot, the values of the PE that the slot addresses.
//
// Contract: value_o has BITS bits for each slot, slot 0 in the least significant ones: those of value_i that belong to
// the PE with the slot's index. An index beyond the last PE picks those of PE 0. Purely combinational.
`default_nettype none

module espalier_fault_pick #(
    parameter PES     = 1,  // processing elements
    parameter SLOTS   = 1,  // fault slots
    parameter PE_BITS = 1,  // bits of a PE index
    parameter BITS    = 8   // bits of one PE
) (
    input  wire [SLOTS*PE_BITS-1:0] pe_i,
    input  wire [PES*BITS-1:0]      value_i,
    output reg  [SLOTS*BITS-1:0]    value_o
);
  integer slot, pe;

  always @* begin
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      pe = {{(32-PE_BITS){1'b0}}, pe_i[slot*PE_BITS +: PE_BITS]};
      if (pe >= PES) pe = 0;
      value_o[slot*BITS +: BITS] = value_i[pe*BITS +: BITS];
    end
  end
endmodule

`default_nettype wire
