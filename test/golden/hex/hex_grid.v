// Grid of hex: 7 PEs and the links between them.
// Array hex, design HASH, Espalier VERSION. Generated; change the spec instead.
//
//   R = A*B + C, one tile: A 2x2 of int8, B 2x2 of uint8, C and R 2x2 of int32
//   T = [[-1, 1, 0], [0, -1, 1], [1, 1, 1]], det 3
//
// Step (i, j, k) of c(i,j) += A(i,k)*B(k,j) runs in PE
//   x = -i + j
//   y = -j + k
// its registers a and b take their values in cycle
//   t = i + j + k - 2
// and its register c in cycle t + 1. Cycle 0 is the first beat of the tile.
// A lane without a beat carries 0, tokens too. Before cycle 0 reset is high for one clock edge.
// A result is what the output shows before the clock edge that ends its cycle.
//
// Lane n of a stream port belongs to the PE named in the comment beside it; lane 0 is in the least significant bits.
// When each element enters and leaves is in manifest.json, as the formula above and as a list per lane.
`default_nettype none

module hex_grid (
    // clock, synchronous reset, clock enable
    input  wire clk_i,
    input  wire rst_i,
    input  wire en_i,
    // line a, moves by (1, -1) in 1 cycle: 3 lanes of 8 bits, for PEs (-1, 0) (-1, 1) (0, 1)
    input  wire [23:0] a_i,
    // line b, moves by (-1, 0) in 1 cycle: 3 lanes of 8 bits, for PEs (0, 1) (1, -1) (1, 0)
    input  wire [23:0] b_i,
    // line c, moves by (0, 1) in 1 cycle: 3 lanes of 32 bits, for PEs (-1, 0) (0, -1) (1, -1)
    input  wire [95:0] c_i,
    // results R: 3 lanes of 32 bits, from PEs (-1, 1) (0, 1) (1, 0)
    output wire [95:0] c_o,
    // fault slots, slot 0 in the least significant bits: enable, PE index (0 to 6), node, kind, mask, value; fired tells of the cycle before
    input  wire [1:0] fault_en_i,
    input  wire [5:0] fault_pe_i,
    input  wire [7:0] fault_node_i,
    input  wire [3:0] fault_kind_i,
    input  wire [63:0] fault_mask_i,
    input  wire [63:0] fault_value_i,
    output wire [1:0] fault_fired_o
);
  // Fault slots: decoded once, to every PE alike.
  wire [13:0] fault_hit;
  wire [11:0] fault_node;
  wire [63:0] fault_keep;
  wire [63:0] fault_toggle;
  wire [63:0] fault_own_keep;
  wire [63:0] fault_own_toggle;
  espalier_fault_decode #(
      .PES(7), .SLOTS(2), .NODES(6), .PE_BITS(3), .NODE_BITS(4), .DATA_BITS(32),
      .CODES({4'h6, 4'h5, 4'h4, 4'h2, 4'h1, 4'h0}),
      .WIDTHS({32'hffffffff, 32'hff, 32'hff, 32'hffffffff, 32'hff, 32'hff})
  ) u_fault_decode (
      .fault_en_i(fault_en_i), .fault_pe_i(fault_pe_i), .fault_node_i(fault_node_i), .fault_kind_i(fault_kind_i),
      .fault_mask_i(fault_mask_i), .fault_value_i(fault_value_i),
      .hit_o(fault_hit), .node_o(fault_node), .keep_o(fault_keep), .toggle_o(fault_toggle),
      .own_keep_o(fault_own_keep), .own_toggle_o(fault_own_toggle)
  );

  // What the addressed nodes take without faults: most in the cycle of the fault, register c in the cycle after.
  wire [5:0] fault_late_pe;
  wire [63:0] fault_late_keep;
  wire [63:0] fault_late_toggle;
  reg  [63:0] fault_seen_value;
  reg  [63:0] fault_late_value;
  wire [7:0] fault_a_xm1_y0;
  wire [7:0] fault_a_xm1_y1;
  wire [7:0] fault_a_x0_ym1;
  wire [7:0] fault_a_x0_y0;
  wire [7:0] fault_a_x0_y1;
  wire [7:0] fault_a_x1_ym1;
  wire [7:0] fault_a_x1_y0;
  wire [7:0] fault_b_xm1_y0;
  wire [7:0] fault_b_xm1_y1;
  wire [7:0] fault_b_x0_ym1;
  wire [7:0] fault_b_x0_y0;
  wire [7:0] fault_b_x0_y1;
  wire [7:0] fault_b_x1_ym1;
  wire [7:0] fault_b_x1_y0;
  wire [7:0] fault_a_out_xm1_y0;
  wire [7:0] fault_a_out_xm1_y1;
  wire [7:0] fault_a_out_x0_ym1;
  wire [7:0] fault_a_out_x0_y0;
  wire [7:0] fault_a_out_x0_y1;
  wire [7:0] fault_a_out_x1_ym1;
  wire [7:0] fault_a_out_x1_y0;
  wire [7:0] fault_b_out_xm1_y0;
  wire [7:0] fault_b_out_xm1_y1;
  wire [7:0] fault_b_out_x0_ym1;
  wire [7:0] fault_b_out_x0_y0;
  wire [7:0] fault_b_out_x0_y1;
  wire [7:0] fault_b_out_x1_ym1;
  wire [7:0] fault_b_out_x1_y0;
  wire [31:0] fault_c_in_xm1_y0;
  wire [31:0] fault_c_in_xm1_y1;
  wire [31:0] fault_c_in_x0_ym1;
  wire [31:0] fault_c_in_x0_y0;
  wire [31:0] fault_c_in_x0_y1;
  wire [31:0] fault_c_in_x1_ym1;
  wire [31:0] fault_c_in_x1_y0;
  wire [31:0] fault_c_xm1_y0;
  wire [31:0] fault_c_xm1_y1;
  wire [31:0] fault_c_x0_ym1;
  wire [31:0] fault_c_x0_y0;
  wire [31:0] fault_c_x0_y1;
  wire [31:0] fault_c_x1_ym1;
  wire [31:0] fault_c_x1_y0;
  integer slot;
  always @* begin
    fault_seen_value = 64'd0;
    fault_late_value = 64'd0;
    for (slot = 0; slot < 2; slot = slot + 1) begin
      case (fault_node_i[slot*4 +: 4])
        4'h0:
          case (fault_pe_i[slot*3 +: 3])
            3'h0: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_xm1_y0};
            3'h1: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_xm1_y1};
            3'h2: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_x0_ym1};
            3'h3: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_x0_y0};
            3'h4: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_x0_y1};
            3'h5: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_x1_ym1};
            3'h6: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_x1_y0};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h1:
          case (fault_pe_i[slot*3 +: 3])
            3'h0: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_xm1_y0};
            3'h1: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_xm1_y1};
            3'h2: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_x0_ym1};
            3'h3: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_x0_y0};
            3'h4: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_x0_y1};
            3'h5: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_x1_ym1};
            3'h6: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_x1_y0};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h4:
          case (fault_pe_i[slot*3 +: 3])
            3'h0: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_xm1_y0};
            3'h1: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_xm1_y1};
            3'h2: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_x0_ym1};
            3'h3: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_x0_y0};
            3'h4: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_x0_y1};
            3'h5: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_x1_ym1};
            3'h6: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_a_out_x1_y0};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h5:
          case (fault_pe_i[slot*3 +: 3])
            3'h0: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_xm1_y0};
            3'h1: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_xm1_y1};
            3'h2: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_x0_ym1};
            3'h3: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_x0_y0};
            3'h4: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_x0_y1};
            3'h5: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_x1_ym1};
            3'h6: fault_seen_value[slot*32 +: 32] = { {24{1'b0}}, fault_b_out_x1_y0};
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        4'h6:
          case (fault_pe_i[slot*3 +: 3])
            3'h0: fault_seen_value[slot*32 +: 32] = fault_c_in_xm1_y0;
            3'h1: fault_seen_value[slot*32 +: 32] = fault_c_in_xm1_y1;
            3'h2: fault_seen_value[slot*32 +: 32] = fault_c_in_x0_ym1;
            3'h3: fault_seen_value[slot*32 +: 32] = fault_c_in_x0_y0;
            3'h4: fault_seen_value[slot*32 +: 32] = fault_c_in_x0_y1;
            3'h5: fault_seen_value[slot*32 +: 32] = fault_c_in_x1_ym1;
            3'h6: fault_seen_value[slot*32 +: 32] = fault_c_in_x1_y0;
            default: fault_seen_value[slot*32 +: 32] = 32'd0;
          endcase
        default: fault_seen_value[slot*32 +: 32] = 32'd0;
      endcase
      case (fault_late_pe[slot*3 +: 3])
        3'h0: fault_late_value[slot*32 +: 32] = fault_c_xm1_y0;
        3'h1: fault_late_value[slot*32 +: 32] = fault_c_xm1_y1;
        3'h2: fault_late_value[slot*32 +: 32] = fault_c_x0_ym1;
        3'h3: fault_late_value[slot*32 +: 32] = fault_c_x0_y0;
        3'h4: fault_late_value[slot*32 +: 32] = fault_c_x0_y1;
        3'h5: fault_late_value[slot*32 +: 32] = fault_c_x1_ym1;
        3'h6: fault_late_value[slot*32 +: 32] = fault_c_x1_y0;
        default: fault_late_value[slot*32 +: 32] = 32'd0;
      endcase
    end
  end

  espalier_fault_report #(
      .SLOTS(2), .PE_BITS(3), .NODE_BITS(4), .DATA_BITS(32)
  ) u_fault_report (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .pe_i(fault_pe_i), .pe_o(fault_late_pe), .node_i(fault_node_i),
      .keep_i(fault_keep), .keep_o(fault_late_keep), .toggle_i(fault_toggle), .toggle_o(fault_late_toggle),
      .own_keep_i(fault_own_keep), .own_toggle_i(fault_own_toggle),
      .is_late_i(fault_node[5:4]), .seen_i(fault_seen_value), .late_i(fault_late_value),
      .fired_o(fault_fired_o)
  );

  wire [7:0] a_xm1_y0;
  wire [7:0] a_xm1_y1;
  wire [7:0] a_x0_ym1_unused;
  wire [7:0] a_x0_y0;
  wire [7:0] a_x0_y1;
  wire [7:0] a_x1_ym1_unused;
  wire [7:0] a_x1_y0_unused;
  wire [7:0] b_xm1_y0_unused;
  wire [7:0] b_xm1_y1_unused;
  wire [7:0] b_x0_ym1_unused;
  wire [7:0] b_x0_y0;
  wire [7:0] b_x0_y1;
  wire [7:0] b_x1_ym1;
  wire [7:0] b_x1_y0;
  wire [31:0] c_xm1_y0;
  wire [31:0] c_xm1_y1;
  wire [31:0] c_x0_ym1;
  wire [31:0] c_x0_y0;
  wire [31:0] c_x0_y1;
  wire [31:0] c_x1_ym1;
  wire [31:0] c_x1_y0;

  // PE 0 at (-1, 0)
  hex_pe pe_xm1_y0 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[7:0]), .a_o(a_xm1_y0),  // lane 0 of a_i
      .b_i(b_x0_y0), .b_o(b_xm1_y0_unused),
      .c_i(c_i[31:0]), .c_o(c_xm1_y0),  // lane 0 of c_i
      .fault_hit_i(fault_hit[1:0]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_xm1_y0),
      .fault_b_o(fault_b_xm1_y0),
      .fault_c_o(fault_c_xm1_y0),
      .fault_a_out_o(fault_a_out_xm1_y0),
      .fault_b_out_o(fault_b_out_xm1_y0),
      .fault_c_in_o(fault_c_in_xm1_y0)
  );
  // PE 1 at (-1, 1)
  hex_pe pe_xm1_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[15:8]), .a_o(a_xm1_y1),  // lane 1 of a_i
      .b_i(b_x0_y1), .b_o(b_xm1_y1_unused),
      .c_i(c_xm1_y0), .c_o(c_xm1_y1),
      .fault_hit_i(fault_hit[3:2]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_xm1_y1),
      .fault_b_o(fault_b_xm1_y1),
      .fault_c_o(fault_c_xm1_y1),
      .fault_a_out_o(fault_a_out_xm1_y1),
      .fault_b_out_o(fault_b_out_xm1_y1),
      .fault_c_in_o(fault_c_in_xm1_y1)
  );
  // PE 2 at (0, -1)
  hex_pe pe_x0_ym1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_xm1_y0), .a_o(a_x0_ym1_unused),
      .b_i(b_x1_ym1), .b_o(b_x0_ym1_unused),
      .c_i(c_i[63:32]), .c_o(c_x0_ym1),  // lane 1 of c_i
      .fault_hit_i(fault_hit[5:4]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x0_ym1),
      .fault_b_o(fault_b_x0_ym1),
      .fault_c_o(fault_c_x0_ym1),
      .fault_a_out_o(fault_a_out_x0_ym1),
      .fault_b_out_o(fault_b_out_x0_ym1),
      .fault_c_in_o(fault_c_in_x0_ym1)
  );
  // PE 3 at (0, 0)
  hex_pe pe_x0_y0 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_xm1_y1), .a_o(a_x0_y0),
      .b_i(b_x1_y0), .b_o(b_x0_y0),
      .c_i(c_x0_ym1), .c_o(c_x0_y0),
      .fault_hit_i(fault_hit[7:6]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x0_y0),
      .fault_b_o(fault_b_x0_y0),
      .fault_c_o(fault_c_x0_y0),
      .fault_a_out_o(fault_a_out_x0_y0),
      .fault_b_out_o(fault_b_out_x0_y0),
      .fault_c_in_o(fault_c_in_x0_y0)
  );
  // PE 4 at (0, 1)
  hex_pe pe_x0_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[23:16]), .a_o(a_x0_y1),  // lane 2 of a_i
      .b_i(b_i[7:0]), .b_o(b_x0_y1),  // lane 0 of b_i
      .c_i(c_x0_y0), .c_o(c_x0_y1),
      .fault_hit_i(fault_hit[9:8]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x0_y1),
      .fault_b_o(fault_b_x0_y1),
      .fault_c_o(fault_c_x0_y1),
      .fault_a_out_o(fault_a_out_x0_y1),
      .fault_b_out_o(fault_b_out_x0_y1),
      .fault_c_in_o(fault_c_in_x0_y1)
  );
  // PE 5 at (1, -1)
  hex_pe pe_x1_ym1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x0_y0), .a_o(a_x1_ym1_unused),
      .b_i(b_i[15:8]), .b_o(b_x1_ym1),  // lane 1 of b_i
      .c_i(c_i[95:64]), .c_o(c_x1_ym1),  // lane 2 of c_i
      .fault_hit_i(fault_hit[11:10]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x1_ym1),
      .fault_b_o(fault_b_x1_ym1),
      .fault_c_o(fault_c_x1_ym1),
      .fault_a_out_o(fault_a_out_x1_ym1),
      .fault_b_out_o(fault_b_out_x1_ym1),
      .fault_c_in_o(fault_c_in_x1_ym1)
  );
  // PE 6 at (1, 0)
  hex_pe pe_x1_y0 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_x0_y1), .a_o(a_x1_y0_unused),
      .b_i(b_i[23:16]), .b_o(b_x1_y0),  // lane 2 of b_i
      .c_i(c_x1_ym1), .c_o(c_x1_y0),
      .fault_hit_i(fault_hit[13:12]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x1_y0),
      .fault_b_o(fault_b_x1_y0),
      .fault_c_o(fault_c_x1_y0),
      .fault_a_out_o(fault_a_out_x1_y0),
      .fault_b_out_o(fault_b_out_x1_y0),
      .fault_c_in_o(fault_c_in_x1_y0)
  );

  assign c_o[31:0] = c_xm1_y1;  // lane 0 of c_o
  assign c_o[63:32] = c_x0_y1;  // lane 1 of c_o
  assign c_o[95:64] = c_x1_y0;  // lane 2 of c_o
endmodule

`default_nettype wire
