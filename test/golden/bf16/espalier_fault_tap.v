// A place in a PE where faults can act.
//
// Contract: value_o is value_i after every slot that is hit here and addresses NODE, in slot order:
//   value = (value & keep) ^ toggle
// fired_o tells which slots changed at least one bit. Purely combinational.
`default_nettype none

module espalier_fault_tap #(
    parameter WIDTH     = 8,   // bits of the value
    parameter NODE      = 0,   // code of this node
    parameter SLOTS     = 1,   // fault slots
    parameter NODE_BITS = 4,   // bits of a node code
    parameter DATA_BITS = 32   // bits of keep and toggle of one slot, at least WIDTH
) (
    input  wire [WIDTH-1:0]           value_i,
    output reg  [WIDTH-1:0]           value_o,

    // faults, slot 0 in the least significant bits
    input  wire [SLOTS-1:0]           fault_hit_i,
    input  wire [SLOTS*NODE_BITS-1:0] fault_node_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_keep_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_toggle_i,
    output reg  [SLOTS-1:0]           fault_fired_o
);
  localparam [NODE_BITS-1:0] NODE_CODE = NODE[NODE_BITS-1:0];

  reg [WIDTH-1:0] faulty;
  integer slot;

  always @* begin
    value_o       = value_i;
    faulty        = value_i;
    fault_fired_o = {SLOTS{1'b0}};
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      faulty = (value_o & fault_keep_i[slot*DATA_BITS +: WIDTH]) ^ fault_toggle_i[slot*DATA_BITS +: WIDTH];
      if (fault_hit_i[slot] && fault_node_i[slot*NODE_BITS +: NODE_BITS] == NODE_CODE) begin
        fault_fired_o[slot] = faulty != value_o;
        value_o             = faulty;
      end
    end
  end

  // A node narrower than DATA_BITS leaves the upper bits of keep and toggle alone.
  wire unused = &{1'b0, fault_keep_i, fault_toggle_i};
endmodule

`default_nettype wire
