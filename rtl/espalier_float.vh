// Floating-point multiplication and addition as functions, to be included in the body of a module.
//
// The including module defines, as parameters or localparams:
//   OPERAND_EXPONENT, OPERAND_FRACTION   bits of exponent and fraction of the factors
//   RESULT_EXPONENT, RESULT_FRACTION     bits of exponent and fraction of products and sums
// A number is {sign, exponent, fraction}, an interchange format of IEEE 754-2019 clause 3.4 or one built like it; any
// exponent of 2 or more bits, any fraction of 2 or more. All names here begin with FLOAT_, float_ or, inside the
// functions, f_; the module around has no others that do.
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
//
// A simulator calls the functions in loops over all PEs, and what is written here decides its speed. Conditions are
// branches where they are rare (zero, subnormal, infinite, NaN) and arithmetic where they are as good as random, since
// a processor guesses those wrong. What is shifted is 2^n bits wide and the number of places n bits: then Verilator need not
// ask whether anything remains.

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

// Terms have guard, round and sticky behind their digits, sums one digit before. Both are shifted in words of a power
// of two bits.
localparam FLOAT_TERM_DIGITS    = FLOAT_RESULT_DIGITS + 3;
localparam FLOAT_SUM_DIGITS     = FLOAT_RESULT_DIGITS + 4;
localparam FLOAT_COUNT_BITS     = $clog2(FLOAT_SUM_DIGITS);
localparam FLOAT_WORD_BITS      = 1 << FLOAT_COUNT_BITS;
localparam FLOAT_PLACES_BITS    = FLOAT_COUNT_BITS > RESULT_EXPONENT ? FLOAT_COUNT_BITS : RESULT_EXPONENT;
localparam FLOAT_ALIGNED_BITS   = 4 + RESULT_EXPONENT + FLOAT_RESULT_DIGITS + FLOAT_TERM_DIGITS;
localparam FLOAT_SUMMED_BITS    = 3 + RESULT_EXPONENT + FLOAT_SUM_DIGITS + FLOAT_COUNT_BITS;

