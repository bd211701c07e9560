// Text to numbers: the rows of a block of delimited text, a whole block per call.
//
// Nothing here allocates, throws or keeps state. Every pointer is the caller's; every read stays within the block.
#ifndef CNUMBERTEXT_H
#define CNUMBERTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How fields are told apart and read.
struct number_text_format {
  /// The byte between fields.
  uint8_t delimiter;
  /// Texts besides the empty one that stand for a missing value, in lower case, one after the other, each with a NUL behind.
  const char *missing;
  /// Number of bytes of `missing`.
  size_t missing_length;
  /// For each byte, whether a text for a missing value begins with it, in either case.
  bool begins_missing[256];
};

/// What a field is as a number.
enum number_text_class {
  number_text_value,
  /// Nothing, or a text for nothing.
  number_text_missing,
  /// Something else.
  number_text_not_a_number,
  /// A decimal number beyond the largest double.
  number_text_too_large,
};

/// Reads one field as a decimal number, rounded to the nearest double: digits with an optional sign, point and exponent, in
/// spaces and tabs or not. `inf`, `nan` and hexadecimal digits are not numbers.
enum number_text_class number_text_read(
    const uint8_t *text, size_t length, const struct number_text_format *format, double *value);

/// What a block holds that decides how it is read.
struct number_text_contents {
  /// Lines that end in the block.
  size_t newlines;
  /// Just behind the last of them; 0 where there is none.
  size_t end_of_lines;
  /// Whether there are quotes, which may hide newlines.
  bool quotes;
  /// Whether there are NUL bytes, which `number_text_read_rows` does not know.
  bool nuls;
};

/// Looks for newlines, quotes and NUL bytes.
struct number_text_contents number_text_scan(const uint8_t *bytes, size_t length);

/// Just behind the end of the last record that is complete, where quotes may hide newlines; 0 where there is none.
///
/// - `first`: stop at the first.
/// - `newlines`: number of newlines before the place returned.
size_t number_text_records(
    const uint8_t *bytes, size_t length, uint8_t delimiter, bool first, size_t *newlines);

/// A word as it first stands in a block's column, without quotes around it.
struct number_text_word {
  uint32_t offset, length, row, hash;
  /// Whether it has quotes inside, each of which is doubled.
  bool doubled;
};

/// What becomes of a column's fields.
enum number_text_kind { number_text_skipped, number_text_numbers, number_text_words };

/// Where a column's fields go, and what was found.
struct number_text_column {
  enum number_text_kind kind;

  /// For numbers, one per row; NaN where one is missing.
  double *numbers;

  /// For words, one per row: the position in `levels`, −1 where the field is missing.
  int32_t *codes;
  /// The words that are different, in the order in which they first stand; room for one per row.
  struct number_text_word *levels;
  /// A table to find them by: `slot_count` is a power of 2, at least twice the number of rows.
  uint32_t *slots;
  size_t slot_count;
  size_t level_count;

  /// For numbers: how many fields are something else, and where the first stands. Their place in `numbers` holds NaN.
  size_t fault_count;
  size_t fault_row, fault_offset, fault_length;
  bool fault_is_too_large, fault_is_doubled;
  /// The first row with a number, or one that is too large; the number of rows where there is none.
  size_t first_number;
};

/// Reads the rows of a block without NUL bytes: fields between delimiters, in quotes or not, rows that end in LF, CRLF or with
/// the block.
///
/// - `lines`: one per row, the number of newlines above it; nullptr where there are no quotes, so that each row is a line.
/// - `uses_vectors`: use instructions that not every processor has, where this one has them.
/// - Returns: the number of rows; SIZE_MAX where there are blank lines, rows with more or fewer fields than columns, quotes
///   that are not closed or have text behind, or more than `row_capacity` rows: such a block has to be read with more care.
size_t number_text_read_rows(
    const uint8_t *bytes, size_t length, const struct number_text_format *format,
    struct number_text_column *columns, size_t column_count, size_t row_capacity, uint32_t *lines,
    bool uses_vectors);

#ifdef __cplusplus
}
#endif

#endif
