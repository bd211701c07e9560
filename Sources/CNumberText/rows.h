// Included by CNumberText.cpp, once for each kind of processor.

#if defined(VECTORS)
/// How digits are brought to the right end of 16 bytes, without the point between them: for each length of a number with its
/// point, and each number of digits before that.
struct Shuffles {
  alignas(16) Byte of[16][16][16] = {};

  constexpr Shuffles() {
    for (int length = 0; length < 16; ++length)
      for (int whole = 0; whole <= length; ++whole)
        for (int i = 0; i < 16; ++i) {
          const int digits = whole < length ? length - 1 : length, digit = i - (16 - digits);
          of[length][whole][i] = Byte(digit < 0 ? 0x80 : digit < whole ? digit : digit + 1);
        }
  }
};

constexpr Shuffles shuffles;

/// Reads a number of a few digits, as most are: with its point at most 15 bytes behind a sign, no exponent. There have to be 32
/// bytes at p.
///
/// Neither signs nor lengths are branched on: they are as good as random.
/// - Returns: the place behind it; nullptr where it may be another number or none.
inline const Byte *read_short(const Byte *p, double &value) {
  const bool negative = *p == '-';
  p += negative;
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
  const __m128i values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
  const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  // A one for each byte that is no digit, and for one behind all.
  const uint32_t others = uint32_t(_mm_movemask_epi8(digits)) ^ 0x1FFFF;
  const uint32_t whole = uint32_t(__builtin_ctz(others));
  const bool has_point = p[whole] == '.';
  const uint32_t length = has_point ? uint32_t(__builtin_ctz((others & (others - 1)) | 1 << 16)) : whole;
  if (length - 1 > 14 || (others & 3) == 3) return nullptr;
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
  return p + length;
}
#else
/// Reads a number of a few digits, as most are: up to 8 before and 16 behind the point, no exponent. There have to be 32
/// bytes at p.
///
/// - Returns: the place behind it; nullptr where it may be another number or none.
inline const Byte *read_short(const Byte *p, double &value) {
  const bool negative = *p == '-';  // as good as random: no branch
  p += negative;
  uint64_t digits = 0;
  const Byte *start = p;
  while (is_digit(*p) && p < start + 8) digits = digits * 10 + (*p++ - '0');
  size_t count = size_t(p - start), fraction = 0;
  if (*p == '.') {
    start = ++p;
    if (const uint64_t eight = load(p); are_digits(eight)) {
      digits = digits * 100000000 + join_digits(eight);
      p += 8;
    }
    while (is_digit(*p) && p < start + 16) digits = digits * 10 + (*p++ - '0');
    fraction = size_t(p - start);
  }
  count += fraction;
  if (count == 0 || count > 19 || digits >> 53 != 0) return nullptr;
  const double magnitude = double(digits) / powers_of_ten[fraction];
  value = std::copysign(magnitude, negative ? -1.0 : 1.0);
  return p;
}
#endif

size_t read_rows(
    const Byte *bytes, size_t length, const Format &format, Column *columns, size_t column_count,
    size_t row_capacity, uint32_t *lines) {
  for (size_t j = 0; j < column_count; ++j) {
    Column &column = columns[j];
    column.level_count = column.fault_count = 0;
    column.first_number = SIZE_MAX;
    if (column.kind == number_text_words)
      std::memset(column.slots, 0, column.slot_count * sizeof *column.slots);
  }
  const Byte delimiter = format.delimiter;
  const Byte *p = bytes, *end = bytes + length;
  // Where a number can be a text for nothing, each field is looked at for that.
  bool reads_short = true;
  for (const char *byte = "+-.0123456789"; *byte; ++byte)
    reads_short = reads_short && !format.begins_missing[Byte(*byte)];
  size_t row = 0;
  uint32_t hidden = 0;  // newlines in fields
  for (; p < end; ++row) {
    if (row == row_capacity || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'))) return SIZE_MAX;
    if (lines) lines[row] = uint32_t(row) + hidden;
    for (size_t j = 0;;) {
      Column &column = columns[j];
      switch (column.kind) {
        case number_text_numbers:
          if (reads_short && end - p >= 32) {
            double value;
            const Byte *behind = read_short(p, value);
            // Nearly always it is a number that ends where the field does.
            if (behind && (*behind == delimiter || *behind == '\n' || (*behind == '\r' && behind[1] == '\n'))) {
              column.numbers[row] = value;
              p = behind + (*behind == '\r');
              break;
            }
          }
          p = read_number(p, end, format, column, row, bytes, hidden);
          break;
        case number_text_words: {
          const Field field(p, end, delimiter);
          p = field.stop;
          hidden += field.newlines;
          column.codes[row] =
              is_missing(field.start, field.end, format) ? -1 : code(field, column, row, bytes);
          break;
        }
        default:
          const Field field(p, end, delimiter);
          p = field.stop;
          hidden += field.newlines;
      }
      if (!p) return SIZE_MAX;
      ++j;
      const bool more = p < end && *p == delimiter;
      if (more != (j < column_count)) return SIZE_MAX;
      if (!more) break;
      ++p;
    }
    if (p < end) ++p;  // over the newline
  }
  for (size_t j = 0; j < column_count; ++j) {
    Column &column = columns[j];
    size_t first = 0, known = column.first_number < row ? column.first_number : row;
    if (column.kind == number_text_numbers)
      while (first < known && std::isnan(column.numbers[first])) ++first;
    column.first_number = column.kind == number_text_numbers ? first : row;
  }
  return row;
}
