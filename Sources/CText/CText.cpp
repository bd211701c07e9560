#include "CText.h"

#include "fields.h"
#include "rests.h"

namespace {

using Format = text_format;
using Column = text_column;

const double missing_value = std::numeric_limits<double>::quiet_NaN();

// MARK: Numbers and missing values

Byte lower(Byte byte) { return Byte(byte - 'A') < 26 ? byte | 0x20 : byte; }

/// Whether a field stands for a missing value.
bool is_missing(const Field &field, const Format &format) {
  if (field.start == field.end) return true;
  double value;
  const double *numbers = format.missing_numbers, *numbers_end = numbers + format.missing_number_count;
  if (numbers < numbers_end && read_number(field.start, field.end, value) == text_value
      && std::find(numbers, numbers_end, value) < numbers_end)
    return true;
  if (!format.begins_missing[*field.start]) return false;
  const char *text = format.missing, *texts_end = format.missing + format.missing_length;
  while (text < texts_end) {
    const Byte *p = field.start;
    while (p < field.end && *text && lower(*p) == Byte(*text)) {
      p += field.doubled && *p == '"' ? 2 : 1;
      ++text;
    }
    if (p >= field.end && !*text) return true;
    text += std::strlen(text) + 1;
  }
  return false;
}

text_class classify(const Field &field, const Format &format, double &value) {
  return is_missing(field, format) ? text_missing : read_number(field.start, field.end, value);
}

// MARK: Words

uint32_t hash(const Byte *p, size_t length) {
  uint64_t state = 0x9E3779B97F4A7C15 ^ length, eight = 0;
  for (; length >= 8; length -= 8, p += 8) {
    std::memcpy(&eight, p, 8);
    state = (state ^ eight) * 0xFF51AFD7ED558CCD;
    state ^= state >> 32;
  }
  uint64_t rest = 0;
  for (size_t i = 0; i < length; ++i) rest = rest << 8 | p[i];
  state = (state ^ rest) * 0xFF51AFD7ED558CCD;
  return uint32_t(state >> 32);
}

/// Keeps the word of a row until all rows are read and it gets its number.
void keep_word(const Field &word, Column &column, size_t row, const Byte *block) {
  const size_t length = size_t(word.end - word.start);
  column.levels[row] = {
      uint32_t(word.start - block), uint32_t(length), uint32_t(row), hash(word.start, length), word.doubled};
  column.codes[row] = 0;
}

/// Numbers the words of a column's rows; of those that are different the first one stays a level.
void number_words(Column &column, size_t rows, const Byte *block) {
  std::memset(column.slots, 0, column.slot_count * sizeof *column.slots);
  const size_t mask = column.slot_count - 1, ahead = 16;
  for (size_t row = 0; row < rows; ++row) {
    // The slots of many different words lie far apart.
    if (row + ahead < rows && column.codes[row + ahead] >= 0)
      __builtin_prefetch(&column.slots[column.levels[row + ahead].hash & mask], 1);
    if (column.codes[row] < 0) continue;
    const text_word word = column.levels[row];
    for (size_t slot = word.hash;; ++slot) {
      uint32_t &entry = column.slots[slot & mask];
      if (entry == 0) {
        // Levels are at most as many as the rows above, so that no row's word is lost.
        column.levels[column.level_count] = word;
        entry = uint32_t(++column.level_count);
      } else {
        const text_word &level = column.levels[entry - 1];
        if (level.hash != word.hash || level.length != word.length || level.doubled != word.doubled
            || std::memcmp(block + level.offset, block + word.offset, word.length) != 0)
          continue;
      }
      column.codes[row] = int32_t(entry - 1);
      break;
    }
  }
}

// MARK: Rows

/// Puts a field in its column.
void put(const Field &field, Column &column, size_t row, const Byte *block, const Format &format) {
  if (column.kind == text_skipped) return;
  if (column.kind == text_verbatim) {
    Field whole = field;
    whole.start = field.whole_start, whole.end = field.whole_end;
    column.codes[row] = -1;
    if (whole.start < whole.end) keep_word(whole, column, row, block);
    return;
  }
  if (column.kind == text_words) {
    column.codes[row] = -1;
    if (!is_missing(field, format)) keep_word(field, column, row, block);
    return;
  }
  double value;
  const text_class found = classify(field, format, value);
  if (column.kind == text_undecided && found == text_not_a_number) {
    column.kind = text_words;
    std::fill(column.codes, column.codes + row, -1);
    keep_word(field, column, row, block);
    return;
  }
  if (found != text_missing) column.kind = text_numbers;
  const bool has_rest = column.rests && (found == text_value || found == text_inexact);
  column.numbers[row] = found == text_value || has_rest ? value : missing_value;
  if (column.rests) column.rests[row] = has_rest ? rest(field.start, field.end, value) : 0;
  if (found == text_value || found == text_missing) return;
  column.inexact_count += found == text_inexact;
  if (column.fault_count++ == 0) {
    column.fault_row = row;
    column.fault = field.in(block);
    column.fault_class = found;
  }
}

/// Reads the rows of a block.
///
/// - `read_short`: reads a short number; false where a field is something else.
template <bool may_have_runs, typename Short>
inline __attribute__((always_inline)) text_rows read_rows(
    const Byte *bytes, size_t length, const Format &format, Column *columns, size_t column_count, size_t row_capacity,
    uint32_t *lines, bool ends_file, Short read_short) {
  for (size_t j = 0; j < column_count; ++j)
    columns[j].level_count = columns[j].fault_count = columns[j].inexact_count = 0;
  const bool skips_blank_lines = column_count != 1;
  // Where a number can be a text for nothing, each field is looked at for that. read_short looks 16 bytes back
  // from the end of a field, which may have a CR behind.
  size_t number_columns = length < 17 ? 0 : column_count;
  for (const char *byte = "+-.0123456789"; *byte; ++byte)
    if (format.begins_missing[Byte(*byte)]) number_columns = 0;
  const Stops stops{bytes + length, format.delimiter};
  const Byte *p = bytes, *end = bytes + length;
  text_rows rows = {};
  // Rows above the blank lines at the end, if there are such.
  size_t count_above_blank_lines = 0;
  for (size_t line = 0; rows.count < row_capacity; ++rows.count) {
    for (; p < end && ((skips_blank_lines && is_blank(p, stops)) || is_comment(p, end, format)); ++line)
      p = behind_line(p, end);
    if (p == end) break;
    const size_t row = rows.count;
    if (skips_blank_lines || !is_blank(p, stops)) count_above_blank_lines = row + 1;
    lines[row] = uint32_t(line);
    const Byte *stop;
    const text_record record = read_record<may_have_runs>(
        p, stops, line,
        [&](size_t j, const Byte *start, const Byte *behind) {
          if (j >= number_columns || columns[j].kind != text_numbers || size_t(behind - bytes) - 17 >= length - 17)
            return false;
          if (*behind == '\n')
            behind -= behind[-1] == '\r';
          else if (*behind != format.delimiter)
            return false;
          double &number = columns[j].numbers[row];
          if (!read_short(start, behind, number) && read_number(start, behind, number) != text_value) return false;
          if (columns[j].rests) columns[j].rests[row] = rest(start, behind, number);
          return true;
        },
        [&](size_t j, const Field &field) {
          if (j < column_count) put(field, columns[j], row, bytes, format);
        },
        stop);
    if (record.fault.kind != text_sound) {
      rows.fault = record.fault;
      return rows;
    }
    if (record.field_count != column_count) {
      if (rows.ragged_count++ == 0) rows.fault = {text_ragged, record.field_count, line};
      if (!format.counts_ragged_rows) return rows;
      for (size_t j = record.field_count; j < column_count; ++j) put(Field(stop), columns[j], row, bytes, format);
    }
    line += record.newlines + 1;
    p = stop < end ? stop + 1 : end;
  }
  if (ends_file) rows.count = count_above_blank_lines;
  for (size_t j = 0; j < column_count; ++j)
    if (columns[j].kind == text_words || columns[j].kind == text_verbatim)
      number_words(columns[j], rows.count, bytes);
  return rows;
}

#if defined(__x86_64__)
template <bool may_have_runs>
__attribute__((target("avx2,bmi"))) text_rows read_rows_by_vectors(
    const Byte *bytes, size_t length, const Format &format, Column *columns, size_t column_count, size_t row_capacity,
    uint32_t *lines, bool ends_file) {
  return read_rows<may_have_runs>(
      bytes, length, format, columns, column_count, row_capacity, lines, ends_file, read_short);
}
#endif

}  // namespace

