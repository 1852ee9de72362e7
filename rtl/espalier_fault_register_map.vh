// The registers of a fault slot, as word addresses and bit numbers. Generated.
localparam [4:0] WORD_ENABLE = 5'h0;
localparam [4:0] WORD_PE = 5'h1;
localparam [4:0] WORD_NODE = 5'h2;
localparam [4:0] WORD_KIND = 5'h3;
localparam [4:0] WORD_FIRST = 5'h4;
localparam [4:0] WORD_FIRST_HIGH = 5'h5;
localparam [4:0] WORD_LAST = 5'h6;
localparam [4:0] WORD_LAST_HIGH = 5'h7;
localparam [4:0] WORD_FIRED = 5'h8;
localparam [4:0] WORD_FIRED_HIGH = 5'h9;
localparam [4:0] WORD_MASK = 5'h10;
localparam [4:0] WORD_VALUE = 5'h14;
