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

/// A number's text less the nearest double, to about 15 digits; 0 where that is out of range. Of more than 38 digits the
/// first count.
double rest(const Byte *p, const Byte *end, double value) {
  if (value == 0 || std::fabs(value) < 1e-250 || std::fabs(value) > 1e250) return 0;
  unsigned __int128 digits = 0;
  int count = 0, exponent = 0;
  bool behind_point = false;
  for (p += *p == '-' || *p == '+'; p < end && (is_digit(*p) || *p == '.'); ++p) {
    if (*p == '.') {
      behind_point = true;
      continue;
    }
    const bool fits = count < 38;
    if (fits) digits = digits * 10 + unsigned(*p - '0');
    if (digits != 0) ++count;
    exponent += int(!fits) - int(behind_point);
  }
  if (p < end) {
    int written = 0;
    p += 1 + (p + 1 < end && p[1] == '+');
    std::from_chars(reinterpret_cast<const char *>(p), reinterpret_cast<const char *>(end), written);
    exponent += written;
  }
  const double leading = double(digits);
  // Nothing is lost: the difference is below half a unit in the last place of 2¹²⁷.
  const Pair whole = two_sum(leading, double(__int128(digits - static_cast<unsigned __int128>(leading))));
  const Pair power = power_of_ten(std::abs(exponent));
  const Pair number = exponent < 0 ? whole / power : whole * power;
  const double rest = (number.high - std::fabs(value)) + number.low;
  return std::isfinite(rest) ? std::copysign(1.0, value) * rest : 0;
}

}  // namespace
