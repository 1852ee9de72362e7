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
  wire [8:0] fault_node;
  wire [63:0] fault_keep;
  wire [63:0] fault_toggle;
  wire [63:0] fault_own_keep;
  wire [63:0] fault_own_toggle;
  espalier_fault_decode #(
      .PES(2), .SLOTS(1), .NODES(9), .PE_BITS(1), .NODE_BITS(4), .DATA_BITS(64),
      .CODES({4'h9, 4'h8, 4'h7, 4'h6, 4'h5, 4'h4, 4'h2, 4'h1, 4'h0}),
      .WIDTHS({64'hffffffffffffffff, 64'h1, 64'h1, 64'hffffffffffffffff, 64'hffff, 64'hffff, 64'hffffffffffffffff, 64'hffff, 64'hffff})
  ) u_fault_decode (
      .fault_en_i(fault_en_i), .fault_pe_i(fault_pe_i), .fault_node_i(fault_node_i), .fault_kind_i(fault_kind_i),
      .fault_mask_i(fault_mask_i), .fault_value_i(fault_value_i),
      .hit_o(fault_hit), .node_o(fault_node), .keep_o(fault_keep), .toggle_o(fault_toggle),
      .own_keep_o(fault_own_keep), .own_toggle_o(fault_own_toggle)
  );

  // What the addressed nodes take without faults: most in the cycle of the fault, register c in the cycle after.
  wire [0:0] fault_late_pe;
  wire [63:0] fault_late_keep;
  wire [63:0] fault_late_toggle;
  reg  [63:0] fault_seen_value;
  reg  [63:0] fault_late_value;
  wire [15:0] fault_a_x1_y1;
  wire [15:0] fault_a_x2_y1;
  wire [15:0] fault_b_x1_y1;
  wire [15:0] fault_b_x2_y1;
  wire [15:0] fault_a_out_x1_y1;
  wire [15:0] fault_a_out_x2_y1;
  wire [15:0] fault_b_out_x1_y1;
  wire [15:0] fault_b_out_x2_y1;
  wire [63:0] fault_c_in_x1_y1;
  wire [63:0] fault_c_in_x2_y1;
  wire fault_first_x1_y1;
  wire fault_first_x2_y1;
  wire fault_last_x1_y1;
  wire fault_last_x2_y1;
  wire [63:0] fault_s_x1_y1;
  wire [63:0] fault_s_x2_y1;
  wire [63:0] fault_c_x1_y1;
  wire [63:0] fault_c_x2_y1;
  integer slot;
  always @* begin
    fault_seen_value = 64'd0;
    fault_late_value = 64'd0;
    for (slot = 0; slot < 1; slot = slot + 1) begin
      case (fault_node_i[slot*4 +: 4])
        4'h0:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_a_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_a_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h1:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_b_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_b_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h4:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_a_out_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_a_out_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h5:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_b_out_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {48{1'b0}}, fault_b_out_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h6:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = fault_c_in_x1_y1;
            1'h1: fault_seen_value[slot*64 +: 64] = fault_c_in_x2_y1;
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h7:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {63{1'b0}}, fault_first_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {63{1'b0}}, fault_first_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h8:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = { {63{1'b0}}, fault_last_x1_y1};
            1'h1: fault_seen_value[slot*64 +: 64] = { {63{1'b0}}, fault_last_x2_y1};
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        4'h9:
          case (fault_pe_i[slot*1 +: 1])
            1'h0: fault_seen_value[slot*64 +: 64] = fault_s_x1_y1;
            1'h1: fault_seen_value[slot*64 +: 64] = fault_s_x2_y1;
            default: fault_seen_value[slot*64 +: 64] = 64'd0;
          endcase
        default: fault_seen_value[slot*64 +: 64] = 64'd0;
      endcase
      case (fault_late_pe[slot*1 +: 1])
        1'h0: fault_late_value[slot*64 +: 64] = fault_c_x1_y1;
        1'h1: fault_late_value[slot*64 +: 64] = fault_c_x2_y1;
        default: fault_late_value[slot*64 +: 64] = 64'd0;
      endcase
    end
  end

  espalier_fault_report #(
      .SLOTS(1), .PE_BITS(1), .NODE_BITS(4), .DATA_BITS(64)
  ) u_fault_report (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .pe_i(fault_pe_i), .pe_o(fault_late_pe), .node_i(fault_node_i),
      .keep_i(fault_keep), .keep_o(fault_late_keep), .toggle_i(fault_toggle), .toggle_o(fault_late_toggle),
      .own_keep_i(fault_own_keep), .own_toggle_i(fault_own_toggle),
      .is_late_i(fault_node[2:2]), .seen_i(fault_seen_value), .late_i(fault_late_value),
      .fired_o(fault_fired_o)
  );

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
      .fault_hit_i(fault_hit[0:0]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x1_y1),
      .fault_b_o(fault_b_x1_y1),
      .fault_c_o(fault_c_x1_y1),
      .fault_a_out_o(fault_a_out_x1_y1),
      .fault_b_out_o(fault_b_out_x1_y1),
      .fault_c_in_o(fault_c_in_x1_y1),
      .fault_first_o(fault_first_x1_y1),
      .fault_last_o(fault_last_x1_y1),
      .fault_s_o(fault_s_x1_y1)
  );
  // PE 1 at (2, 1)
  slow_pe pe_x2_y1 (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i),
      .a_i(a_i[31:16]), .a_o(a_x2_y1_unused),  // lane 1 of a_i
      .b_i(b_x1_y1), .b_o(b_x2_y1_unused),
      .first_i(first_i[1]), .first_o(first_x2_y1_unused),  // lane 1 of first_i
      .last_i(last_i[1]), .last_o(last_x2_y1_unused),  // lane 1 of last_i
      .s_i(s_i[127:64]), .s_o(s_x2_y1),  // lane 1 of s_i
      .fault_hit_i(fault_hit[1:1]),
      .fault_node_i(fault_node),
      .fault_keep_i(fault_keep),
      .fault_toggle_i(fault_toggle),
      .fault_late_keep_i(fault_late_keep),
      .fault_late_toggle_i(fault_late_toggle),
      .fault_a_o(fault_a_x2_y1),
      .fault_b_o(fault_b_x2_y1),
      .fault_c_o(fault_c_x2_y1),
      .fault_a_out_o(fault_a_out_x2_y1),
      .fault_b_out_o(fault_b_out_x2_y1),
      .fault_c_in_o(fault_c_in_x2_y1),
      .fault_first_o(fault_first_x2_y1),
      .fault_last_o(fault_last_x2_y1),
      .fault_s_o(fault_s_x2_y1)
  );

  assign s_o[63:0] = s_x1_y1;  // lane 0 of s_o
  assign s_o[127:64] = s_x2_y1;  // lane 1 of s_o
endmodule

`default_nettype wire
