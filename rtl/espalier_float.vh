// Floating-point multiplication and addition as functions, to be included in the body of a module.
//
// The including module defines, as parameters or localparams:
//   OPERAND_EXPONENT, OPERAND_FRACTION   bits of exponent and fraction of the factors
//   RESULT_EXPONENT, RESULT_FRACTION     bits of exponent and fraction of products and sums
// A number is {sign, exponent, fraction}, an interchange format of IEEE 754-2019 clause 3.4 or one built like it; any
// exponent of 2 or more bits, any fraction of 2 or more.
//
// Contract: float_multiply(a, b) is the product of two operands, float_add(x, y) the sum of two results, each rounded
// once to the result format, to nearest, ties to even (clause 4.3.1). Subnormal numbers are taken and given; exact zero
// sums are +0 unless both terms are -0 (clause 6.3); every NaN result is the canonical quiet NaN: sign 0, exponent all
// ones, first bit of the fraction 1, the rest 0. No exception flags.
//
// Each operation is three functions with packed vectors between, where registers may be placed:
//   float_multiply_round(float_multiply_product(float_multiply_unpack(a, b)))
//     FLOAT_UNPACKED_BITS between the first two, FLOAT_PRODUCT_BITS between the last two
//   float_add_round(float_add_sum(float_add_align(x, y)))
//     FLOAT_ALIGNED_BITS between the first two, FLOAT_SUMMED_BITS between the last two
// A vector of zeros becomes +0, so registers may be reset to zero.

// Names inside the functions are their own, whatever the module around them is made of.
/* verilator lint_off VARHIDDEN */

localparam FLOAT_OPERAND_BITS = 1 + OPERAND_EXPONENT + OPERAND_FRACTION;
localparam FLOAT_RESULT_BITS  = 1 + RESULT_EXPONENT + RESULT_FRACTION;

// What a value is, beside its digits; only an operand is ever told to be zero.
localparam [1:0] FLOAT_NUMBER   = 2'd0;
localparam [1:0] FLOAT_ZERO     = 2'd1;
localparam [1:0] FLOAT_INFINITY = 2'd2;
localparam [1:0] FLOAT_NAN      = 2'd3;

// Significands with their leading one, and the exponents of products: two's complement, biased like the result's,
// below zero where the product is subnormal.
localparam FLOAT_OPERAND_DIGITS = OPERAND_FRACTION + 1;
localparam FLOAT_PRODUCT_DIGITS = 2 * FLOAT_OPERAND_DIGITS;
localparam FLOAT_RESULT_DIGITS  = RESULT_FRACTION + 1;
localparam FLOAT_OPERAND_BIAS   = (1 << (OPERAND_EXPONENT - 1)) - 1;
localparam FLOAT_RESULT_BIAS    = (1 << (RESULT_EXPONENT - 1)) - 1;
localparam FLOAT_REBIAS         = FLOAT_RESULT_BIAS - 2 * FLOAT_OPERAND_BIAS;
localparam FLOAT_EXPONENT_BITS  =
    1 + $clog2(2 * (FLOAT_OPERAND_BIAS + OPERAND_FRACTION) + (1 << RESULT_EXPONENT) + RESULT_FRACTION);
localparam FLOAT_SINGLE_BITS    = 3 + FLOAT_EXPONENT_BITS + FLOAT_OPERAND_DIGITS;
localparam FLOAT_UNPACKED_BITS  = 3 + FLOAT_EXPONENT_BITS + 2 * FLOAT_OPERAND_DIGITS;

// A rounded number is made from its digits, the next one (guard) and whether anything follows (sticky).
localparam FLOAT_KEPT_DIGITS    = FLOAT_RESULT_DIGITS + 2;
localparam FLOAT_PADDED_DIGITS  =
    FLOAT_PRODUCT_DIGITS > FLOAT_KEPT_DIGITS ? FLOAT_PRODUCT_DIGITS : FLOAT_KEPT_DIGITS;
localparam FLOAT_PRODUCT_BITS   = 3 + FLOAT_EXPONENT_BITS + FLOAT_KEPT_DIGITS;

// Terms have guard, round and sticky behind their digits, sums one digit before.
localparam FLOAT_TERM_DIGITS    = FLOAT_RESULT_DIGITS + 3;
localparam FLOAT_SUM_DIGITS     = FLOAT_RESULT_DIGITS + 4;
localparam FLOAT_COUNT_BITS     = $clog2(FLOAT_SUM_DIGITS);
localparam FLOAT_PLACES_BITS    = FLOAT_COUNT_BITS > RESULT_EXPONENT ? FLOAT_COUNT_BITS : RESULT_EXPONENT;
localparam FLOAT_ALIGNED_BITS   = 4 + RESULT_EXPONENT + FLOAT_RESULT_DIGITS + FLOAT_TERM_DIGITS;
localparam FLOAT_SUMMED_BITS    = 3 + RESULT_EXPONENT + FLOAT_SUM_DIGITS + FLOAT_COUNT_BITS;

