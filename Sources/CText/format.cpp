#include "CText.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace {
template <typename Number>
int format(Number value, char *text) {
  if (std::isnan(value)) return 0;
  char *const end = text + number_text_capacity;
  const Number magnitude = std::fabs(value);
  // The common case is also the fastest one; a negative zero keeps its sign below.
  const Number exactly = sizeof(Number) == 8 ? 0x1p53 : 0x1p24;
  if (magnitude < exactly && value == std::trunc(value) && (value != 0 || !std::signbit(value))) {
    return static_cast<int>(std::to_chars(text, end, static_cast<std::int64_t>(value)).ptr - text);
  }
  const bool isPlain = (magnitude >= Number(1e-4) && magnitude < Number(1e16)) || magnitude == 0;
  const auto notation = isPlain ? std::chars_format::fixed : std::chars_format::scientific;
  return static_cast<int>(std::to_chars(text, end, value, notation).ptr - text);
}
}  // namespace

int format_double(double value, char *text) { return format(value, text); }

int format_float(float value, char *text) {
  // Of all floats only this one is not what its shortest digits are, read as a double and rounded to a float.
  if (std::fabs(value) == 0x1.5c87fap-84f) return format<double>(value, text);
  return format(value, text);
}
