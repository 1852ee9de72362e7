// AXI4-Lite slave: turns transfers of 32 bits into one-clock accesses of registers.
//
// Contract: address and data of a write may come in any order; they are taken together. write_o is 1 in one clock for
// each write, with address, data and byte strobes; write_error_i answers in that clock. read_o likewise, answered by
// read_data_i and read_error_i. An error becomes SLVERR. Every access is answered, in order; answers wait for bready or
// rready. Up to 15 writes are done ahead of their answers, and one read.
`default_nettype none

module espalier_axil #(
    parameter ADDRESS_BITS = 14  // bits of a byte address
) (
    // clock, synchronous reset
    input  wire                    clk_i,
    input  wire                    rst_i,
    // writes
    input  wire [ADDRESS_BITS-1:0] s_axil_awaddr,
    input  wire                    s_axil_awvalid,
    output wire                    s_axil_awready,
    input  wire [31:0]             s_axil_wdata,
    input  wire [3:0]              s_axil_wstrb,
    input  wire                    s_axil_wvalid,
    output wire                    s_axil_wready,
    output wire [1:0]              s_axil_bresp,
    output wire                    s_axil_bvalid,
    input  wire                    s_axil_bready,
    // reads
    input  wire [ADDRESS_BITS-1:0] s_axil_araddr,
    input  wire                    s_axil_arvalid,
    output wire                    s_axil_arready,
    output wire [31:0]             s_axil_rdata,
    output wire [1:0]              s_axil_rresp,
    output wire                    s_axil_rvalid,
    input  wire                    s_axil_rready,
    // registers, by words
    output wire                    write_o,
    output wire [ADDRESS_BITS-3:0] write_word_o,
    output wire [31:0]             write_data_o,
    output wire [3:0]              write_strobe_o,
    input  wire                    write_error_i,
    output wire                    read_o,
    output wire [ADDRESS_BITS-3:0] read_word_o,
    input  wire [31:0]             read_data_i,
    input  wire                    read_error_i
);
  localparam [3:0] MOST_OWED = 4'd15;

  // A write is taken address and data together, so that one that comes alone leaves nothing behind; after one that was
  // withdrawn a valid must have been 0 for a clock. It is done whether the answers before it have been taken or not, so
  // that a host that follows one which never took them can reset the core.
  reg                    accept_q, write_q;
  reg [ADDRESS_BITS-1:0] write_address_q;
  reg [31:0]             write_data_q;
  reg [3:0]              write_strobe_q;
  reg [3:0]              owed_q;
  reg [15:0]             errors_q, errors_d;
  wire both = s_axil_awvalid && s_axil_wvalid;

  always @(posedge clk_i) begin
    if (rst_i) {accept_q, write_q} <= 2'b00;
    else {accept_q, write_q} <= {both && !accept_q && !write_q && owed_q != MOST_OWED, accept_q && both};
  end
  always @(posedge clk_i) begin
    if (accept_q) begin
      write_address_q <= s_axil_awaddr;
      write_data_q    <= s_axil_wdata;
      write_strobe_q  <= s_axil_wstrb;
    end
  end

  // Answers that are owed, and whether they are errors, the oldest at bit 0.
  wire       answered = s_axil_bvalid && s_axil_bready;
  wire [3:0] left     = owed_q - {3'd0, answered};

  always @* begin
    errors_d       = errors_q >> answered;
    errors_d[left] = write_error_i;
  end
  always @(posedge clk_i) begin
    if (rst_i) owed_q <= 4'd0;
    else owed_q <= left + {3'd0, write_q};
  end
  always @(posedge clk_i) errors_q <= errors_d;

  assign s_axil_awready = accept_q;
  assign s_axil_wready  = accept_q;
  assign s_axil_bvalid  = owed_q != 4'd0;
  assign s_axil_bresp   = {errors_q[0], 1'b0};
  assign write_o        = write_q;
  assign write_word_o   = write_address_q[ADDRESS_BITS-1:2];
  assign write_data_o   = write_data_q;
  assign write_strobe_o = write_strobe_q;

  // A read and its answer.
  reg                    asked_q, value_q, read_error_q;
  reg [ADDRESS_BITS-1:0] read_address_q;
  reg [31:0]             read_data_q;
  wire read = asked_q && (!value_q || s_axil_rready);

  always @(posedge clk_i) begin
    if (rst_i) begin
      asked_q      <= 1'b0;
      value_q      <= 1'b0;
      read_error_q <= 1'b0;
    end else begin
      asked_q <= asked_q ? !read : s_axil_arvalid;
      if (read) begin
        value_q      <= 1'b1;
        read_error_q <= read_error_i;
      end else if (s_axil_rready) begin
        value_q <= 1'b0;
      end
    end
  end
  always @(posedge clk_i) begin
    if (!asked_q) read_address_q <= s_axil_araddr;
    if (read) read_data_q <= read_data_i;
  end

  assign s_axil_arready = !asked_q;
  assign s_axil_rvalid  = value_q;
  assign s_axil_rdata   = read_data_q;
  assign s_axil_rresp   = {read_error_q, 1'b0};
  assign read_o         = read;
  assign read_word_o    = read_address_q[ADDRESS_BITS-1:2];

  // Words are addressed: the two lowest bits of an address do nothing.
  wire unused = &{1'b0, write_address_q[1:0], read_address_q[1:0]};
endmodule

`default_nettype wire
