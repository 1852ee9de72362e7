// Feeds one lane of an input port: keeps the lane's elements of several tiles and hands them out on time.
//
// Contract: the lane's elements, in ascending order, are FIRST + n*STRIDE of a row-major matrix, 0 <= n < COUNT. The
// matrix arrives as beats of ELEMENTS elements between load_clear_i and the next one, each while load_beat_i is 1, for
// the tile in load_slot_i; whatever a beat holds of the lane is stored in that clock, in one bank each.
// A tile that starts in a cycle has its first element on the lane two cycles later, the next ones every PERIOD cycles,
// in ascending order or, with DESCENDING, the other way round. A lane without an element carries 0.
`default_nettype none

module espalier_feed_lane #(
    parameter WIDTH      = 8,  // bits of an element, a power of two
    parameter ELEMENTS   = 4,  // elements in a beat, a power of two
    parameter FIRST      = 0,  // the lane's first element
    parameter STRIDE     = 1,  // elements from one of the lane's elements to the next
    parameter COUNT      = 4,  // the lane's elements of a tile
    parameter DESCENDING = 0,  // 1: the last element is fed first
    parameter PERIOD     = 1,  // cycles between two elements on the lane
    parameter BANKS      = 4,  // banks of the memory, a power of two: at least the lane's elements in one beat
    parameter UNIT       = 4,  // greatest common divisor of ELEMENTS and BANKS*STRIDE; ELEMENTS if BANKS >= COUNT
    parameter SLOTS      = 2,  // tiles that are kept
    parameter SLOT_BITS  = 1   // bits of a slot
) (
    // clock, synchronous reset, clock enable of the schedule
    input  wire                      clk_i,
    input  wire                      rst_i,
    input  wire                      en_i,
    // beats to store
    input  wire                      load_clear_i,
    input  wire                      load_beat_i,
    input  wire [SLOT_BITS-1:0]      load_slot_i,
    input  wire [ELEMENTS*WIDTH-1:0] load_data_i,
    // a tile starts on this lane
    input  wire                      start_i,
    input  wire [SLOT_BITS-1:0]      start_slot_i,
    // to the grid
    output wire [WIDTH-1:0]          lane_o
);
  localparam ROWS         = (COUNT + BANKS - 1) / BANKS;
  localparam USED         = BANKS < COUNT ? BANKS : COUNT;
  localparam BANK_BITS    = $clog2(BANKS);
  localparam ROW_BITS     = ROWS > 1 ? $clog2(ROWS) : 1;
  localparam INDEX_BITS   = COUNT > 1 ? $clog2(COUNT) : 1;
  localparam ADDRESS_BITS = ROWS > 1 ? SLOT_BITS + ROW_BITS : SLOT_BITS;
  localparam DEPTH        = ROWS > 1 ? SLOTS << ROW_BITS : SLOTS;
  localparam STEP         = ROWS > 1 ? BANKS * STRIDE : ELEMENTS;
  localparam PLACES       = ELEMENTS / UNIT;
  localparam PLACE_BITS   = PLACES > 1 ? $clog2(PLACES) : 1;
  localparam WIDTH_BITS   = $clog2(WIDTH);

  // Whose turn it is.
  wire                  active;
  wire [SLOT_BITS-1:0]  slot;
  wire [INDEX_BITS-1:0] index;
  espalier_turns #(
      .COUNT(COUNT), .PERIOD(PERIOD), .DESCENDING(DESCENDING), .SLOT_BITS(SLOT_BITS), .INDEX_BITS(INDEX_BITS)
  ) u_turns (
      .clk_i(clk_i), .rst_i(rst_i), .en_i(en_i), .start_i(start_i), .slot_i(start_slot_i),
      .active_o(active), .slot_o(slot), .index_o(index)
  );

  wire [ADDRESS_BITS-1:0] read_address;
  generate
    if (ROWS > 1) begin : gen_rows
      assign read_address = {slot, index[INDEX_BITS-1:BANK_BITS]};
    end else begin : gen_row
      assign read_address = slot;
    end
  endgenerate

  // The memory: element n of the lane is row n / BANKS of bank n mod BANKS.
  // Banks whose elements always lie in the same beats, next to each other, form a group: they are walked as one and share
  // a memory. A group begins where the beat of a bank's first element, or the number of its rows, is another.
  function integer beat_of(input integer n);
    beat_of = (FIRST + n * STRIDE) / UNIT;
  endfunction
  function integer rows_of(input integer n);
    rows_of = (COUNT - n + BANKS - 1) / BANKS;
  endfunction
  function integer begins(input integer n);
    begins = n == 0 || beat_of(n) != beat_of(n - 1) || rows_of(n) != rows_of(n - 1) ? 1 : 0;
  endfunction
  function integer size_of(input integer n);
    begin
      size_of = 1;
      while (n + size_of < USED && begins(n + size_of) == 0) size_of = size_of + 1;
    end
  endfunction

  wire [BANKS*WIDTH-1:0] read;
  genvar bank, n, place;
  generate
    for (bank = 0; bank < USED; bank = bank + 1) begin : gen_bank
      if (begins(bank) != 0) begin : gen_group
        localparam SIZE = size_of(bank);
        localparam LOW  = (FIRST + bank * STRIDE) % UNIT;
        wire                  hit;
        wire [ROW_BITS-1:0]   row;
        wire [PLACE_BITS-1:0] at;
        espalier_walk #(
            .ELEMENTS(ELEMENTS), .FIRST(FIRST + bank * STRIDE), .STEP(STEP), .COUNT(rows_of(bank)),
            .UNIT(UNIT), .ROW_BITS(ROW_BITS), .PLACE_BITS(PLACE_BITS)
        ) u_walk (
            .clk_i(clk_i), .rst_i(rst_i), .clear_i(load_clear_i), .step_i(load_beat_i),
            .hit_o(hit), .row_o(row), .place_o(at)
        );

        // The places of a beat at which an element of each bank can lie.
        wire [SIZE*WIDTH-1:0] elements;
        for (n = 0; n < SIZE; n = n + 1) begin : gen_element
          if (PLACES > 1) begin : gen_many
            wire [PLACES*WIDTH-1:0] candidates;
            for (place = 0; place < PLACES; place = place + 1) begin : gen_place
              assign candidates[place*WIDTH +: WIDTH] = load_data_i[(LOW + n * STRIDE + UNIT * place)*WIDTH +: WIDTH];
            end
            assign elements[n*WIDTH +: WIDTH] = candidates[{at, {WIDTH_BITS{1'b0}}} +: WIDTH];
          end else begin : gen_one
            assign elements[n*WIDTH +: WIDTH] = load_data_i[(LOW + n * STRIDE)*WIDTH +: WIDTH];
          end
        end

        wire [ADDRESS_BITS-1:0] write_address;
        if (ROWS > 1) begin : gen_rows
          assign write_address = {load_slot_i, row};
        end else begin : gen_row
          assign write_address = load_slot_i;
        end
        espalier_ram #(
            .WIDTH(SIZE * WIDTH), .LANES(1), .DEPTH(DEPTH), .ADDRESS_BITS(ADDRESS_BITS)
        ) u_ram (
            .clk_i(clk_i), .write_i(load_beat_i && hit), .write_address_i(write_address), .write_data_i(elements),
            .read_i(en_i), .read_address_i(read_address), .read_data_o(read[bank*WIDTH +: SIZE*WIDTH])
        );

        // Where there is but one row or one place, nobody asks which.
        wire unused = &{1'b0, row, at};
      end
    end
    if (USED < BANKS) begin : gen_unused
      assign read[BANKS*WIDTH-1:USED*WIDTH] = {(BANKS - USED) * WIDTH{1'b0}};
    end
  endgenerate

  // What has been read, one cycle later.
  reg              read_q;
  reg  [WIDTH-1:0] lane_q;
  wire [WIDTH-1:0] element_read;
  generate
    if (BANKS > 1) begin : gen_pick
      reg [BANK_BITS-1:0] bank_q;
      always @(posedge clk_i) if (en_i) bank_q <= index[BANK_BITS-1:0];
      assign element_read = read[{bank_q, {WIDTH_BITS{1'b0}}} +: WIDTH];
    end else begin : gen_only
      assign element_read = read;
    end
  endgenerate

  always @(posedge clk_i) begin
    if (rst_i) begin
      read_q <= 1'b0;
      lane_q <= {WIDTH{1'b0}};
    end else if (en_i) begin
      read_q <= active;
      lane_q <= read_q ? element_read : {WIDTH{1'b0}};
    end
  end

  assign lane_o = lane_q;

  // Not every element of a beat can be one of the lane's; with one element there is nothing to count.
  wire unused = &{1'b0, load_data_i, index};
endmodule

`default_nettype wire
