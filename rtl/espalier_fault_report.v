// Tells which faults changed a bit in the cycle before, from what their nodes would have held without them.
//
// Contract: the fault port of a cycle is kept for the next one: pe_o, keep_o and toggle_o are those of the cycle before.
// What a slot's node was about to take comes as seen_i in the same cycle, or as late_i in the next where the slot's node
// is late. fired_o tells whether the fault made another value of it. Slots of one node of one PE act one after the
// other, slot 0 first: each finds what the ones before it have left. Reset is synchronous, takes precedence over enable,
// and leaves no fault.
`default_nettype none

module espalier_fault_report #(
    parameter SLOTS     = 1,  // fault slots
    parameter PE_BITS   = 1,  // bits of a PE index
    parameter NODE_BITS = 4,  // bits of a node code
    parameter DATA_BITS = 32  // bits of a value, and of keep and toggle of one slot
) (
    // clock, synchronous reset, clock enable
    input  wire                       clk_i,
    input  wire                       rst_i,
    input  wire                       en_i,

    // fault port and what the decoder made of it, slot 0 in the least significant bits
    input  wire [SLOTS*PE_BITS-1:0]   pe_i,
    output wire [SLOTS*PE_BITS-1:0]   pe_o,
    input  wire [SLOTS*NODE_BITS-1:0] node_i,
    input  wire [SLOTS*DATA_BITS-1:0] keep_i,
    output wire [SLOTS*DATA_BITS-1:0] keep_o,
    input  wire [SLOTS*DATA_BITS-1:0] toggle_i,
    output wire [SLOTS*DATA_BITS-1:0] toggle_o,
    input  wire [SLOTS*DATA_BITS-1:0] own_keep_i,
    input  wire [SLOTS*DATA_BITS-1:0] own_toggle_i,

    // values of the nodes
    input  wire [SLOTS-1:0]           is_late_i,
    input  wire [SLOTS*DATA_BITS-1:0] seen_i,
    input  wire [SLOTS*DATA_BITS-1:0] late_i,

    // result
    output reg  [SLOTS-1:0]           fired_o
);
  reg [SLOTS*PE_BITS-1:0]   pe_q;
  reg [SLOTS*NODE_BITS-1:0] node_q;
  reg [SLOTS*DATA_BITS-1:0] keep_q, toggle_q, own_keep_q, own_toggle_q, seen_q;
  reg [SLOTS-1:0]           is_late_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      pe_q         <= {SLOTS*PE_BITS{1'b0}};
      node_q       <= {SLOTS*NODE_BITS{1'b0}};
      keep_q       <= {SLOTS*DATA_BITS{1'b1}};
      toggle_q     <= {SLOTS*DATA_BITS{1'b0}};
      own_keep_q   <= {SLOTS*DATA_BITS{1'b1}};
      own_toggle_q <= {SLOTS*DATA_BITS{1'b0}};
      seen_q       <= {SLOTS*DATA_BITS{1'b0}};
      is_late_q    <= {SLOTS{1'b0}};
    end else if (en_i) begin
      pe_q         <= pe_i;
      node_q       <= node_i;
      keep_q       <= keep_i;
      toggle_q     <= toggle_i;
      own_keep_q   <= own_keep_i;
      own_toggle_q <= own_toggle_i;
      seen_q       <= seen_i;
      is_late_q    <= is_late_i;
    end
  end

  assign pe_o     = pe_q;
  assign keep_o   = keep_q;
  assign toggle_o = toggle_q;

  reg [DATA_BITS-1:0] value, faulty;
  integer slot, earlier;

  always @* begin
    faulty = {DATA_BITS{1'b0}};
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      value = is_late_q[slot] ? late_i[slot*DATA_BITS +: DATA_BITS] : seen_q[slot*DATA_BITS +: DATA_BITS];
      for (earlier = 0; earlier < slot; earlier = earlier + 1) begin
        if (pe_q[earlier*PE_BITS +: PE_BITS] == pe_q[slot*PE_BITS +: PE_BITS] &&
            node_q[earlier*NODE_BITS +: NODE_BITS] == node_q[slot*NODE_BITS +: NODE_BITS]) begin
          value = (value & own_keep_q[earlier*DATA_BITS +: DATA_BITS]) ^ own_toggle_q[earlier*DATA_BITS +: DATA_BITS];
        end
      end
      faulty        = (value & own_keep_q[slot*DATA_BITS +: DATA_BITS]) ^ own_toggle_q[slot*DATA_BITS +: DATA_BITS];
      fired_o[slot] = faulty != value;
    end
  end
endmodule

`default_nettype wire