// MARK: What Swift calls

text_class text_read_number(const uint8_t *text, size_t length, const text_format *format, double *value) {
  Field field(text);
  field.end += length;
  trim(field.start, field.end);
  return classify(field, *format, *value);
}

text_contents text_scan(const uint8_t *bytes, size_t length) {
  text_contents contents = {0, 0, false};
  size_t i = 0;
  while (i < length) {
    // Counts in bytes, which the compiler adds up sixteen or more at a time.
    const size_t stop = length - i < 255 ? length : i + 255;
    uint8_t newlines = 0, quotes = 0;
    for (; i < stop; ++i) {
      newlines += bytes[i] == '\n';
      quotes |= bytes[i] == '"';
    }
    contents.newlines += newlines;
    contents.quotes = contents.quotes || quotes;
  }
  while (i > 0 && bytes[i - 1] != '\n') --i;
  contents.end_of_lines = i;
  return contents;
}

text_record text_read_record(
    const uint8_t *bytes, size_t length, const text_format *format, text_field *fields, size_t capacity) {
  const Stops stops{bytes + length, format->delimiter};
  const Byte *stop;
  text_record record = {};
  if (length == 0 || is_blank(bytes, stops) || is_comment(bytes, stops.end, *format)
      || may_be_comment(bytes, stops.end, *format)) {
    const Byte *behind = behind_line(bytes, stops.end);
    stop = behind > bytes && behind[-1] == '\n' ? behind - 1 : stops.end;
  } else {
    record = read_record<true>(
        bytes, stops, 0, [](size_t, const Byte *, const Byte *) { return false; },
        [&](size_t j, const Field &field) {
          if (j < capacity) fields[j] = field.in(bytes);
        },
        stop);
  }
  if (stop < stops.end) {
    record.size = size_t(stop + 1 - bytes);
    ++record.newlines;
  }
  return record;
}

