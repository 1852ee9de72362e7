// The same operations by the compiler's own floating point: float, double and _Float16 as the processor and the
// compiler's library have them; bfloat16 from double, by a rounding of bits that is nobody else's here.
#pragma once

#include <cstring>

#include "operands.h"

#if !defined(__FLT16_MANT_DIG__)
#error "the compiler has no _Float16: g++ 12 or newer on x86-64 or AArch64 is needed"
#endif
#if defined(__FAST_MATH__) || (defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2)
#error "the compiler's floating point must round every operation to its type"
#endif

struct Bfloat16 {};

template <typename To, typename From>
To bitCast(From from) {
    static_assert(sizeof(To) == sizeof(From), "same size");
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

template <typename T> struct Storage;
template <> struct Storage<float> { using Bits = uint32_t; static constexpr uint64_t nan = 0x7fc00000u; };
template <> struct Storage<double> { using Bits = uint64_t; static constexpr uint64_t nan = 0x7ff8000000000000u; };
template <> struct Storage<_Float16> { using Bits = uint16_t; static constexpr uint64_t nan = 0x7e00u; };

template <typename T>
struct Native {
    using Value = T;
    static T decode(uint64_t bits) { return bitCast<T>(typename Storage<T>::Bits(bits)); }
    static uint64_t encode(T value) {
        return value != value ? Storage<T>::nan : bitCast<typename Storage<T>::Bits>(value);
    }
};

template <>
struct Native<Bfloat16> {
    using Value = double;
    static double decode(uint64_t bits) { return bitCast<float>(uint32_t(bits << 16)); }

    // Products of bfloat16 are exact in double, and sums that are not are far from halfway between two bfloat16.
    static uint64_t encode(double value) {
        if (value != value) return 0x7fc0;
        const uint64_t bits = bitCast<uint64_t>(value);
        const uint64_t sign = bits >> 63 << 15;
        const int exponent = int(bits >> 52 & 0x7ff) - 1023;
        if (exponent > 127) return sign | 0x7f80;
        if (exponent < -134) return sign;
        const uint64_t significand = (bits & 0xfffffffffffffu) | uint64_t{1} << 52;
        const int dropped = exponent < -126 ? 45 - 126 - exponent : 45;
        const uint64_t half = uint64_t{1} << (dropped - 1);
        uint64_t kept = significand >> dropped;
        const uint64_t rest = significand & (2 * half - 1);
        if (rest > half || (rest == half && (kept & 1))) ++kept;
        // The leading digit, where there is one, counts up the exponent.
        return sign | (exponent < -126 ? kept : kept + (uint64_t(exponent + 126) << 7));
    }
};

using Operation = uint64_t (*)(uint64_t, uint64_t);

// Conversion to the result's type is exact for operands, or the product in the common type is.
template <typename Operand, typename Result>
uint64_t multiplyNative(uint64_t x, uint64_t y) {
    using Value = typename Native<Result>::Value;
    return Native<Result>::encode(Value(Value(Native<Operand>::decode(x)) * Value(Native<Operand>::decode(y))));
}

template <typename Result>
uint64_t addNative(uint64_t x, uint64_t y) {
    using Value = typename Native<Result>::Value;
    return Native<Result>::encode(Value(Native<Result>::decode(x) + Native<Result>::decode(y)));
}

struct Reference {
    Operation multiply;
    Operation add;
};

template <typename Operand, typename Result>
constexpr Reference referenceOf() {
    return {multiplyNative<Operand, Result>, addNative<Result>};
}

// Null functions where the compiler has no such formats.
inline Reference findReference(Format operand, Format result) {
    const auto is = [](Format format, int exponent, int fraction) {
        return format.exponentBits == exponent && format.fractionBits == fraction;
    };
    if (is(result, 8, 23)) {
        if (is(operand, 8, 23)) return referenceOf<float, float>();
        if (is(operand, 8, 7)) return referenceOf<Bfloat16, float>();
        if (is(operand, 5, 10)) return referenceOf<_Float16, float>();
    }
    if (is(result, 11, 52)) {
        if (is(operand, 11, 52)) return referenceOf<double, double>();
        if (is(operand, 8, 23)) return referenceOf<float, double>();
    }
    if (is(operand, 8, 7) && is(result, 8, 7)) return referenceOf<Bfloat16, Bfloat16>();
    if (is(operand, 5, 10) && is(result, 5, 10)) return referenceOf<_Float16, _Float16>();
    return {nullptr, nullptr};
}
