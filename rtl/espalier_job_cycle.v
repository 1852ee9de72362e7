// Counts the cycles of a job and keeps the grid in reset outside.
//
// Contract: a job's first tile passes start_i while none is counted. From the cycle after that on, up to the one in which
// end_i is 1, count_o is 1 and cycle_o counts from 0: the cycle that the grid does next. grid_rst_o is 1 while idle_i
// is, and on until the grid's cycle 0. A cycle is a clock edge at which en_i is 1; fresh_o tells that the clock edge before
// ended one. After the job cycle_o keeps its length.
`default_nettype none

module espalier_job_cycle (
    // clock, synchronous reset, clock enable of the schedule
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire        en_i,
    // no job runs; the cycle before the first one that is counted, the last one
    input  wire        idle_i,
    input  wire        start_i,
    input  wire        end_i,
    // count
    output wire        count_o,
    output wire [63:0] cycle_o,
    output wire        fresh_o,
    // to the grid
    output wire        grid_rst_o
);
  reg        count_q, fresh_q, grid_rst_q;
  reg [63:0] cycle_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      count_q <= 1'b0;
      cycle_q <= 64'd0;
    end else if (en_i) begin
      if (count_q) begin
        count_q <= !end_i;
        cycle_q <= cycle_q + 64'd1;
      end else if (start_i) begin
        count_q <= 1'b1;
        cycle_q <= 64'd0;
      end
    end
  end

  // A tile that starts after the last one of a job belongs to the next job, which starts from idle.
  always @(posedge clk_i) begin
    if (rst_i || idle_i) grid_rst_q <= 1'b1;
    else if (en_i && count_q) grid_rst_q <= 1'b0;
  end

  always @(posedge clk_i) begin
    if (rst_i) fresh_q <= 1'b0;
    else fresh_q <= en_i;
  end

  assign count_o    = count_q;
  assign cycle_o    = cycle_q;
  assign fresh_o    = fresh_q;
  assign grid_rst_o = grid_rst_q;
endmodule

`default_nettype wire
