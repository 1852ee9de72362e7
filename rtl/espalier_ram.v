// Memory with one port to write and one to read, in the form that tools turn into block or distributed RAM.
//
// Contract: a word is LANES elements; element n of write_data_i is stored at the clock edge at which write_i[n] is 1.
// read_data_o is a register: it takes the word that is stored at read_address_i at the edge at which read_i is 1. Reading
// what the same edge writes gives the old value.
`default_nettype none

module espalier_ram #(
    parameter WIDTH        = 8,  // bits of an element
    parameter LANES        = 1,  // elements of a word
    parameter DEPTH        = 4,  // words
    parameter ADDRESS_BITS = 2   // bits that count from 0 to DEPTH-1
) (
    input  wire                    clk_i,
    // write port
    input  wire [LANES-1:0]        write_i,
    input  wire [ADDRESS_BITS-1:0] write_address_i,
    input  wire [LANES*WIDTH-1:0]  write_data_i,
    // read port
    input  wire                    read_i,
    input  wire [ADDRESS_BITS-1:0] read_address_i,
    output wire [LANES*WIDTH-1:0]  read_data_o
);
  reg [LANES*WIDTH-1:0] words [0:DEPTH-1];
  reg [LANES*WIDTH-1:0] read_q;

  integer n;
  always @(posedge clk_i) begin
    for (n = 0; n < LANES; n = n + 1) begin
      if (write_i[n]) words[write_address_i][n*WIDTH +: WIDTH] <= write_data_i[n*WIDTH +: WIDTH];
    end
    if (read_i) read_q <= words[read_address_i];
  end

  assign read_data_o = read_q;
endmodule

`default_nettype wire
