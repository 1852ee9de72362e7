// A place in a PE where faults can act.
//
// Contract: value_o is value_i, or (value_i & keep) ^ toggle where slots hit this place: these bring the same keep and
// toggle, which the decoder has made of all of them. Purely combinational.
`default_nettype none

module espalier_fault_tap #(
    parameter WIDTH     = 8,   // bits of the value
    parameter SLOTS     = 1,   // fault slots
    parameter DATA_BITS = 32   // bits of keep and toggle of one slot, at least WIDTH
) (
    input  wire [WIDTH-1:0]           value_i,
    output reg  [WIDTH-1:0]           value_o,

    // faults, slot 0 in the least significant bits
    input  wire [SLOTS-1:0]           fault_hit_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_keep_i,
    input  wire [SLOTS*DATA_BITS-1:0] fault_toggle_i
);
  reg [WIDTH-1:0] keep, toggle;
  integer slot;

  always @* begin
    keep   = {WIDTH{1'b1}};
    toggle = {WIDTH{1'b0}};
    for (slot = 0; slot < SLOTS; slot = slot + 1) begin
      if (fault_hit_i[slot]) begin
        keep   = keep & fault_keep_i[slot*DATA_BITS +: WIDTH];
        toggle = toggle | fault_toggle_i[slot*DATA_BITS +: WIDTH];
      end
    end
    value_o = (value_i & keep) ^ toggle;
  end

  // A node narrower than DATA_BITS leaves the upper bits of keep and toggle alone.
  wire unused = &{1'b0, fault_keep_i, fault_toggle_i};
endmodule

`default_nettype wire