size_t text_records(
    const uint8_t *bytes, size_t length, const text_format *format, bool ends_with_row, size_t *newlines) {
  size_t complete = 0, end = 0, lines = 0;
  *newlines = 0;
  while (complete < length) {
    const text_record record = text_read_record(bytes + complete, length - complete, format, nullptr, 0);
    if (record.size == 0) break;
    complete += record.size;
    lines += record.newlines;
    if (ends_with_row && record.field_count == 0) continue;
    end = complete;
    *newlines = lines;
  }
  return end;
}

text_rows text_read_rows(
    const uint8_t *bytes, size_t length, const text_format *format, text_column *columns, size_t column_count,
    size_t row_capacity, uint32_t *lines, bool ends_file) {
#if defined(__x86_64__)
  static const bool has_vectors = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
  if (format->uses_vectors && has_vectors) {
    // Where no runs of spaces are looked for, a fit of 10⁶ × 21 numbers takes 0.98 of the time.
    const auto read = format->delimiter == ' ' ? read_rows_by_vectors<true> : read_rows_by_vectors<false>;
    return read(bytes, length, *format, columns, column_count, row_capacity, lines, ends_file);
  }
#endif
  return read_rows<true>(
      bytes, length, *format, columns, column_count, row_capacity, lines, ends_file,
      [](const Byte *, const Byte *, double &) { return false; });
}