// Rounds to nearest even and packs; the first digit, the leading one, is left out, guard and sticky are the last two.
function [FLOAT_RESULT_BITS-1:0] float_round(
    input [1:0]                   f_special,
    input                         f_sign,
    input [RESULT_EXPONENT-1:0]   f_exponent,
    input [FLOAT_KEPT_DIGITS-2:0] f_digits
);
  begin
    // A carry out of the fraction is right: it counts up the exponent, at the end to infinity.
    float_round = {f_sign, {f_exponent, f_digits[FLOAT_KEPT_DIGITS-2:2]} +
                           {{(FLOAT_RESULT_BITS-2){1'b0}}, f_digits[1] && (f_digits[0] || f_digits[2])}};
    if (f_special != FLOAT_NUMBER) begin
      float_round = f_special == FLOAT_NAN ?
                    {1'b0, {(RESULT_EXPONENT+1){1'b1}}, {(RESULT_FRACTION-1){1'b0}}} :
                    {f_sign, {RESULT_EXPONENT{1'b1}}, {RESULT_FRACTION{1'b0}}};
    end
  end
endfunction

// {special, sign, exponent, digits} of one operand; the leading one is the first digit unless the operand is zero.
function [FLOAT_SINGLE_BITS-1:0] float_unpack(input [FLOAT_OPERAND_BITS-1:0] f_operand);
  reg [OPERAND_EXPONENT-1:0]     f_field;
  reg [OPERAND_FRACTION-1:0]     f_fraction;
  reg [FLOAT_EXPONENT_BITS-1:0]  f_exponent;
  reg [FLOAT_OPERAND_DIGITS-1:0] f_digits;
  reg [1:0]                      f_special;
  integer f_level;
  begin
    f_field    = f_operand[FLOAT_OPERAND_BITS-2 -: OPERAND_EXPONENT];
    f_fraction = f_operand[OPERAND_FRACTION-1:0];
    f_exponent = {FLOAT_EXPONENT_BITS{1'b0}};
    f_exponent[OPERAND_EXPONENT-1:0] = f_field;
    f_digits   = {1'b1, f_fraction};
    f_special  = FLOAT_NUMBER;
    if (f_field == {OPERAND_EXPONENT{1'b0}}) begin
      // One place to the left, as if the exponent 0 were not the same as 1; then by halves up to the leading one.
      f_digits = {f_fraction, 1'b0};
      for (f_level = $clog2(FLOAT_OPERAND_DIGITS) - 1; f_level >= 0; f_level = f_level - 1) begin
        if (f_digits >> (FLOAT_OPERAND_DIGITS - (1 << f_level)) == {FLOAT_OPERAND_DIGITS{1'b0}}) begin
          f_digits   = f_digits << (1 << f_level);
          f_exponent = f_exponent - ({{(FLOAT_EXPONENT_BITS-1){1'b0}}, 1'b1} << f_level);
        end
      end
      if (f_fraction == {OPERAND_FRACTION{1'b0}}) f_special = FLOAT_ZERO;
    end else if (f_field == {OPERAND_EXPONENT{1'b1}}) begin
      f_special = f_fraction == {OPERAND_FRACTION{1'b0}} ? FLOAT_INFINITY : FLOAT_NAN;
    end
    float_unpack = {f_special, f_operand[FLOAT_OPERAND_BITS-1], f_exponent, f_digits};
  end
endfunction

// {special, sign, exponent, digits of a, digits of b} of the product.
function [FLOAT_UNPACKED_BITS-1:0] float_multiply_unpack(
    input [FLOAT_OPERAND_BITS-1:0] f_a,
    input [FLOAT_OPERAND_BITS-1:0] f_b
);
  reg [FLOAT_SINGLE_BITS-1:0]    f_single_a, f_single_b;
  reg [1:0]                      f_special_a, f_special_b, f_special;
  reg                            f_sign_a, f_sign_b;
  reg [FLOAT_EXPONENT_BITS-1:0]  f_exponent_a, f_exponent_b;
  reg [FLOAT_OPERAND_DIGITS-1:0] f_digits_a, f_digits_b;
  begin
    // In two steps: Verilator would call the function once for each part.
    f_single_a = float_unpack(f_a);
    f_single_b = float_unpack(f_b);
    {f_special_a, f_sign_a, f_exponent_a, f_digits_a} = f_single_a;
    {f_special_b, f_sign_b, f_exponent_b, f_digits_b} = f_single_b;
    f_special    = f_special_a > f_special_b ? f_special_a : f_special_b;
    f_exponent_a = f_exponent_a + f_exponent_b + FLOAT_REBIAS[FLOAT_EXPONENT_BITS-1:0];
    if (f_special_a == FLOAT_ZERO || f_special_b == FLOAT_ZERO) begin
      f_special    = f_special[1] ? FLOAT_NAN : FLOAT_NUMBER;
      f_exponent_a = {FLOAT_EXPONENT_BITS{1'b0}};
    end
    float_multiply_unpack = {f_special, f_sign_a ^ f_sign_b, f_exponent_a, f_digits_a, f_digits_b};
  end
endfunction

// {special, sign, exponent, kept digits}: the first digit is the leading one, the last two are guard and sticky.
function [FLOAT_PRODUCT_BITS-1:0] float_multiply_product(input [FLOAT_UNPACKED_BITS-1:0] f_unpacked);
  reg [1:0]                      f_special;
  reg                            f_sign, f_carry;
  reg [FLOAT_EXPONENT_BITS-1:0]  f_exponent;
  reg [FLOAT_OPERAND_DIGITS-1:0] f_digits_a, f_digits_b;
  reg [FLOAT_PRODUCT_DIGITS-1:0] f_product;
  reg [FLOAT_PADDED_DIGITS-1:0]  f_padded;
  begin
    {f_special, f_sign, f_exponent, f_digits_a, f_digits_b} = f_unpacked;
    f_product  = {{FLOAT_OPERAND_DIGITS{1'b0}}, f_digits_a} * {{FLOAT_OPERAND_DIGITS{1'b0}}, f_digits_b};
    f_carry    = f_product[FLOAT_PRODUCT_DIGITS-1];
    f_exponent = f_exponent + {{(FLOAT_EXPONENT_BITS-1){1'b0}}, f_carry};
    f_product  = f_product << !f_carry;
    f_padded   = {FLOAT_PADDED_DIGITS{1'b0}};
    f_padded[FLOAT_PADDED_DIGITS-1 -: FLOAT_PRODUCT_DIGITS] = f_product;
    float_multiply_product = {f_special, f_sign, f_exponent, f_padded[FLOAT_PADDED_DIGITS-1 -: FLOAT_KEPT_DIGITS-1],
                              f_padded[FLOAT_PADDED_DIGITS-FLOAT_KEPT_DIGITS:0] !=
                              {(FLOAT_PADDED_DIGITS-FLOAT_KEPT_DIGITS+1){1'b0}}};
  end
endfunction

// The product: denormalised where its exponent asks for it, and rounded.
function [FLOAT_RESULT_BITS-1:0] float_multiply_round(input [FLOAT_PRODUCT_BITS-1:0] f_product);
  reg [1:0]                     f_special;
  reg                           f_sign, f_lost;
  reg [FLOAT_EXPONENT_BITS-1:0] f_exponent, f_places;
  reg [FLOAT_KEPT_DIGITS-1:0]   f_digits;
  begin
    {f_special, f_sign, f_exponent, f_digits} = f_product;
    if (f_exponent[FLOAT_EXPONENT_BITS-1] || f_exponent == {FLOAT_EXPONENT_BITS{1'b0}}) begin
      f_places    = {{(FLOAT_EXPONENT_BITS-1){1'b0}}, 1'b1} - f_exponent;
      f_lost      = (f_digits & ~({FLOAT_KEPT_DIGITS{1'b1}} << f_places)) != {FLOAT_KEPT_DIGITS{1'b0}};
      f_digits    = f_digits >> f_places;
      f_digits[0] = f_digits[0] | f_lost;
      f_exponent  = {FLOAT_EXPONENT_BITS{1'b0}};
    end
    if (!f_special[1] && f_exponent >= {{(FLOAT_EXPONENT_BITS-RESULT_EXPONENT){1'b0}}, {RESULT_EXPONENT{1'b1}}}) begin
      f_special = FLOAT_INFINITY;
    end
    float_multiply_round = float_round(f_special, f_sign, f_exponent[RESULT_EXPONENT-1:0],
                                       f_digits[FLOAT_KEPT_DIGITS-2:0]);
  end
endfunction

// {special, sign, subtract, exponent, digits of the greater term, digits of the lesser one in its place}. The exponent
// is that of the greater term.
function [FLOAT_ALIGNED_BITS-1:0] float_add_align(
    input [FLOAT_RESULT_BITS-1:0] f_x,
    input [FLOAT_RESULT_BITS-1:0] f_y
);
  reg [FLOAT_RESULT_BITS-1:0] f_swap, f_greater, f_lesser;
  reg [RESULT_EXPONENT-1:0]   f_exponent, f_distance;
  reg [FLOAT_PLACES_BITS-1:0] f_places;
  reg [FLOAT_COUNT_BITS-1:0]  f_shift;
  reg [FLOAT_WORD_BITS-1:0]   f_word, f_lost;
  reg                         f_greater_normal, f_lesser_normal, f_subtract;
  reg [FLOAT_TERM_DIGITS-1:0] f_term;
  reg [1:0]                   f_special;
  begin
    f_swap           = (f_x ^ f_y) & {FLOAT_RESULT_BITS{f_x[FLOAT_RESULT_BITS-2:0] < f_y[FLOAT_RESULT_BITS-2:0]}};
    f_greater        = f_x ^ f_swap;
    f_lesser         = f_y ^ f_swap;
    f_subtract       = f_greater[FLOAT_RESULT_BITS-1] ^ f_lesser[FLOAT_RESULT_BITS-1];
    f_greater_normal = f_greater[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] != {RESULT_EXPONENT{1'b0}};
    f_lesser_normal  = f_lesser[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] != {RESULT_EXPONENT{1'b0}};
    // A subnormal number has the exponent 1.
    f_exponent = f_greater[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] | {{(RESULT_EXPONENT-1){1'b0}}, !f_greater_normal};
    f_distance = f_lesser[FLOAT_RESULT_BITS-2 -: RESULT_EXPONENT] | {{(RESULT_EXPONENT-1){1'b0}}, !f_lesser_normal};
    f_distance = f_exponent - f_distance;
    // No more places than leave of all digits the sticky one alone.
    f_places = {FLOAT_PLACES_BITS{1'b0}};
    f_places[RESULT_EXPONENT-1:0] = f_distance;
    f_shift  = f_places[FLOAT_COUNT_BITS-1:0] |
               {FLOAT_COUNT_BITS{f_places >> FLOAT_COUNT_BITS != {FLOAT_PLACES_BITS{1'b0}}}};
    f_word   = {FLOAT_WORD_BITS{1'b0}};
    f_word[FLOAT_TERM_DIGITS-1:0] = {f_lesser_normal, f_lesser[RESULT_FRACTION-1:0], 3'b000};
    f_lost   = f_word & ~({FLOAT_WORD_BITS{1'b1}} << f_shift);
    f_word   = f_word >> f_shift;
    f_term   = f_word[FLOAT_TERM_DIGITS-1:0] | {{(FLOAT_TERM_DIGITS-1){1'b0}}, f_lost != {FLOAT_WORD_BITS{1'b0}}};
    f_special = FLOAT_NUMBER;
    if (f_exponent == {RESULT_EXPONENT{1'b1}}) begin
      f_special = FLOAT_INFINITY;
      if (f_greater[RESULT_FRACTION-1:0] != {RESULT_FRACTION{1'b0}} ||
          (f_subtract && f_lesser[FLOAT_RESULT_BITS-2:0] == f_greater[FLOAT_RESULT_BITS-2:0])) begin
        f_special = FLOAT_NAN;
      end
    end
    float_add_align = {f_special, f_greater[FLOAT_RESULT_BITS-1], f_subtract, f_exponent, f_greater_normal,
                       f_greater[RESULT_FRACTION-1:0], f_term};
  end
endfunction

// {special, sign, exponent, sum, leading zeros of the sum}: the exponent belongs to the second digit of the sum.
function [FLOAT_SUMMED_BITS-1:0] float_add_sum(input [FLOAT_ALIGNED_BITS-1:0] f_aligned);
  reg [1:0]                     f_special;
  reg                           f_sign, f_subtract, f_none;
  reg [RESULT_EXPONENT-1:0]     f_exponent;
  reg [FLOAT_RESULT_DIGITS-1:0] f_greater;
  reg [FLOAT_TERM_DIGITS-1:0]   f_term;
  reg [FLOAT_SUM_DIGITS-1:0]    f_sum;
  reg [FLOAT_WORD_BITS-1:0]     f_rest;
  reg [FLOAT_COUNT_BITS-1:0]    f_zeros, f_step;
  integer f_level;
  begin
    {f_special, f_sign, f_subtract, f_exponent, f_greater, f_term} = f_aligned;
    f_sum = {1'b0, f_greater, 3'b000} + ({1'b0, f_term} ^ {FLOAT_SUM_DIGITS{f_subtract}}) +
            {{(FLOAT_SUM_DIGITS-1){1'b0}}, f_subtract};
    if (f_subtract && f_sum == {FLOAT_SUM_DIGITS{1'b0}}) f_sign = 1'b0;
    f_rest  = {FLOAT_WORD_BITS{1'b0}};
    f_rest[FLOAT_WORD_BITS-1 -: FLOAT_SUM_DIGITS] = f_sum;
    f_zeros = {FLOAT_COUNT_BITS{1'b0}};
    for (f_level = FLOAT_COUNT_BITS - 1; f_level >= 0; f_level = f_level - 1) begin
      f_none  = f_rest >> (FLOAT_WORD_BITS - (1 << f_level)) == {FLOAT_WORD_BITS{1'b0}};
      f_step  = {{(FLOAT_COUNT_BITS-1){1'b0}}, f_none} << f_level;
      f_rest  = f_rest << f_step;
      f_zeros = f_zeros | f_step;
    end
    float_add_sum = {f_special, f_sign, f_exponent, f_sum, f_zeros};
  end
endfunction

// The sum: its leading one in front, unless the exponent would fall below 1, and rounded.
function [FLOAT_RESULT_BITS-1:0] float_add_round(input [FLOAT_SUMMED_BITS-1:0] f_summed);
  reg [1:0]                   f_special;
  reg                         f_sign;
  reg [RESULT_EXPONENT-1:0]   f_exponent;
  reg [FLOAT_SUM_DIGITS-1:0]  f_sum;
  reg [FLOAT_WORD_BITS-1:0]   f_word;
  reg [FLOAT_COUNT_BITS-1:0]  f_zeros;
  reg [FLOAT_PLACES_BITS-1:0] f_places, f_limit;
  begin
    {f_special, f_sign, f_exponent, f_sum, f_zeros} = f_summed;
    f_places = {FLOAT_PLACES_BITS{1'b0}};
    f_limit  = {FLOAT_PLACES_BITS{1'b0}};
    f_places[FLOAT_COUNT_BITS-1:0] = f_zeros;
    f_limit[RESULT_EXPONENT-1:0]   = f_exponent;
    if (f_places > f_limit) f_places = f_limit;
    f_word  = {FLOAT_WORD_BITS{1'b0}};
    f_word[FLOAT_WORD_BITS-1 -: FLOAT_SUM_DIGITS] = f_sum;
    f_word  = f_word << f_places[FLOAT_COUNT_BITS-1:0];
    f_limit = f_limit - f_places + {{(FLOAT_PLACES_BITS-1){1'b0}}, 1'b1};
    // Without a leading one in front the sum is subnormal, or zero.
    f_exponent = f_limit[RESULT_EXPONENT-1:0] & {RESULT_EXPONENT{f_word[FLOAT_WORD_BITS-1]}};
    if (!f_special[1] && f_exponent == {RESULT_EXPONENT{1'b1}}) f_special = FLOAT_INFINITY;
    f_sum = f_word[FLOAT_WORD_BITS-1 -: FLOAT_SUM_DIGITS];
    float_add_round = float_round(f_special, f_sign, f_exponent, {f_sum[FLOAT_SUM_DIGITS-2:3], f_sum[2:0] != 3'b000});
  end
endfunction

// The three functions in one, for use without registers between.
function [FLOAT_RESULT_BITS-1:0] float_multiply(
    input [FLOAT_OPERAND_BITS-1:0] f_a,
    input [FLOAT_OPERAND_BITS-1:0] f_b
);
  float_multiply = float_multiply_round(float_multiply_product(float_multiply_unpack(f_a, f_b)));
endfunction

function [FLOAT_RESULT_BITS-1:0] float_add(
    input [FLOAT_RESULT_BITS-1:0] f_x,
    input [FLOAT_RESULT_BITS-1:0] f_y
);
  float_add = float_add_round(float_add_sum(float_add_align(f_x, f_y)));
endfunction
