#include "CNumberText.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if !defined(__cpp_lib_to_chars)
#error "The C++ library has no std::from_chars for double: libstdc++ 11 or later has it."
#endif

namespace {

using Byte = uint8_t;
using Format = number_text_format;
using Column = number_text_column;

const double missing_value = std::numeric_limits<double>::quiet_NaN();

bool is_digit(Byte byte) { return Byte(byte - '0') < 10; }
bool is_space(Byte byte) { return byte == ' ' || byte == '\t'; }

// MARK: Eight bytes at a time

constexpr uint64_t every(Byte byte) { return 0x0101010101010101 * byte; }

uint64_t load(const Byte *p) {
  uint64_t eight;
  std::memcpy(&eight, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  eight = __builtin_bswap64(eight);
#endif
  return eight;
}

/// The top bit of the first byte that is zero, and perhaps of later ones.
uint64_t zeros(uint64_t eight) { return (eight - every(1)) & ~eight & every(0x80); }

/// Whether all eight are digits.
bool are_digits(uint64_t eight) {
  return ((eight & every(0xF0)) | (((eight + every(6)) & every(0xF0)) >> 4)) == every(0x33);
}

/// The number that eight digits stand for: neighbours are joined to two, four and eight digits.
uint64_t join_digits(uint64_t eight) {
  eight -= every('0');
  eight = eight * 10 + (eight >> 8);
  const uint64_t mask = 0x000000FF000000FF;
  return ((eight & mask) * (100 + (1000000ULL << 32)) + ((eight >> 16) & mask) * (1 + (10000ULL << 32))) >> 32;
}

/// The first delimiter (or quote) or newline from p on, or the end.
const Byte *end_of_field(const Byte *p, const Byte *end, Byte delimiter) {
  const uint64_t delimiters = every(delimiter), newlines = every('\n');
  for (; end - p >= 8; p += 8) {
    const uint64_t eight = load(p);
    if (const uint64_t found = zeros(eight ^ delimiters) | zeros(eight ^ newlines))
      return p + __builtin_ctzll(found) / 8;
  }
  while (p < end && *p != delimiter && *p != '\n') ++p;
  return p;
}

// MARK: Numbers

constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// A decimal number as it is written.
struct Decimal {
  bool negative = false;
  /// All digits as one number, where there are at most 19.
  uint64_t digits = 0;
  /// Number of digits before and behind the point.
  size_t whole = 0, fraction = 0;
  /// What is behind the e, cut off far beyond every double's.
  int64_t exponent = 0;

  const Byte *take_digits(const Byte *p, const Byte *end) {
    for (; p < end && is_digit(*p); ++p) digits = digits * 10 + (*p - '0');
    return p;
  }

  /// Takes a number from p on; returns the place behind it, nullptr where there is none.
  const Byte *take(const Byte *p, const Byte *end) {
    if (p == end) return nullptr;
    // Signs are as good as random: no branches.
    negative = *p == '-';
    p += negative | (*p == '+');
    const Byte *start = p;
    p = take_digits(p, end);
    whole = size_t(p - start);
    if (p < end && *p == '.') {
      start = ++p;
      p = take_digits(p, end);
      fraction = size_t(p - start);
    }
    if (whole + fraction == 0) return nullptr;
    if (p < end && (*p | 0x20) == 'e') {
      ++p;
      const bool below_one = p < end && *p == '-';
      if (p < end && (*p == '-' || *p == '+')) ++p;
      if (p == end || !is_digit(*p)) return nullptr;
      for (; p < end && is_digit(*p); ++p)
        if (exponent < (int64_t(1) << 56)) exponent = exponent * 10 + (*p - '0');
      if (below_one) exponent = -exponent;
    }
    return p;
  }

  /// The nearest double where one multiplication or division of exact numbers gives it (Clinger 1990).
  bool exact(double &value) const {
    const int64_t power = exponent - int64_t(fraction);
    if (whole + fraction > 19 || digits >> 53 != 0 || power < -22 || power > 22) return false;
    const double magnitude =
        power < 0 ? double(digits) / powers_of_ten[-power] : double(digits) * powers_of_ten[power];
    value = std::copysign(magnitude, negative ? -1.0 : 1.0);
    return true;
  }
};

/// The nearest double of a text that is a decimal number; false where it is too large.
bool nearest(const Byte *p, const Byte *end, double &value) {
  if (*p == '+') ++p;
  const bool negative = *p == '-';
  const char *first = reinterpret_cast<const char *>(p), *last = reinterpret_cast<const char *>(end);
  const auto result = std::from_chars(first, last, value);
  if (result.ec == std::errc()) return std::isfinite(value);
  // Out of range says neither which way nor what value: below the smallest double the nearest is 0.
  bool behind_point = false, nonzero = false;
  int64_t leading = 0;  // the value is below 10 to this power, and not below a tenth of it
  for (p += negative; p < end && (is_digit(*p) || *p == '.'); ++p) {
    if (*p == '.') {
      behind_point = true;
    } else {
      nonzero = nonzero || *p != '0';
      if (nonzero && !behind_point) ++leading;
      if (!nonzero && behind_point) --leading;
    }
  }
  Decimal decimal;
  decimal.take(reinterpret_cast<const Byte *>(first), end);
  if (leading + decimal.exponent > 0) return false;
  value = negative ? -0.0 : 0.0;
  return true;
}

/// Without spaces and tabs at either end.
void trim(const Byte *&p, const Byte *&end) {
  while (p < end && is_space(*p)) ++p;
  while (p < end && is_space(end[-1])) --end;
}

Byte lower(Byte byte) { return Byte(byte - 'A') < 26 ? byte | 0x20 : byte; }

/// Whether a trimmed field stands for a missing value.
bool is_missing(const Byte *p, const Byte *end, const Format &format) {
  if (p == end) return true;
  if (!format.begins_missing[*p]) return false;
  const char *text = format.missing, *texts_end = format.missing + format.missing_length;
  while (text < texts_end) {
    const size_t length = std::strlen(text);
    if (length == size_t(end - p)) {
      size_t i = 0;
      while (i < length && lower(p[i]) == Byte(text[i])) ++i;
      if (i == length) return true;
    }
    text += length + 1;
  }
  return false;
}

/// Reads a trimmed field.
number_text_class classify(const Byte *p, const Byte *end, const Format &format, double &value) {
  if (is_missing(p, end, format)) return number_text_missing;
  Decimal decimal;
  if (decimal.take(p, end) != end) return number_text_not_a_number;
  return decimal.exact(value) || nearest(p, end, value) ? number_text_value : number_text_too_large;
}

// MARK: Fields of a block

/// Whether a field ends at p.
bool ends_field(const Byte *p, const Byte *end, Byte delimiter) {
  return p == end || *p == delimiter || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

/// A field that begins at p: its text without quotes around it, and without spaces and tabs at either end.
struct Field {
  const Byte *start, *end;
  /// The delimiter, the line's end or the block's end behind it; nullptr where its quotes are not as they have to be.
  const Byte *stop;
  /// Whether it has quotes inside, each of which is doubled.
  bool doubled = false;
  /// Number of newlines inside.
  uint32_t newlines = 0;

  Field(const Byte *p, const Byte *block_end, Byte delimiter) : start(p) {
    while (p < block_end && is_space(*p) && *p != delimiter) ++p;
    if (p < block_end && *p == '"') {
      take_quoted(p + 1, block_end, delimiter);
    } else {
      end = stop = end_of_field(p, block_end, delimiter);
      if (end > start && end[-1] == '\r' && (stop == block_end || *stop == '\n')) --end;
    }
    trim(start, end);
  }

  size_t length() const { return size_t(end - start); }

private:
  void take_quoted(const Byte *p, const Byte *block_end, Byte delimiter) {
    start = end = p;
    stop = nullptr;
    for (;; ++p) {
      p = end_of_field(p, block_end, '"');
      if (p == block_end) return;
      if (*p == '\n') {
        ++newlines;
      } else if (p + 1 < block_end && p[1] == '"') {
        doubled = true;
        ++p;
      } else {
        break;
      }
    }
    end = p++;
    while (p < block_end && is_space(*p) && *p != delimiter) ++p;
    if (ends_field(p, block_end, delimiter)) stop = p + (p < block_end && *p == '\r');
  }
};

/// Reads a field as a number, whatever it holds; returns the delimiter, the line's end or the block's end behind it, nullptr
/// where the field's quotes need more care. `newlines` grows by those inside the field.
const Byte *read_number(
    const Byte *p, const Byte *end, const Format &format, Column &column, size_t row, const Byte *block,
    uint32_t &newlines) {
  // Nearly always the number ends where the field does.
  if (p < end && !format.begins_missing[*p]) {
    double value;
    Decimal decimal;
    const Byte *behind = decimal.take(p, end);
    if (behind && ends_field(behind, end, format.delimiter) && (decimal.exact(value) || nearest(p, behind, value))) {
      column.numbers[row] = value;
      if (row < column.first_number) column.first_number = row;
      return behind + (behind < end && *behind == '\r');
    }
  }
  const Field field(p, end, format.delimiter);
  if (!field.stop) return nullptr;
  newlines += field.newlines;
  double value = missing_value;
  const number_text_class kind = classify(field.start, field.end, format, value);
  column.numbers[row] = kind == number_text_value ? value : missing_value;
  if ((kind == number_text_value || kind == number_text_too_large) && row < column.first_number)
    column.first_number = row;
  if (kind == number_text_not_a_number || kind == number_text_too_large) {
    if (column.fault_count++ == 0) {
      column.fault_row = row;
      column.fault_offset = size_t(field.start - block);
      column.fault_length = field.length();
      column.fault_is_too_large = kind == number_text_too_large;
      column.fault_is_doubled = field.doubled;
    }
  }
  return field.stop;
}

uint32_t hash(const Byte *p, size_t length) {
  uint64_t state = 0x9E3779B97F4A7C15 ^ length;
  for (; length >= 8; length -= 8, p += 8) state = (state ^ load(p)) * 0xFF51AFD7ED558CCD, state ^= state >> 32;
  uint64_t rest = 0;
  for (size_t i = 0; i < length; ++i) rest = rest << 8 | p[i];
  state = (state ^ rest) * 0xFF51AFD7ED558CCD;
  return uint32_t(state >> 32);
}

/// The position among the levels of a word, which becomes a level where it is new.
int32_t code(const Field &word, Column &column, size_t row, const Byte *block) {
  const size_t length = word.length();
  const uint32_t key = hash(word.start, length);
  for (size_t slot = key;; ++slot) {
    uint32_t &entry = column.slots[slot & (column.slot_count - 1)];
    if (entry == 0) {
      column.levels[column.level_count] = {
          uint32_t(word.start - block), uint32_t(length), uint32_t(row), key, word.doubled};
      entry = uint32_t(++column.level_count);
      return int32_t(entry - 1);
    }
    const number_text_word &level = column.levels[entry - 1];
    if (level.hash == key && level.length == length && level.doubled == word.doubled
        && std::memcmp(block + level.offset, word.start, length) == 0)
      return int32_t(entry - 1);
  }
}

// MARK: Rows

// Once for any processor, and once for those that shuffle bytes.
namespace plain {
#include "rows.h"
}

#if defined(__x86_64__)
#define VECTORS
#pragma clang attribute push(__attribute__((target("avx2,bmi"))), apply_to = function)
namespace vectors {
#include "rows.h"
}
#pragma clang attribute pop
#endif

}  // namespace

number_text_class number_text_read(
    const uint8_t *text, size_t length, const number_text_format *format, double *value) {
  if (length == 0) return number_text_missing;
  const Byte *end = text + length;
  trim(text, end);
  return classify(text, end, *format, *value);
}

number_text_contents number_text_scan(const uint8_t *bytes, size_t length) {
  number_text_contents contents = {0, 0, false, false};
  size_t i = 0;
  while (i < length) {
    // Counts in bytes, which the compiler adds up sixteen or more at a time.
    const size_t stop = length - i < 255 ? length : i + 255;
    uint8_t newlines = 0, quotes = 0, nuls = 0;
    for (; i < stop; ++i) {
      newlines += bytes[i] == '\n';
      quotes |= bytes[i] == '"';
      nuls |= bytes[i] == 0;
    }
    contents.newlines += newlines;
    contents.quotes = contents.quotes || quotes;
    contents.nuls = contents.nuls || nuls;
  }
  while (i > 0 && bytes[i - 1] != '\n') --i;
  contents.end_of_lines = i;
  return contents;
}

size_t number_text_records(
    const uint8_t *bytes, size_t length, uint8_t delimiter, bool first, size_t *newlines) {
  const Byte *p = bytes, *end = bytes + length;
  size_t complete = 0, count = 0;
  *newlines = 0;
  while (p < end) {
    while (p < end && is_space(*p) && *p != delimiter) ++p;
    if (p < end && *p == '"') {
      for (++p;; ++p) {
        p = end_of_field(p, end, '"');
        if (end - p < 2) return complete;  // whether a quote is doubled is not known yet
        if (*p == '\n')
          ++count;
        else if (p[1] == '"')
          ++p;
        else
          break;
      }
    }
    p = end_of_field(p, end, delimiter);
    if (p == end) break;
    if (*p++ == '\n') {
      complete = size_t(p - bytes);
      *newlines = ++count;
      if (first) break;
    }
  }
  return complete;
}

size_t number_text_read_rows(
    const uint8_t *bytes, size_t length, const struct number_text_format *format,
    struct number_text_column *columns, size_t column_count, size_t row_capacity, uint32_t *lines,
    bool uses_vectors) {
#if defined(__x86_64__)
  static const bool has_vectors = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
  if (uses_vectors && has_vectors)
    return vectors::read_rows(bytes, length, *format, columns, column_count, row_capacity, lines);
#endif
  return plain::read_rows(bytes, length, *format, columns, column_count, row_capacity, lines);
}