// Rounds to nearest even and packs; the first digit, the leading one, is left out, guard and sticky are the last two.
function [FLOAT_RESULT_BITS-1:0] float_round(
    input [1:0]                   special,
    input                         sign,
    input [RESULT_EXPONENT-1:0]   exponent,
    input [FLOAT_KEPT_DIGITS-2:0] digits
);
  begin
    case (special)
      FLOAT_NAN: begin
        float_round = {1'b0, {(RESULT_EXPONENT+1){1'b1}}, {(RESULT_FRACTION-1){1'b0}}};
      end
      FLOAT_INFINITY: begin
        float_round = {sign, {RESULT_EXPONENT{1'b1}}, {RESULT_FRACTION{1'b0}}};
      end
      default: begin
        // A carry out of the fraction is right: it counts up the exponent, at the end to infinity.
        float_round = {sign, {exponent, digits[FLOAT_KEPT_DIGITS-2:2]} +
                             {{(FLOAT_RESULT_BITS-2){1'b0}}, digits[1] && (digits[0] || digits[2])}};
      end
    endcase
  end
endfunction

// {special, sign, exponent, digits} of one operand; the leading one is the first digit unless the operand is zero.
function [FLOAT_SINGLE_BITS-1:0] float_unpack(input [FLOAT_OPERAND_BITS-1:0] x);
  reg [OPERAND_EXPONENT-1:0]     field;
  reg [OPERAND_FRACTION-1:0]     fraction;
  reg [FLOAT_EXPONENT_BITS-1:0]  exponent;
  reg [FLOAT_OPERAND_DIGITS-1:0] digits;
  reg [1:0]                      special;
  integer level;
  begin
    field    = x[FLOAT_OPERAND_BITS-2 -: OPERAND_EXPONENT];
    fraction = x[OPERAND_FRACTION-1:0];
    exponent = {FLOAT_EXPONENT_BITS{1'b0}};
    exponent[OPERAND_EXPONENT-1:0] = field;
    digits   = {1'b1, fraction};
    special  = FLOAT_NUMBER;
    if (field == {OPERAND_EXPONENT{1'b0}}) begin
      // One place to the left, as if the exponent 0 were not the same as 1; then by halves up to the leading one.
      digits = {fraction, 1'b0};
      for (level = $clog2(FLOAT_OPERAND_DIGITS) - 1; level >= 0; level = level - 1) begin
        if (digits >> (FLOAT_OPERAND_DIGITS - (1 << level)) == {FLOAT_OPERAND_DIGITS{1'b0}}) begin
          digits   = digits << (1 << level);
          exponent = exponent - ({{(FLOAT_EXPONENT_BITS-1){1'b0}}, 1'b1} << level);
        end
      end
      if (fraction == {OPERAND_FRACTION{1'b0}}) special = FLOAT_ZERO;
    end else if (field == {OPERAND_EXPONENT{1'b1}}) begin
      special = fraction == {OPERAND_FRACTION{1'b0}} ? FLOAT_INFINITY : FLOAT_NAN;
    end
    float_unpack = {special, x[FLOAT_OPERAND_BITS-1], exponent, digits};
  end
endfunction

// {special, sign, exponent, digits of a, digits of b} of the product.
function [FLOAT_UNPACKED_BITS-1:0] float_multiply_unpack(
    input [FLOAT_OPERAND_BITS-1:0] a,
    input [FLOAT_OPERAND_BITS-1:0] b
);
  reg [FLOAT_SINGLE_BITS-1:0]    single_a, single_b;
  reg [1:0]                      special_a, special_b, special;
  reg                            sign_a, sign_b;
  reg [FLOAT_EXPONENT_BITS-1:0]  exponent_a, exponent_b;
  reg [FLOAT_OPERAND_DIGITS-1:0] digits_a, digits_b;
  begin
    // In two steps: Verilator would call the function once for each part.
    single_a = float_unpack(a);
    single_b = float_unpack(b);
    {special_a, sign_a, exponent_a, digits_a} = single_a;
    {special_b, sign_b, exponent_b, digits_b} = single_b;
    special    = special_a > special_b ? special_a : special_b;
    exponent_a = exponent_a + exponent_b + FLOAT_REBIAS[FLOAT_EXPONENT_BITS-1:0];
    if (special_a == FLOAT_ZERO || special_b == FLOAT_ZERO) begin
      special    = special[1] ? FLOAT_NAN : FLOAT_NUMBER;
      exponent_a = {FLOAT_EXPONENT_BITS{1'b0}};
    end
    float_multiply_unpack = {special, sign_a ^ sign_b, exponent_a, digits_a, digits_b};
  end
endfunction

// {special, sign, exponent, kept digits}: the first digit is the leading one, the last two are guard and sticky.
function [FLOAT_PRODUCT_BITS-1:0] float_multiply_product(input [FLOAT_UNPACKED_BITS-1:0] unpacked);
  reg [1:0]                      special;
  reg                            sign;
  reg [FLOAT_EXPONENT_BITS-1:0]  exponent;
  reg [FLOAT_OPERAND_DIGITS-1:0] digits_a, digits_b;
  reg [FLOAT_PRODUCT_DIGITS-1:0] product;
  reg [FLOAT_PADDED_DIGITS-1:0]  padded;
  begin
    {special, sign, exponent, digits_a, digits_b} = unpacked;
    product = {{FLOAT_OPERAND_DIGITS{1'b0}}, digits_a} * {{FLOAT_OPERAND_DIGITS{1'b0}}, digits_b};
    if (product[FLOAT_PRODUCT_DIGITS-1]) exponent = exponent + {{(FLOAT_EXPONENT_BITS-1){1'b0}}, 1'b1};
    else product = product << 1;
    padded = {FLOAT_PADDED_DIGITS{1'b0}};
    padded[FLOAT_PADDED_DIGITS-1 -: FLOAT_PRODUCT_DIGITS] = product;
    float_multiply_product = {special, sign, exponent, padded[FLOAT_PADDED_DIGITS-1 -: FLOAT_KEPT_DIGITS-1],
                              padded[FLOAT_PADDED_DIGITS-FLOAT_KEPT_DIGITS:0] !=
                              {(FLOAT_PADDED_DIGITS-FLOAT_KEPT_DIGITS+1){1'b0}}};
  end
endfunction

// The product: denormalised where its exponent asks for it, and rounded.
function [FLOAT_RESULT_BITS-1:0] float_multiply_round(input [FLOAT_PRODUCT_BITS-1:0] product);
  reg [1:0]                     special;
  reg                           sign, lost;
  reg [FLOAT_EXPONENT_BITS-1:0] exponent, places;
  reg [FLOAT_KEPT_DIGITS-1:0]   digits;
  begin
    {special, sign, exponent, digits} = product;
    if (exponent[FLOAT_EXPONENT_BITS-1] || exponent == {FLOAT_EXPONENT_BITS{1'b0}}) begin
      places    = {{(FLOAT_EXPONENT_BITS-1){1'b0}}, 1'b1} - exponent;
      lost      = (digits & ~({FLOAT_KEPT_DIGITS{1'b1}} << places)) != {FLOAT_KEPT_DIGITS{1'b0}};
      digits    = digits >> places;
      digits[0] = digits[0] | lost;
      exponent  = {FLOAT_EXPONENT_BITS{1'b0}};
    end
    if (!special[1] && exponent >= {{(FLOAT_EXPONENT_BITS-RESULT_EXPONENT){1'b0}}, {RESULT_EXPONENT{1'b1}}}) begin
      special = FLOAT_INFINITY;
    end
    float_multiply_round = float_round(special, sign, exponent[RESULT_EXPONENT-1:0],
                                       digits[FLOAT_KEPT_DIGITS-2:0]);
  end
endfunction

// {special, sign, subtract, exponent, digits of the greater term, digits of the lesser one in its place}. The exponent
// is that of the greater term.
function [FLOAT_ALIGNED_BITS-1:0] float_add_align(
    input [FLOAT_RESULT_BITS-1:0] x,
    input [FLOAT_RESULT_BITS-1:0] y
);
  reg [FLOAT_RESULT_BITS-1:0] greater, lesser;
  reg [RESULT_EXPONENT-1:0]   exponent, places;
  reg                         greater_normal, lesser_normal, subtract, lost;
  reg [FLOAT_TERM_DIGITS-1:0] term;
  reg [1:0]                   special;
  begin
    if (x[FLOAT_RESULT_BITS-2:0] < y[FLOAT_RESULT_BITS-2:0]) begin
      greater = y;
      lesser  = x;
    end else begin
      greater = x;
      lesser  = y;
    end
    subtract       = greater[FLOAT_RESULT_BITS-1] ^ lesser[FLOAT_RESULT_BITS-1];
    greater_normal = greater[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] != {RESULT_EXPONENT{1'b0}};
    lesser_normal  = lesser[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] != {RESULT_EXPONENT{1'b0}};
    // A subnormal number has the exponent 1.
    exponent = greater[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] | {{(RESULT_EXPONENT-1){1'b0}}, !greater_normal};
    places   = lesser[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] | {{(RESULT_EXPONENT-1){1'b0}}, !lesser_normal};
    places   = exponent - places;
    term     = {lesser_normal, lesser[RESULT_FRACTION-1:0], 3'b000};
    lost     = (term & ~({FLOAT_TERM_DIGITS{1'b1}} << places)) != {FLOAT_TERM_DIGITS{1'b0}};
    term     = term >> places;
    term[0]  = term[0] | lost;
    special  = FLOAT_NUMBER;
    if (exponent == {RESULT_EXPONENT{1'b1}}) begin
      special = FLOAT_INFINITY;
      if (greater[RESULT_FRACTION-1:0] != {RESULT_FRACTION{1'b0}} ||
          (subtract && lesser[FLOAT_RESULT_BITS-2:0] == greater[FLOAT_RESULT_BITS-2:0])) begin
        special = FLOAT_NAN;
      end
    end
    float_add_align = {special, greater[FLOAT_RESULT_BITS-1], subtract, exponent, greater_normal,
                       greater[RESULT_FRACTION-1:0], term};
  end
endfunction

// {special, sign, exponent, sum, leading zeros of the sum}: the exponent belongs to the second digit of the sum.
function [FLOAT_SUMMED_BITS-1:0] float_add_sum(input [FLOAT_ALIGNED_BITS-1:0] aligned);
  reg [1:0]                     special;
  reg                           sign, subtract;
  reg [RESULT_EXPONENT-1:0]     exponent;
  reg [FLOAT_RESULT_DIGITS-1:0] greater;
  reg [FLOAT_TERM_DIGITS-1:0]   term;
  reg [FLOAT_SUM_DIGITS-1:0]    sum, rest;
  reg [FLOAT_COUNT_BITS-1:0]    zeros;
  integer level;
  begin
    {special, sign, subtract, exponent, greater, term} = aligned;
    if (subtract) sum = {1'b0, greater, 3'b000} - {1'b0, term};
    else          sum = {1'b0, greater, 3'b000} + {1'b0, term};
    if (subtract && sum == {FLOAT_SUM_DIGITS{1'b0}}) sign = 1'b0;
    rest  = sum;
    zeros = {FLOAT_COUNT_BITS{1'b0}};
    for (level = FLOAT_COUNT_BITS - 1; level >= 0; level = level - 1) begin
      if (rest >> (FLOAT_SUM_DIGITS - (1 << level)) == {FLOAT_SUM_DIGITS{1'b0}}) begin
        rest         = rest << (1 << level);
        zeros[level] = 1'b1;
      end
    end
    float_add_sum = {special, sign, exponent, sum, zeros};
  end
endfunction

// The sum: its leading one in front, unless the exponent would fall below 1, and rounded.
function [FLOAT_RESULT_BITS-1:0] float_add_round(input [FLOAT_SUMMED_BITS-1:0] summed);
  reg [1:0]                   special;
  reg                         sign;
  reg [RESULT_EXPONENT-1:0]   exponent;
  reg [FLOAT_SUM_DIGITS-1:0]  sum;
  reg [FLOAT_COUNT_BITS-1:0]  zeros;
  reg [FLOAT_PLACES_BITS-1:0] places, limit;
  begin
    {special, sign, exponent, sum, zeros} = summed;
    places = {FLOAT_PLACES_BITS{1'b0}};
    limit  = {FLOAT_PLACES_BITS{1'b0}};
    places[FLOAT_COUNT_BITS-1:0] = zeros;
    limit[RESULT_EXPONENT-1:0]   = exponent;
    if (places > limit) places = limit;
    sum   = sum << places;
    limit = limit - places + {{(FLOAT_PLACES_BITS-1){1'b0}}, 1'b1};
    // Without a leading one in front the sum is subnormal, or zero.
    exponent = sum[FLOAT_SUM_DIGITS-1] ? limit[RESULT_EXPONENT-1:0] : {RESULT_EXPONENT{1'b0}};
    if (!special[1] && exponent == {RESULT_EXPONENT{1'b1}}) special = FLOAT_INFINITY;
    float_add_round = float_round(special, sign, exponent, {sum[FLOAT_SUM_DIGITS-2:3], sum[2:0] != 3'b000});
  end
endfunction

// The three functions in one, for use without registers between.
function [FLOAT_RESULT_BITS-1:0] float_multiply(
    input [FLOAT_OPERAND_BITS-1:0] a,
    input [FLOAT_OPERAND_BITS-1:0] b
);
  float_multiply = float_multiply_round(float_multiply_product(float_multiply_unpack(a, b)));
endfunction

function [FLOAT_RESULT_BITS-1:0] float_add(
    input [FLOAT_RESULT_BITS-1:0] x,
    input [FLOAT_RESULT_BITS-1:0] y
);
  float_add = float_add_round(float_add_sum(float_add_align(x, y)));
endfunction

/* verilator lint_on VARHIDDEN */
