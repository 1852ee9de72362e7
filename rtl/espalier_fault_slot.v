// The registers of one fault slot, and when it acts.
//
// Contract: addresses are those of espalier_fault_register_map.vh; one access per clock, error_o for words that
// are not there or cannot be written. In the cycle after one in which count_i is 1, act_o tells whether cycle_i lay in the
// window of an enabled slot; with idle_i it acts no more. fired_i counts while fresh_i is 1. Everything but the counter is
// kept until it is written; clear_i clears the counter.
`default_nettype none

module espalier_fault_slot #(
    parameter PE_BITS   = 1,  // bits of a PE index
    parameter NODE_BITS = 4,  // bits of a node code
    parameter DATA_BITS = 32  // bits of mask and value, at most 128
) (
    // clock, synchronous reset
    input  wire                 clk_i,
    input  wire                 rst_i,
    input  wire                 clear_i,
    // accesses
    input  wire                 write_i,
    input  wire [4:0]           write_word_i,
    input  wire [31:0]          write_data_i,
    input  wire [3:0]           write_strobe_i,
    output reg                  write_error_o,
    input  wire                 read_i,
    input  wire [4:0]           read_word_i,
    output reg  [31:0]          read_data_o,
    output reg                  read_error_o,
    // no job runs, clock enable of the schedule, cycle that the grid does next
    input  wire                 idle_i,
    input  wire                 en_i,
    input  wire                 count_i,
    input  wire [63:0]          cycle_i,
    // to the grid, and what it says of the cycle before
    output wire                 act_o,
    output wire [PE_BITS-1:0]   pe_o,
    output wire [NODE_BITS-1:0] node_o,
    output wire [1:0]           kind_o,
    output wire [DATA_BITS-1:0] mask_o,
    output wire [DATA_BITS-1:0] value_o,
    input  wire                 fired_i,
    input  wire                 fresh_i
);
  `include "espalier_fault_register_map.vh"

  localparam       WORDS     = (DATA_BITS + 31) / 32;
  localparam [2:0] WORDS_END = WORDS[2:0];

  // What is written, by bits.
  wire [31:0] strobe = { {8{write_strobe_i[3]}}, {8{write_strobe_i[2]}}, {8{write_strobe_i[1]}}, {8{write_strobe_i[0]}} };

  reg                 enable_q;
  reg [PE_BITS-1:0]   pe_q;
  reg [NODE_BITS-1:0] node_q;
  reg [1:0]           kind_q;
  reg [63:0]          first_q, last_q;
  reg [31:0]          pe_word, node_word;
  wire [31:0]         enable_d = ({31'd0, enable_q} & ~strobe) | (write_data_i & strobe);
  wire [31:0]         pe_d     = (pe_word & ~strobe) | (write_data_i & strobe);
  wire [31:0]         node_d   = (node_word & ~strobe) | (write_data_i & strobe);
  wire [31:0]         kind_d   = ({30'd0, kind_q} & ~strobe) | (write_data_i & strobe);
  always @* begin
    pe_word                  = 32'd0;
    pe_word[PE_BITS-1:0]     = pe_q;
    node_word                = 32'd0;
    node_word[NODE_BITS-1:0] = node_q;
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      enable_q <= 1'b0;
      pe_q     <= {PE_BITS{1'b0}};
      node_q   <= {NODE_BITS{1'b0}};
      kind_q   <= 2'd0;
      first_q  <= 64'd0;
      last_q   <= 64'd0;
    end else if (write_i) begin
      case (write_word_i)
        WORD_ENABLE:     enable_q       <= enable_d[0];
        WORD_PE:         pe_q           <= pe_d[PE_BITS-1:0];
        WORD_NODE:       node_q         <= node_d[NODE_BITS-1:0];
        WORD_KIND:       kind_q         <= kind_d[1:0];
        WORD_FIRST:      first_q[31:0]  <= (first_q[31:0] & ~strobe) | (write_data_i & strobe);
        WORD_FIRST_HIGH: first_q[63:32] <= (first_q[63:32] & ~strobe) | (write_data_i & strobe);
        WORD_LAST:       last_q[31:0]   <= (last_q[31:0] & ~strobe) | (write_data_i & strobe);
        WORD_LAST_HIGH:  last_q[63:32]  <= (last_q[63:32] & ~strobe) | (write_data_i & strobe);
        default: ;
      endcase
    end
  end

  // Mask and value, in words of which the last one may be narrower.
  wire [WORDS*32-1:0] mask_words, value_words;
  genvar n;
  generate
    for (n = 0; n < WORDS; n = n + 1) begin : gen_word
      localparam BITS = DATA_BITS - 32 * n < 32 ? DATA_BITS - 32 * n : 32;
      reg [BITS-1:0] mask_q, value_q;
      wire is_mask  = write_word_i == WORD_MASK + n[4:0];
      wire is_value = write_word_i == WORD_VALUE + n[4:0];
      always @(posedge clk_i) begin
        if (rst_i) begin
          mask_q  <= {BITS{1'b0}};
          value_q <= {BITS{1'b0}};
        end else if (write_i) begin
          if (is_mask) mask_q <= (mask_q & ~strobe[BITS-1:0]) | (write_data_i[BITS-1:0] & strobe[BITS-1:0]);
          if (is_value) value_q <= (value_q & ~strobe[BITS-1:0]) | (write_data_i[BITS-1:0] & strobe[BITS-1:0]);
        end
      end
      assign mask_words[n*32 +: BITS]  = mask_q;
      assign value_words[n*32 +: BITS] = value_q;
      if (BITS < 32) begin : gen_rest
        assign mask_words[n*32+BITS +: 32-BITS]  = {32 - BITS{1'b0}};
        assign value_words[n*32+BITS +: 32-BITS] = {32 - BITS{1'b0}};
      end
    end
  endgenerate

  // The window. The grid takes act_o in the cycle after the one in which it is worked out.
  reg act_q;
  always @(posedge clk_i) begin
    if (rst_i || idle_i) act_q <= 1'b0;
    else if (en_i) act_q <= count_i && enable_q && cycle_i >= first_q && cycle_i <= last_q;
  end

  reg [63:0] fired_q;
  reg [31:0] high_q;
  always @(posedge clk_i) begin
    if (rst_i || clear_i) fired_q <= 64'd0;
    else if (fired_i && fresh_i) fired_q <= fired_q + 64'd1;
  end
  always @(posedge clk_i) if (read_i && read_word_i == WORD_FIRED) high_q <= fired_q[63:32];

  // Whether a word is one of mask or value.
  function is_data(input [4:0] index);
    is_data = index[4:2] == WORD_MASK[4:2] && {1'b0, index[1:0]} < WORDS_END
        || index[4:2] == WORD_VALUE[4:2] && {1'b0, index[1:0]} < WORDS_END;
  endfunction

  always @* begin
    case (write_word_i)
      WORD_ENABLE, WORD_PE, WORD_NODE, WORD_KIND, WORD_FIRST, WORD_FIRST_HIGH, WORD_LAST, WORD_LAST_HIGH:
               write_error_o = 1'b0;
      default: write_error_o = !is_data(write_word_i);
    endcase
  end

  integer m;
  always @* begin
    read_data_o  = 32'd0;
    read_error_o = 1'b0;
    case (read_word_i)
      WORD_ENABLE:     read_data_o = {31'd0, enable_q};
      WORD_PE:         read_data_o = pe_word;
      WORD_NODE:       read_data_o = node_word;
      WORD_KIND:       read_data_o = {30'd0, kind_q};
      WORD_FIRST:      read_data_o = first_q[31:0];
      WORD_FIRST_HIGH: read_data_o = first_q[63:32];
      WORD_LAST:       read_data_o = last_q[31:0];
      WORD_LAST_HIGH:  read_data_o = last_q[63:32];
      WORD_FIRED:      read_data_o = fired_q[31:0];
      WORD_FIRED_HIGH: read_data_o = high_q;
      default:         read_error_o = !is_data(read_word_i);
    endcase
    for (m = 0; m < WORDS; m = m + 1) begin
      if (read_word_i == WORD_MASK + m[4:0]) read_data_o = mask_words[m*32 +: 32];
      if (read_word_i == WORD_VALUE + m[4:0]) read_data_o = value_words[m*32 +: 32];
    end
  end

  assign act_o   = act_q;
  assign pe_o    = pe_q;
  assign node_o  = node_q;
  assign kind_o  = kind_q;
  assign mask_o  = mask_words[DATA_BITS-1:0];
  assign value_o = value_words[DATA_BITS-1:0];

  // Fields are narrower than words.
  wire unused = &{1'b0, enable_d, pe_d, node_d, kind_d};
endmodule

`default_nettype wire
