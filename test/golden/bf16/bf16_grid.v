// Grid of bf16: 4 PEs and the links between them.
// Array bf16, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of bfloat16, B 2x2 of bfloat16, C and R 2x2 of float32
//   T = [[1, 0, 0], [0, 1, 0], [1, 1, 2]], det 2
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = i
//   y = j
// its registers a and b take their values in cycle
//   t = i + j + 2*k - 4
// and its register c in cycle t + 4. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
//
// Lane n of a stream port belongs to the PE named in the comment beside it; lane 0 is in the least significant bits.
// When each element enters and leaves is in manifest.json, as the formula above and as a list per lane.
`default_nettype none

module bf16_grid (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a, moves by (0, 1) in 1 cycle: 2 lanes of 16 bits, for PEs (1, 1) (2, 1)
    input  wire [31:0] a_i,
    // line b, moves by (1, 0) in 1 cycle: 2 lanes of 16 bits, for PEs (1, 1) (1, 2)
    input  wire [31:0] b_i,
    // shadow chain, loads c, moves by (1, -1) in 2 cycles: 3 lanes of 32 bits, for PEs (1, 1) (1, 2) (2, 2)
    input  wire [95:0] s_i,
    // token first, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] first_i,
    // token last, beside line a: 2 lanes of 1 bit, for PEs (1, 1) (2, 1)
    input  wire [1:0] last_i,
    // results R: 3 lanes of 32 bits, from PEs (1, 1) (2, 1) (2, 2)
    output wire [95:0] s_o,
    // fault slots, slot 0 in the least significant bits: enable, PE index (0 to 3), node, kind, mask, value; fired tells of the cycle before
    input  wire [0:0] fault_en_i,
    input  wire [1:0] fault_pe_i,
    input  wire [3:0] fault_node_i,
    input  wire [1:0] fault_kind_i,
    input  wire [31:0] fault_mask_i,
    input  wire [31:0] fault_value_i,
    output wire [0:0] fault_fired_o
);
  // Fault slots: decoded once, to every PE alike.
  wire [3:0] fault_hit;
  wire [31:0] fault_keep;
  wire [31:0] fault_toggle;
  wire [3:0] fault_fired;
  espalier_fault_decode #(
      .PES(4), .SLOTS(1), .PE_BITS(2), .DATA_BITS(32)
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
    for (pe = 0; pe < 4; pe = pe + 1) fired_d = fired_d | fault_fired[pe*1 +: 1];
  end
  always @(posedge clk_i) begin
    if (rst_i) fired_q <= 1'd0;
    else if (en_i) fired_q <= fired_d;
  end
  assign fault_fired_o = fired_q;

  wire [15:0] a_x1_y1;
  wire [15:0] a_x1_y2_unused;
  wire [15:0] a_x2_y1;
  wire [15:0] a_x2_y2_unused;
  wire [15:0] b_x1_y1;
  wire [15:0] b_x1_y2;
  wire [15:0] b_x2_y1_unused;
  wire [15:0] b_x2_y2_unused;
  wire first_x1_y1;
  wire first_x1_y2_unused;
  wire first_x2_y1;
  wire first_x2_y2_unused;
  wire last_x1_y1;
  wire last_x1_y2_unused;
  wire last_x2_y1;
  wire last_x2_y2_unused;
  wire [31:0] s_x1_y1;
  wire [31:0] s_x1_y2;
  wire [31:0] s_x2_y1;
  wire [31:0] s_x2_y2;

  // PE 0 at (1, 1)
  bf16_pe pe_x1_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[15:0]), .a_o(a_x1_y1),  // lane 0 of a_i
      .b_i(b_i[15:0]), .b_o(b_x1_y1),  // lane 0 of b_i
      .first_i(first_i[0]), .first_o(first_x1_y1),  // lane 0 of first_i
      .last_i(last_i[0]), .last_o(last_x1_y1),  // lane 0 of last_i
      .s_i(s_i[31:0]), .s_o(s_x1_y1),  // lane 0 of s_i
      .fault_hit_i(fault_hit[0:0]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[0:0])
  );
  // PE 1 at (1, 2)
  bf16_pe pe_x1_y2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x1_y1), .a_o(a_x1_y2_unused),
      .b_i(b_i[31:16]), .b_o(b_x1_y2),  // lane 1 of b_i
      .first_i(first_x1_y1), .first_o(first_x1_y2_unused),
      .last_i(last_x1_y1), .last_o(last_x1_y2_unused),
      .s_i(s_i[63:32]), .s_o(s_x1_y2),  // lane 1 of s_i
      .fault_hit_i(fault_hit[1:1]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[1:1])
  );
  // PE 2 at (2, 1)
  bf16_pe pe_x2_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[31:16]), .a_o(a_x2_y1),  // lane 1 of a_i
      .b_i(b_x1_y1), .b_o(b_x2_y1_unused),
      .first_i(first_i[1]), .first_o(first_x2_y1),  // lane 1 of first_i
      .last_i(last_i[1]), .last_o(last_x2_y1),  // lane 1 of last_i
      .s_i(s_x1_y2), .s_o(s_x2_y1),
      .fault_hit_i(fault_hit[2:2]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[2:2])
  );
  // PE 3 at (2, 2)
  bf16_pe pe_x2_y2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x2_y1), .a_o(a_x2_y2_unused),
      .b_i(b_x1_y2), .b_o(b_x2_y2_unused),
      .first_i(first_x2_y1), .first_o(first_x2_y2_unused),
      .last_i(last_x2_y1), .last_o(last_x2_y2_unused),
      .s_i(s_i[95:64]), .s_o(s_x2_y2),  // lane 2 of s_i
      .fault_hit_i(fault_hit[3:3]), .fault_node_i(fault_node_i), .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle), .fault_fired_o(fault_fired[3:3])
  );

  assign s_o[31:0] = s_x1_y1;  // lane 0 of s_o
  assign s_o[63:32] = s_x2_y1;  // lane 1 of s_o
  assign s_o[95:64] = s_x2_y2;  // lane 2 of s_o
endmodule

`default_nettype wire
