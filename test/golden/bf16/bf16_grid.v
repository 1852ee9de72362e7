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
  wire [9:0] fault_node;
  wire [31:0] fault_keep;
  wire [31:0] fault_toggle;
  wire [31:0] fault_own_keep;
  wire [31:0] fault_own_toggle;
  espalier_fault_decode #(
      .PES(4), .SLOTS(1), .NODES(10), .PE_BITS(2), .NODE_BITS(4), .DATA_BITS(32),
      .CODES({4'h9, 4'h8, 4'h7, 4'h6, 4'h5, 4'h4, 4'h3, 4'h2, 4'h1, 4'h0}),
      .WIDTHS({32'hffffffff, 32'h1, 32'h1, 32'hffffffff, 32'hffff, 32'hffff, 32'hffffffff, 32'hffffffff, 32'hffff, 32'hffff})
  ) u_fault_decode (
      .fault_en_i(fault_en_i), .fault_pe_i(fault_pe_i), .fault_node_i(fault_node_i), .fault_kind_i(fault_kind_i),
      .fault_mask_i(fault_mask_i), .fault_value_i(fault_value_i),
      .hit_o(fault_hit), .node_o(fault_node), .keep_o(fault_keep), .toggle_o(fault_toggle),
      .own_keep_o(fault_own_keep), .own_toggle_o(fault_own_toggle)
  );

  // What the addressed nodes take without faults: most in the cycle of the fault, register c in the cycle after.
  wire [1:0] fault_late_pe;
  wire [31:0] fault_late_keep;
  wire [31:0] fault_late_toggle;
  reg  [31:0] fault_seen_value;
  reg  [31:0] fault_late_value;
  wire [15:0] fault_a_x1_y1;
  wire [15:0] fault_a_x1_y2;
  wire [15:0] fault_a_x2_y1;
  wire [15:0] fault_a_x2_y2;
  wire [15:0] fault_b_x1_y1;
  wire [15:0] fault_b_x1_y2;
  wire [15:0] fault_b_x2_y1;
  wire [15:0] fault_b_x2_y2;
  wire [31:0] fault_p_x1_y1;
  wire [31:0] fault_p_x1_y2;
  wire [31:0] fault_p_x2_y1;
  wire [31:0] fault_p_x2_y2;
  wire [15:0] fault_a_out_x1_y1;
  wire [15:0] fault_a_out_x1_y2;
  wire [15:0] fault_a_out_x2_y1;
  wire [15:0] fault_a_out_x2_y2;
  wire [15:0] fault_b_out_x1_y1;
  wire [15:0] fault_b_out_x1_y2;
  wire [15:0] fault_b_out_x2_y1;
  wire [15:0] fault_b_out_x2_y2;
  wire [31:0] fault_c_in_x1_y1;
  wire [31:0] fault_c_in_x1_y2;
  wire [31:0] fault_c_in_x2_y1;
  wire [31:0] fault_c_in_x2_y2;
  wire fault_first_x1_y1;
  wire fault_first_x1_y2;
  wire fault_first_x2_y1;
  wire fault_first_x2_y2;
  wire fault_last_x1_y1;
  wire fault_last_x1_y2;
  wire fault_last_x2_y1;
  wire fault_last_x2_y2;
  wire [31:0] fault_s_x1_y1;
  wire [31:0] fault_s_x1_y2;
  wire [31:0] fault_s_x2_y1;
  wire [31:0] fault_s_x2_y2;
  wire [31:0] fault_c_x1_y1;
  wire [31:0] fault_c_x1_y2;
  wire [31:0] fault_c_x2_y1;
  wire [31:0] fault_c_x2_y2;
  integer slot;
  always @* begin
    fault_seen_value = 32'd0;
    fault_late_value = 32'd0;
    for (slot = 0; slot < 1; slot = slot + 1) begin
      case (fault_node_i[slot*4 +: 4])
        4'h0:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h1:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h3:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = fault_p_x1_y1;
            2'h1: fault_seen_value[slot*32 +: 32] = fault_p_x1_y2;
            2'h2: fault_seen_value[slot*32 +: 32] = fault_p_x2_y1;
            2'h3: fault_seen_value[slot*32 +: 32] = fault_p_x2_y2;
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h4:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_out_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_out_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_out_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_a_out_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h5:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_out_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_out_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_out_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {16{1'b0}}, fault_b_out_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h6:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = fault_c_in_x1_y1;
            2'h1: fault_seen_value[slot*32 +: 32] = fault_c_in_x1_y2;
            2'h2: fault_seen_value[slot*32 +: 32] = fault_c_in_x2_y1;
            2'h3: fault_seen_value[slot*32 +: 32] = fault_c_in_x2_y2;
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h7:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_first_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_first_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_first_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_first_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h8:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_last_x1_y1};
            2'h1: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_last_x1_y2};
            2'h2: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_last_x2_y1};
            2'h3: fault_seen_value[slot*32 +: 32] = { {31{1'b0}}, fault_last_x2_y2};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h9:
          case (fault_pe_i[slot*2 +: 2])
            2'h0: fault_seen_value[slot*32 +: 32] = fault_s_x1_y1;
            2'h1: fault_seen_value[slot*32 +: 32] = fault_s_x1_y2;
            2'h2: fault_seen_value[slot*32 +: 32] = fault_s_x2_y1;
            2'h3: fault_seen_value[slot*32 +: 32] = fault_s_x2_y2;
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        default: fault_seen_value[slot*32 +: 32] = 32'd0;
      endcase
      case (fault_late_pe[slot*2 +: 2])
        2'h0: fault_late_value[slot*32 +: 32] = fault_c_x1_y1;
        2'h1: fault_late_value[slot*32 +: 32] = fault_c_x1_y2;
        2'h2: fault_late_value[slot*32 +: 32] = fault_c_x2_y1;
        2'h3: fault_late_value[slot*32 +: 32] = fault_c_x2_y2;
        default: fault_late_value[slot*32 +: 32] = 32'd0;
      endcase
    end
  end

  espalier_fault_report #(
      .SLOTS(1), .PE_BITS(2), .NODE_BITS(4), .DATA_BITS(32)
  ) u_fault_report (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .pe_i(fault_pe_i), .pe_o(fault_late_pe), .node_i(fault_node_i),
      .keep_i(fault_keep), .keep_o(fault_late_keep), .toggle_i(fault_toggle), .toggle_o(fault_late_toggle),
      .own_keep_i(fault_own_keep), .own_toggle_i(fault_own_toggle),
      .is_late_i(fault_node[2:2]), .seen_i(fault_seen_value), .late_i(fault_late_value),
      .fired_o(fault_fired_o)
  );

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
      .fault_hit_i(fault_hit[0:0]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x1_y1),
      .fault_b_o(fault_b_x1_y1),
      .fault_c_o(fault_c_x1_y1),
      .fault_p_o(fault_p_x1_y1),
      .fault_a_out_o(fault_a_out_x1_y1),
      .fault_b_out_o(fault_b_out_x1_y1),
      .fault_c_in_o(fault_c_in_x1_y1),
      .fault_first_o(fault_first_x1_y1),
      .fault_last_o(fault_last_x1_y1),
      .fault_s_o(fault_s_x1_y1)
  );
  // PE 1 at (1, 2)
  bf16_pe pe_x1_y2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x1_y1), .a_o(a_x1_y2_unused),
      .b_i(b_i[31:16]), .b_o(b_x1_y2),  // lane 1 of b_i
      .first_i(first_x1_y1), .first_o(first_x1_y2_unused),
      .last_i(last_x1_y1), .last_o(last_x1_y2_unused),
      .s_i(s_i[63:32]), .s_o(s_x1_y2),  // lane 1 of s_i
      .fault_hit_i(fault_hit[1:1]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x1_y2),
      .fault_b_o(fault_b_x1_y2),
      .fault_c_o(fault_c_x1_y2),
      .fault_p_o(fault_p_x1_y2),
      .fault_a_out_o(fault_a_out_x1_y2),
      .fault_b_out_o(fault_b_out_x1_y2),
      .fault_c_in_o(fault_c_in_x1_y2),
      .fault_first_o(fault_first_x1_y2),
      .fault_last_o(fault_last_x1_y2),
      .fault_s_o(fault_s_x1_y2)
  );
  // PE 2 at (2, 1)
  bf16_pe pe_x2_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[31:16]), .a_o(a_x2_y1),  // lane 1 of a_i
      .b_i(b_x1_y1), .b_o(b_x2_y1_unused),
      .first_i(first_i[1]), .first_o(first_x2_y1),  // lane 1 of first_i
      .last_i(last_i[1]), .last_o(last_x2_y1),  // lane 1 of last_i
      .s_i(s_x1_y2), .s_o(s_x2_y1),
      .fault_hit_i(fault_hit[2:2]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x2_y1),
      .fault_b_o(fault_b_x2_y1),
      .fault_c_o(fault_c_x2_y1),
      .fault_p_o(fault_p_x2_y1),
      .fault_a_out_o(fault_a_out_x2_y1),
      .fault_b_out_o(fault_b_out_x2_y1),
      .fault_c_in_o(fault_c_in_x2_y1),
      .fault_first_o(fault_first_x2_y1),
      .fault_last_o(fault_last_x2_y1),
      .fault_s_o(fault_s_x2_y1)
  );
  // PE 3 at (2, 2)
  bf16_pe pe_x2_y2 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x2_y1), .a_o(a_x2_y2_unused),
      .b_i(b_x1_y2), .b_o(b_x2_y2_unused),
      .first_i(first_x2_y1), .first_o(first_x2_y2_unused),
      .last_i(last_x2_y1), .last_o(last_x2_y2_unused),
      .s_i(s_i[95:64]), .s_o(s_x2_y2),  // lane 2 of s_i
      .fault_hit_i(fault_hit[3:3]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x2_y2),
      .fault_b_o(fault_b_x2_y2),
      .fault_c_o(fault_c_x2_y2),
      .fault_p_o(fault_p_x2_y2),
      .fault_a_out_o(fault_a_out_x2_y2),
      .fault_b_out_o(fault_b_out_x2_y2),
      .fault_c_in_o(fault_c_in_x2_y2),
      .fault_first_o(fault_first_x2_y2),
      .fault_last_o(fault_last_x2_y2),
      .fault_s_o(fault_s_x2_y2)
  );

  assign s_o[31:0] = s_x1_y1;  // lane 0 of s_o
  assign s_o[63:32] = s_x2_y1;  // lane 1 of s_o
  assign s_o[95:64] = s_x2_y2;  // lane 2 of s_o
endmodule

`default_nettype wire
