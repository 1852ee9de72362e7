// Decodes the fault port of a grid for its PEs.
//
// Contract: hit_o has SLOTS bits for each PE (PE 0 in the least significant ones): the slot is enabled and addresses
// that PE. node_o has SLOTS bits for each node, in the order of CODES: the slot addresses that node. own_keep_o and
// own_toggle_o express what a slot does to its node, for all PEs alike: value = (value & keep) ^ toggle.
//   kind 0 stuck_at_0: keep ~mask, toggle 0         kind 1 stuck_at_1: keep ~mask, toggle mask
//   kind 2 flip:       keep ~0,    toggle mask      kind 3 set:        keep ~mask, toggle value & mask
// The mask counts within the node's bits only. A slot that is off, or addresses no PE or no node, keeps everything.
// keep_o and toggle_o express what all slots on the slot's node of its PE do together, slot 0 first.
// Purely combinational.
`default_nettype none

module espalier_fault_decode #(
    parameter PES       = 1,   // processing elements
    parameter SLOTS     = 1,   // fault slots
    parameter NODES     = 1,   // nodes of a PE where faults can act
    parameter PE_BITS   = 1,   // bits of a PE index
    parameter NODE_BITS = 4,   // bits of a node code
    parameter DATA_BITS = 32,  // bits of mask and value of one slot
    parameter [NODES*NODE_BITS-1:0] CODES = 0,  // code of each node, node 0 in the least significant bits
    parameter [NODES*DATA_BITS-1:0] WIDTHS = 0  // ones for the bits that each node has
) (
    // fault port, slot 0 in the least significant bits
    input  wire [SLOTS-1:0]           fault_en_i,
    input  wire [SLOTS*PE_BITS-1:0]   fault_pe_i,
    input  wire [SLOTS*NODE_BITS-1:0] fault_node_i,
    input  wire [SLOTS*2-1:0]         fault_kind_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_mask_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_value_i,

    // to the PEs
    output reg  [PES*SLOTS-1:0]       hit_o,
    output reg  [NODES*SLOTS-1:0]     node_o,
    output reg  [SLOTS*DATA_BITS-1:0] keep_o,
    output reg  [SLOTS*DATA_BITS-1:0] toggle_o,

    // to the report
    output reg  [SLOTS*DATA_BITS-1:0] own_keep_o,
    output reg  [SLOTS*DATA_BITS-1:0] own_toggle_o
);
  reg [1:0]           kind;
  reg [DATA_BITS-1:0] bits, mask, value;
  reg                 hits;
  integer pe, node, slot;

  always @* begin
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      bits = {DATA_BITS{1'b0}};
      for (node = 0; node < NODES; node = node + 1) begin
        node_o[node*SLOTS + slot] = fault_node_i[slot*NODE_BITS +: NODE_BITS] == CODES[node*NODE_BITS +: NODE_BITS];
        if (node_o[node*SLOTS + slot]) bits = WIDTHS[node*DATA_BITS +: DATA_BITS];
      end
      for (pe = 0; pe < PES; pe = pe + 1) begin
        hit_o[pe*SLOTS + slot] = fault_en_i[slot] && fault_pe_i[slot*PE_BITS +: PE_BITS] == pe[PE_BITS-1:0];
      end
      kind  = fault_kind_i[slot*2 +: 2];
      hits  = fault_en_i[slot] && {1'b0, fault_pe_i[slot*PE_BITS +: PE_BITS]} < PES[PE_BITS:0];
      mask  = hits ? fault_mask_i[slot*DATA_BITS +: DATA_BITS] & bits : {DATA_BITS{1'b0}};
      value = fault_value_i[slot*DATA_BITS +: DATA_BITS];
      own_keep_o[slot*DATA_BITS +: DATA_BITS]   = kind == 2'd2 ? {DATA_BITS{1'b1}} : ~mask;
      own_toggle_o[slot*DATA_BITS +: DATA_BITS] = kind == 2'd0 ? {DATA_BITS{1'b0}} :
                                                  kind == 2'd3 ? value & mask : mask;
    end
  end

  reg [DATA_BITS-1:0] keep, toggle;
  integer of, other;

  always @* begin
    for (of = 0; of < SLOTS; of = of + 1) begin
      keep   = {DATA_BITS{1'b1}};
      toggle = {DATA_BITS{1'b0}};
      for (other = 0; other < SLOTS; other = other + 1) begin
        if (fault_pe_i[other*PE_BITS +: PE_BITS] == fault_pe_i[of*PE_BITS +: PE_BITS] &&
            fault_node_i[other*NODE_BITS +: NODE_BITS] == fault_node_i[of*NODE_BITS +: NODE_BITS]) begin
          keep   = keep & own_keep_o[other*DATA_BITS +: DATA_BITS];
          toggle = (toggle & own_keep_o[other*DATA_BITS +: DATA_BITS]) ^ own_toggle_o[other*DATA_BITS +: DATA_BITS];
        end
      end
      keep_o[of*DATA_BITS +: DATA_BITS]   = keep;
      toggle_o[of*DATA_BITS +: DATA_BITS] = toggle;
    end
  end
endmodule

`default_nettype wire
