// The pairs that floating-point operations are tried on: a pure function of the seed and the pair's number. The same
// function is written in TypeScript (test/float/operands.ts); where the two differ, no digest agrees.
#pragma once

#include <cstdint>

struct Format {
    int exponentBits;
    int fractionBits;
    int bias() const { return (1 << (exponentBits - 1)) - 1; }
    int top() const { return (1 << exponentBits) - 1; }
    uint64_t one() const { return uint64_t{1} << fractionBits; }  // one more than the largest fraction
    int width() const { return 1 + exponentBits + fractionBits; }
};

struct Number {
    uint32_t sign;
    int exponent;  // the field
    uint64_t fraction;
};

struct Pair {
    uint64_t x;
    uint64_t y;
};

class Operands {
public:
    // terms: both numbers are of this format; the result has the other.
    Operands(Format terms, Format result, uint32_t seed)
        : terms_{terms}, result_{result}, seed_{seed} {}

    Pair draw(uint32_t number) const {
        uint32_t r[8];
        for (uint32_t k = 0; k < 8; ++k) r[k] = mix((number * 8 + k) ^ seed_);
        Number x, y;
        if (number < SPECIALS * SPECIALS) {
            x = special(number / SPECIALS);
            y = special(number % SPECIALS);
        } else {
            choose(r, x, y);
        }
        return {pack(x), pack(y)};
    }

private:
    static constexpr uint32_t SPECIALS = 42;

    Format terms_;
    Format result_;
    uint32_t seed_;

    // A bijection of 32-bit words in which every bit of the input matters to every bit of the output.
    static uint32_t mix(uint32_t word) {
        word = (word ^ (word >> 16)) * 0x7feb352du;
        word = (word ^ (word >> 15)) * 0x846ca68bu;
        return word ^ (word >> 16);
    }

    uint64_t pack(const Number& n) const {
        const int f = terms_.fractionBits;
        return uint64_t{n.sign} << (terms_.width() - 1) | uint64_t(n.exponent) << f | n.fraction;
    }

    // Zero, subnormals, powers of two and their neighbours, the largest number, infinity, NaNs; of either sign.
    Number special(uint32_t n) const {
        const int f = terms_.fractionBits, bias = terms_.bias(), top = terms_.top();
        const uint64_t one = terms_.one();
        const int integers = bias + f < top ? bias + f : top - 1;
        const Number list[SPECIALS / 2] = {
            {0, 0, 0}, {0, 0, 1}, {0, 0, 2}, {0, 0, one / 2}, {0, 0, one - 1}, {0, 1, 0}, {0, 1, 1},
            {0, 1, one - 1}, {0, bias - 1, 0}, {0, bias - 1, one - 1}, {0, bias, 0}, {0, bias, 1},
            {0, bias, one - 1}, {0, bias + 1, 0}, {0, integers, 0}, {0, top - 1, 0}, {0, top - 1, one - 1},
            {0, top, 0}, {0, top, 1}, {0, top, one / 2}, {0, top, one - 1}};
        Number chosen = list[n >> 1];
        chosen.sign = n & 1;
        return chosen;
    }

