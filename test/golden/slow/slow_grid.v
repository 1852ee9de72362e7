// Grid of slow: 2 PEs and the links between them.
// Array slow, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of int16, B 2x1 of int16, C and R 2x1 of int64
//   T = [[1, 0, 0], [0, 1, 0], [2, 1, 3]], det 3
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = j
// its registers a and b take their values in cycle
//   t = 2*i + j + 3*k - 6
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
//
// Lane n of a stream port belongs to the PE named in the comment beside it; lane 0 is in the least significant bits.
// When each element enters and leaves is in manifest.json, as the formula above and as a list per lane.
`default_nettype none

module slow_grid (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a, moves by (0, 1) in 1 cycle: 2 lanes of 16 bits, for PEs (1, 1) (2, 1)
    input  wire [31:0] a_i,
    // line b, moves by (1, 0) in 2 cycles: 1 lanes of 16 bits, for PEs (1, 1)
    input  wire [15:0] b_i,
    // shadow chain, loads c, moves by (0, 1) in 4 cycles: 2 lanes of 64 bits, for PEs (1, 1) (2, 1)
    input  wire [127:0] s_i,
    // token first, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] first_i,
    // token last, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] last_i,
    // results R: 2 lanes of 64 bits, from PEs (1, 1) (2, 1)
    output wire [127:0] s_o,
    // fault slots, slot 0 in the least significant bits: enable, PE index (0 to 1), node, kind, mask, value; fired tells of the cycle before
    input  wire [0:0] fault_en_i,
    input  wire [0:0] fault_pe_i,
    input  wire [3:0] fault_node_i,
    input  wire [1:0] fault_kind_i,
    input  wire [63:0] fault_mask_i,
    input  wire [63:0] fault_value_i,
    output wire [0:0] fault_fired_o
);
  // Fault slots: decoded once, to every PE alike.
  wire [1:0] fault_hit;
  wire [63:0] fault_keep;
  wire [63:0] fault_toggle;
  wire [1:0] fault_fired;
  espalier_fault_decode #(
      .PES(2), .SLOTS(1), .PE_BITS(1), .DATA_BITS(64)
  ) u_fault_decode (
      .fault_en_i(fault_en_i), .fault_pe_i(fault_pe_i), .fault_kind_i(fault_kind_i),
      .fault_mask_i(fault_mask_i), .fault_value_i(fault_value_i),
      .hit_o(fault_hit), .keep_o(fault_keep), .toggle_o(fault_toggle)
  );

  // A slot fired in the cycle before when its fault changed a bit in any PE.
  reg [0:0] fired_d, fired_q;
  integer pe;
  always @* begin
    fired_d = 1'd0;
    for (pe = 0; pe < 2; pe = pe + 1) fired_d = fired_d | fault_fired[pe*1 +: 1];
  end
  always @(posedge clk_i) begin
    if (rst_i) fired_q <= 1'd0;
    else if (en_i) fired_q <= fired_d;
  end
  assign fault_fired_o = fired_q;

  wire [15:0] a_x1_y1_unused;
  wire [15:0] a_x2_y1_unused;
  wire [15:0] b_x1_y1;
  wire [15:0] b_x2_y1_unused;
  wire first_x1_y1_unused;
  wire first_x2_y1_unused;
  wire last_x1_y1_unused;
  wire last_x2_y1_unused;
  wire [63:0] s_x1_y1;
  wire [63:0] s_x2_y1;

  // PE 0 at (1, 1)
  slow_pe pe_x1_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[15:0]), .a_o(a_x1_y1_unused),  // lane 0 of a_i
      .b_i(b_i), .b_o(b_x1_y1),
      .first_i(first_i[0]), .first_o(first_x1_y1_unused),  // lane 0 of first_i
      .last_i(last_i[0]), .last_o(last_x1_y1_unused),  // lane 0 of last_i
      .s_i(s_i[63:0]), .s_o(s_x1_y1),  // lane 0 of s_i
      .fault_hit_i(fault_hit[0:0]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[0:0])
  );
  // PE 1 at (2, 1)
  slow_pe pe_x2_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[31:16]), .a_o(a_x2_y1_unused),  // lane 1 of a_i
      .b_i(b_x1_y1), .b_o(b_x2_y1_unused),
      .first_i(first_i[1]), .first_o(first_x2_y1_unused),  // lane 1 of first_i
      .last_i(last_i[1]), .last_o(last_x2_y1_unused),  // lane 1 of last_i
      .s_i(s_i[127:64]), .s_o(s_x2_y1),  // lane 1 of s_i
      .fault_hit_i(fault_hit[1:1]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[1:1])
  );

  assign s_o[63:0] = s_x1_y1;  // lane 0 of s_o
  assign s_o[127:64] = s_x2_y1;  // lane 1 of s_o
endmodule

`default_nettype wire
