// Collects the results of one lane of the output port and hands them out as beats of the row-major matrix R.
//
// Contract: the lane's results, in ascending order, are the elements FIRST + n*STRIDE of R, 0 <= n < COUNT. Of a tile that
// starts in a cycle the first one is on the lane in that cycle, the next ones every PERIOD cycles, in ascending order
// or, with DESCENDING, the other way round; they are stored in the tile's slot.
// Beats of ELEMENTS elements are read one after the other from read_clear_i on: in the clock after read_beat_i, beat_o
// holds the lane's elements of the beat at their places and 0 elsewhere, until the next read. read_clear_i together with
// read_beat_i makes the beat the last one of its tile.
`default_nettype none

module espalier_collect_lane #(
    parameter WIDTH      = 8,  // bits of an element, a power of two
    parameter ELEMENTS   = 4,  // elements in a beat, a power of two
    parameter FIRST      = 0,  // the lane's first element
    parameter STRIDE     = 1,  // elements from one of the lane's elements to the next
    parameter COUNT      = 4,  // the lane's elements of a tile
    parameter DESCENDING = 0,  // 1: the last element leaves first
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
    // a tile starts on this lane
    input  wire                      start_i,
    input  wire [SLOT_BITS-1:0]      start_slot_i,
    // from the grid
    input  wire [WIDTH-1:0]          lane_i,
    // beats to read
    input  wire                      read_clear_i,
    input  wire                      read_beat_i,
    input  wire [SLOT_BITS-1:0]      read_slot_i,
    output wire [ELEMENTS*WIDTH-1:0] beat_o
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

  wire [ADDRESS_BITS-1:0] write_address;
  generate
    if (ROWS > 1) begin : gen_rows
      assign write_address = {slot, index[INDEX_BITS-1:BANK_BITS]};
    end else begin : gen_row
      assign write_address = slot;
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

  wire [BANKS-1:0] mine;
  generate
    if (BANKS > 1) begin : gen_pick
      assign mine = { {BANKS - 1{1'b0}}, 1'b1} << index[BANK_BITS-1:0];
    end else begin : gen_only
      assign mine = 1'b1;
    end
  endgenerate

  wire [BANKS*WIDTH-1:0]      read;
  wire [BANKS*PLACE_BITS-1:0] places;
  wire [BANKS-1:0]            hits;
  genvar bank;
  generate
    for (bank = 0; bank < USED; bank = bank + 1) begin : gen_bank
      if (begins(bank) != 0) begin : gen_group
        localparam SIZE = size_of(bank);
        wire                  hit;
        wire [ROW_BITS-1:0]   row;
        wire [PLACE_BITS-1:0] place;
        reg                   hit_q;
        reg  [PLACE_BITS-1:0] place_q;
        espalier_walk #(
            .ELEMENTS(ELEMENTS), .FIRST(FIRST + bank * STRIDE), .STEP(STEP), .COUNT(rows_of(bank)),
            .UNIT(UNIT), .ROW_BITS(ROW_BITS), .PLACE_BITS(PLACE_BITS)
        ) u_walk (
            .clk_i(clk_i), .rst_i(rst_i), .clear_i(read_clear_i), .step_i(read_beat_i),
            .hit_o(hit), .row_o(row), .place_o(place)
        );
        always @(posedge clk_i) begin
          if (read_beat_i) begin
            hit_q   <= hit;
            place_q <= place;
          end
        end
        assign hits[bank +: SIZE] = {SIZE{hit_q}};
        assign places[bank*PLACE_BITS +: SIZE*PLACE_BITS] = {SIZE{place_q}};

        wire [ADDRESS_BITS-1:0] read_address;
        if (ROWS > 1) begin : gen_rows
          assign read_address = {read_slot_i, row};
        end else begin : gen_row
          assign read_address = read_slot_i;
          wire unused = &{1'b0, row};
        end
        espalier_ram #(
            .WIDTH(WIDTH), .LANES(SIZE), .DEPTH(DEPTH), .ADDRESS_BITS(ADDRESS_BITS)
        ) u_ram (
            .clk_i(clk_i), .write_i(mine[bank +: SIZE] & {SIZE{en_i && active}}), .write_address_i(write_address),
            .write_data_i({SIZE{lane_i}}),
            .read_i(read_beat_i), .read_address_i(read_address), .read_data_o(read[bank*WIDTH +: SIZE*WIDTH])
        );
      end
    end
    if (USED < BANKS) begin : gen_unused
      assign read[BANKS*WIDTH-1:USED*WIDTH] = {(BANKS - USED) * WIDTH{1'b0}};
      assign places[BANKS*PLACE_BITS-1:USED*PLACE_BITS] = {(BANKS - USED) * PLACE_BITS{1'b0}};
      assign hits[BANKS-1:USED] = {BANKS - USED{1'b0}};
    end
  endgenerate

  // Every bank's element at its place; no two banks have the same one.
  reg [ELEMENTS*WIDTH-1:0] beat;
  integer n, p;
  always @* begin
    beat = {ELEMENTS * WIDTH{1'b0}};
    for (n = 0; n < USED; n = n + 1) begin
      for (p = 0; p < PLACES; p = p + 1) begin
        if (hits[n] && places[n*PLACE_BITS +: PLACE_BITS] == p[PLACE_BITS-1:0]) begin
          beat[((FIRST + n * STRIDE) % UNIT + p * UNIT)*WIDTH +: WIDTH] =
              beat[((FIRST + n * STRIDE) % UNIT + p * UNIT)*WIDTH +: WIDTH] | read[n*WIDTH +: WIDTH];
        end
      end
    end
  end
  assign beat_o = beat;

  // With one element there is nothing to count, and some banks may have none.
  wire unused = &{1'b0, index, read, places, hits, mine};
endmodule

`default_nettype wire