    void choose(const uint32_t* r, Number& x, Number& y) const {
        const int f = terms_.fractionBits;
        x = {r[0] >> 31, exponent(r[1]), fraction(r[0] >> 8, r[2], r[3])};
        y = {(r[0] >> 30) & 1, exponent(r[1] >> 16), fraction(r[0] >> 16, r[4], r[5])};
        switch (r[0] & 15) {
            case 0: case 1: case 2: break;
            case 3: case 4:  // exponents at the ends and in the middle
                x.exponent = corner(r[6]);
                y.exponent = corner(r[6] >> 8);
                break;
            case 5:  // products that are subnormal, or hardly
                y.exponent = partner(x.exponent, int(r[6] % uint32_t(result_.fractionBits + 5)) -
                                                     result_.fractionBits - 2);
                break;
            case 6:  // products that overflow, or hardly not
                y.exponent = partner(x.exponent, result_.top() - 3 + int(r[6] % 4));
                break;
            case 7: case 8: {  // products with one or two digits too many
                const int kept = int(r[6] % uint32_t(f + 1));
                int rest = result_.fractionBits + 1 + int(r[6] >> 31) - kept;
                if (rest < 0) rest = 0;
                if (rest > f) rest = f;
                x.fraction = clearBelow(x.fraction, f - kept);
                y.fraction = clearBelow(y.fraction, f - rest);
                break;
            }
            case 9: case 10:  // sums in which nearly everything cancels
                y = x;
                y.sign ^= 1;
                step(y, int(r[6] % 9) - 4);
                break;
            case 11: case 12:  // terms that overlap, or hardly
                y.exponent = within(x.exponent + int(r[6] % uint32_t(2 * f + 7)) - f - 3);
                break;
            case 13: case 14: {  // sums that end half a unit behind the last digit
                const int places = 1 + int(r[6] % uint32_t(f + 1));
                y.exponent = within(x.exponent - places);
                y.fraction = clearBelow(y.fraction, places - 1);
                if (places <= f) y.fraction += (y.fraction >> (places - 1)) % 2 ? 0 : uint64_t{1} << (places - 1);
                break;
            }
            default:  // numbers of about the same size, with few digits
                x.exponent = within(terms_.bias() + int(r[6] % 7) - 3);
                y.exponent = within(terms_.bias() + int((r[6] >> 8) % 7) - 3);
                x.fraction = clearBelow(x.fraction, f / 2);
                y.fraction = clearBelow(y.fraction, f / 2);
        }
        switch (r[7] & 15) {  // neighbours
            case 0: step(x, 1); break;
            case 1: step(x, -1); break;
            case 2: step(y, 1); break;
            case 3: step(y, -1); break;
            default: break;
        }
    }

    int exponent(uint32_t r) const { return int((r & 0xffff) % uint32_t(terms_.top() + 1)); }

    int corner(uint32_t r) const {
        const int bias = terms_.bias(), top = terms_.top();
        const int list[8] = {0, 0, 1, 2, bias, bias + 1, top - 2, top - 1};
        return list[r & 7];
    }

    int within(int exponent) const {
        const int top = terms_.top();
        return exponent < 0 ? 0 : exponent > top ? top : exponent;
    }

    // The exponent that makes the product's be the wanted one, or one away from it.
    int partner(int exponent, int wanted) const {
        return within(wanted - result_.bias() + 2 * terms_.bias() - exponent);
    }

    uint64_t fraction(uint32_t kind, uint32_t high, uint32_t low) const {
        const int f = terms_.fractionBits;
        const uint64_t one = terms_.one();
        const uint64_t bit = uint64_t{1} << (high % uint32_t(f));
        switch (kind & 15) {
            case 0: return 0;
            case 1: return 1;
            case 2: return one - 1;
            case 3: return one - 2;
            case 4: return one / 2;
            case 5: return one / 2 - 1;
            case 6: return one / 2 + 1;
            case 7: return bit;
            case 8: return bit - 1;
            case 9: return one - bit;
            default: break;
        }
        return f > 32 ? (uint64_t{high} & ((uint64_t{1} << (f - 32)) - 1)) << 32 | low : low >> (32 - f);
    }

    static uint64_t clearBelow(uint64_t fraction, int bits) { return fraction >> bits << bits; }

    // The neighbour so many numbers away, no further than zero or the last NaN.
    void step(Number& n, int count) const {
        const uint64_t one = terms_.one();
        for (; count > 0; --count) {
            if (++n.fraction < one) continue;
            if (n.exponent == terms_.top()) { n.fraction = one - 1; return; }
            n.fraction = 0;
            ++n.exponent;
        }
        for (; count < 0; ++count) {
            if (n.fraction > 0) { --n.fraction; continue; }
            if (n.exponent == 0) return;
            n.fraction = one - 1;
            --n.exponent;
        }
    }
};

// 64 bits that change when any result does.
class Digest {
public:
    void add(uint64_t result) {
        const uint32_t low = uint32_t(result), high = uint32_t(result >> 32);
        one_ = ((one_ << 5 | one_ >> 27) ^ low) * 0x9e3779b1u;
        two_ = ((two_ << 11 | two_ >> 21) ^ low ^ (high << 7 | high >> 25)) * 0x85ebca6bu;
        one_ ^= high;
    }
    uint64_t value() const { return uint64_t{one_} << 32 | two_; }

private:
    uint32_t one_ = 1;
    uint32_t two_ = 2;
};
