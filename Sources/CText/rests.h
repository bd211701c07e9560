// What a decimal number says beyond the nearest double: the double and the rest are the number to about 32 digits.
#pragma once

#include "numbers.h"

namespace {

/// A number as the unevaluated sum of two doubles.
struct Pair {
  double high, low;
};

/// The sum of two doubles, exactly (Knuth's TwoSum).
Pair two_sum(double a, double b) {
  const double sum = a + b, t = sum - a;
  return {sum, (a - (sum - t)) + (b - t)};
}

Pair operator+(Pair x, Pair y) {
  const Pair s = two_sum(x.high, y.high), t = two_sum(x.low, y.low);
  const Pair v = two_sum(s.high, s.low + t.high);
  return two_sum(v.high, t.low + v.low);
}

Pair operator*(Pair x, double y) {
  const double product = x.high * y;
  return two_sum(product, std::fma(x.high, y, -product) + x.low * y);
}

Pair operator*(Pair x, Pair y) { return x * y.high + Pair{x.high * y.low, 0}; }

/// Three digits of the quotient at a time, each of 53 bits.
Pair operator/(Pair x, Pair y) {
  const double first = x.high / y.high;
  x = x + y * -first;
  const double second = x.high / y.high;
  x = x + y * -second;
  return two_sum(first, second) + Pair{x.high / y.high, 0};
}

/// The power of ten with a positive exponent: exact to 10⁴⁵.
Pair power_of_ten(int exponent) {
  Pair power = {1, 0}, square = {10, 0};
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) power = power * square;
    square = square * square;
  }
  return power;
}

/// The digits of a number's text as a whole number, of which the first 38 count, and the power of ten that it is to be
/// multiplied by.
template <typename Digits>
struct Decimal {
  Digits digits = 0;
  int exponent = 0;
  /// Number of digits from the first that is not zero on, also of those that do not count.
  int count = 0;

  Decimal(const Byte *p, const Byte *end, int room) {
    bool behind_point = false;
    for (p += *p == '-' || *p == '+'; p < end && (is_digit(*p) || *p == '.'); ++p) {
      if (*p == '.') {
        behind_point = true;
        continue;
      }
      const bool fits = count < room;
      if (fits) digits = digits * 10 + unsigned(*p - '0');
      count += digits != 0;
      exponent += int(!fits) - int(behind_point);
    }
    if (p == end) return;
    int written = 0;
    p += 1 + (p + 1 < end && p[1] == '+');
    std::from_chars(reinterpret_cast<const char *>(p), reinterpret_cast<const char *>(end), written);
    exponent += written;
  }
};

/// The rest of a positive number of 18 digits at most that is a whole number times or over a power of ten that a double
/// holds: one rounding, of what is left.
double short_rest(const Decimal<int64_t> &number, double value) {
  constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const double high = double(number.digits), low = double(number.digits - int64_t(high));
  const double power = powers[std::abs(number.exponent)];
  if (number.exponent < 0) return (std::fma(-value, power, high) + low) / power;
  return std::fma(high, power, -value) + low * power;
}

/// A number's text less the nearest double, to about 15 digits; 0 where that is out of range.
double rest(const Byte *p, const Byte *end, double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude >= 1e-250 && magnitude <= 1e250)) return 0;
  double lacking;
  const Decimal<int64_t> few(p, end, 18);
  if (few.count <= 18 && std::abs(few.exponent) <= 22) {
    lacking = short_rest(few, magnitude);
  } else {
    const Decimal<unsigned __int128> number(p, end, 38);
    const double leading = double(number.digits);
    const auto less = number.digits - static_cast<unsigned __int128>(leading);
    const Pair whole = two_sum(leading, double(__int128(less)));
    const Pair power = power_of_ten(std::abs(number.exponent));
    const Pair exact = number.exponent < 0 ? whole / power : whole * power;
    lacking = (exact.high - magnitude) + exact.low;
  }
  return std::isfinite(lacking) ? (value < 0 ? -lacking : lacking) : 0;
}

}  // namespace
