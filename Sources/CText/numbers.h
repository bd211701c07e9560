// Numbers: one short one at a time with vectors, any other by std::from_chars.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "CText.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if !defined(__cpp_lib_to_chars)
#error "The C++ library has no std::from_chars for double: libstdc++ 11 or later has it."
#endif

namespace {

using Byte = uint8_t;

bool is_digit(Byte byte) { return Byte(byte - '0') < 10; }

/// Whether a decimal number that is out of range is beyond the largest double, and not below the smallest.
bool is_large(const char *p, const char *end) {
  // The digits are below 10 to this power, and not below a tenth of it.
  int64_t leading = 0;
  bool behind_point = false, nonzero = false;
  for (p += *p == '-'; p < end && (is_digit(Byte(*p)) || *p == '.'); ++p) {
    if (*p == '.') {
      behind_point = true;
    } else {
      nonzero = nonzero || *p != '0';
      if (nonzero && !behind_point) ++leading;
      if (!nonzero && behind_point) --leading;
    }
  }
  if (p == end) return leading > 0;
  p += 1 + (p[1] == '+');
  int64_t exponent = 0;
  if (std::from_chars(p, end, exponent).ec != std::errc()) return *p != '-';
  return exponent > -leading;
}

/// Whether a text of digits is a whole number of which its nearest double has lost digits; of 15 digits and zeros
/// behind them it has lost none that anybody has counted.
bool has_lost_digits(const char *p, const char *end, double value) {
  p += *p == '-';
  if (end - p < 16 || !std::all_of(p, end, [](char digit) { return is_digit(Byte(digit)); })) return false;
  while (p < end && *p == '0') ++p;
  const char *last = end;
  while (last > p && last[-1] == '0') --last;
  if (last - p < 16) return false;
  if (end - p > 38) return true;
  unsigned __int128 number = 0;
  for (; p < end; ++p) number = number * 10 + unsigned(*p - '0');
  return number != static_cast<unsigned __int128>(std::fabs(value));
}

/// Reads a text as a decimal number, rounded to the nearest double.
text_class read_number(const Byte *p, const Byte *end, double &value) {
  // std::from_chars takes no plus sign, but infinities and NaN.
  const bool has_minus = p < end && *p == '-', has_plus = p < end && *p == '+';
  p += has_minus + has_plus;
  if (p == end || !(is_digit(*p) || *p == '.')) return text_not_a_number;
  const char *first = reinterpret_cast<const char *>(p - has_minus), *last = reinterpret_cast<const char *>(end);
  const auto [behind, error] = std::from_chars(first, last, value);
  if (behind != last || error == std::errc::invalid_argument) return text_not_a_number;
  if (error == std::errc()) {
    if (!std::isfinite(value)) return text_too_large;
    return has_lost_digits(first, last, value) ? text_inexact : text_value;
  }
  // Out of range says neither which way nor what value: below the smallest double the nearest is 0.
  if (is_large(first, last)) return text_too_large;
  value = has_minus ? -0.0 : 0.0;
  return text_value;
}

#if defined(__x86_64__)
/// How digits are brought to the right end of 16 bytes, without the point between them: for each length of a number
/// with its point, and each number of digits before that.
struct Shuffles {
  alignas(16) Byte of[17][17][16] = {};

  constexpr Shuffles() {
    for (int length = 0; length <= 16; ++length)
      for (int whole = 0; whole <= length; ++whole)
        for (int i = 0; i < 16; ++i) {
          const int digits = whole < length ? length - 1 : length, digit = i - (16 - digits);
          of[length][whole][i] = Byte(digit < 0 ? 0x80 : 16 - length + digit + (digit >= whole && whole < length));
        }
  }
};

constexpr Shuffles shuffles;

constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// Reads a number of a few digits, as most are: at most 15, with a point or without, behind a minus sign or none. There
/// have to be 16 bytes before `end`.
///
/// Blocks of numbers with 8 decimals are read in 0.4 of the time that std::from_chars alone takes, whole numbers too.
/// Neither signs nor lengths are branched on: they are as good as random. Nothing here depends on the field before, so
/// that the processor works on several fields at a time.
/// - Returns: false where it may be another number or none.
__attribute__((target("avx2,bmi"))) inline bool read_short(const Byte *p, const Byte *end, double &value) {
  const bool negative = *p == '-';
  p += negative;
  const size_t length = size_t(end - p);
  if (length - 1 > 15) return false;
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(end - 16));
  const __m128i values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
  const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  // A one for each byte that is no digit, and for one behind all.
  const uint32_t others = (uint32_t(_mm_movemask_epi8(digits)) ^ 0x1FFFF) >> (16 - length);
  const uint32_t whole = uint32_t(__builtin_ctz(others));
  const bool has_point = whole < length;
  const uint32_t behind = others & (others - 1);
  if (has_point ? p[whole] != '.' || (behind & (behind - 1)) != 0 || length == 1 : length == 16) return false;
  const __m128i right =
      _mm_shuffle_epi8(values, _mm_load_si128(reinterpret_cast<const __m128i *>(shuffles.of[length][whole])));
  // Neighbours are joined to two, four and eight digits.
  const __m128i twos = _mm_maddubs_epi16(right, _mm_set1_epi16(10 | 1 << 8));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(100 | 1 << 16));
  const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(10000 | 1 << 16));
  const uint64_t both = uint64_t(_mm_cvtsi128_si64(eights));
  const int64_t number = int64_t((both & 0xFFFFFFFF) * 100000000 + (both >> 32));
  // Both are exact, so that their quotient is the nearest double (Clinger 1990).
  const double magnitude = double(number) / powers_of_ten[length - whole - has_point];
  uint64_t bits;
  std::memcpy(&bits, &magnitude, sizeof bits);
  bits |= uint64_t(negative) << 63;
  std::memcpy(&value, &bits, sizeof value);
  return true;
}
#endif

}  // namespace
