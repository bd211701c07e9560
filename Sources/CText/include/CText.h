// Delimited text to numbers and words, a block of rows per call; and numbers to text.
//
// This is the one grammar of text. It says what is wrong and where; Swift says it to the user.
//
// Nothing here allocates, throws or keeps state. Every pointer is the caller's; every read stays within the text.
#ifndef CTEXT_H
#define CTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Text to numbers and words

/// How fields are told apart and read.
struct text_format {
  /// The byte between fields; of spaces a run is one delimiter, and none where it begins or ends a line.
  uint8_t delimiter;
  /// What lines begin with that are no rows, and its number of bytes; 0 for no such lines.
  const char *comment;
  size_t comment_length;
  /// Texts besides the empty one that stand for a missing value, in lower case, each with a NUL behind.
  const char *missing;
  /// Number of bytes of `missing`.
  size_t missing_length;
  /// Numbers that stand for a missing value, however they are written.
  const double *missing_numbers;
  size_t missing_number_count;
  /// For each byte, whether a text for a missing value begins with it, in either case.
  bool begins_missing[256];
  /// Whether rows of another number of fields than there are columns are counted; otherwise they end the reading.
  bool counts_ragged_rows;
  /// Whether to use instructions that not every processor has, where this one has them.
  bool uses_vectors;
};

/// What a field is as a number.
enum text_class {
  text_value,
  /// Nothing, or a text for nothing.
  text_missing,
  /// Something else.
  text_not_a_number,
  /// A decimal number beyond the largest double.
  text_too_large,
  /// A whole number of more digits than a double holds.
  text_inexact,
};

/// Reads one field as a decimal number, rounded to the nearest double: digits with an optional sign, point and
/// exponent, in spaces and tabs or not. `inf`, `nan` and hexadecimal digits are not numbers.
enum text_class text_read_number(
    const uint8_t *text, size_t length, const struct text_format *format, double *value);

/// What is wrong with a record.
enum text_fault_kind {
  text_sound,
  /// It has another number of fields than there are columns.
  text_ragged,
  /// A quote is never closed.
  text_open_quote,
  /// There is text behind a closing quote.
  text_behind_quote,
  /// There is a NUL byte.
  text_nul,
};

struct text_fault {
  enum text_fault_kind kind;
  /// Position of the field in its record, from 0; of a ragged record, the number of its fields.
  size_t field;
  /// Number of newlines above.
  size_t line;
};

/// A field's text, without quotes around it and without spaces at either end.
struct text_field {
  size_t offset, length;
  /// Whether it has quotes inside, each of which is doubled.
  bool doubled;
};

/// The first record of a text.
struct text_record {
  /// 0 where it is a line without a row: blank, or a comment, as far as it is there.
  size_t field_count;
  /// Number of bytes up to and with its newline; 0 where that has not come yet.
  size_t size;
  size_t newlines;
  /// The first thing that is wrong.
  struct text_fault fault;
};

/// Reads the first record: fields between delimiters, in quotes (RFC 4180) or not, up to LF, CRLF or the text's end.
///
/// - `fields`: takes as many fields as there is room for.
struct text_record text_read_record(
    const uint8_t *bytes, size_t length, const struct text_format *format, struct text_field *fields,
    size_t capacity);

/// The complete records of a text: how many bytes they are, 0 where there are none, and how many newlines.
///
/// - `ends_with_row`: whether lines without a row behind the last one are left out.
size_t text_records(
    const uint8_t *bytes, size_t length, const struct text_format *format, bool ends_with_row, size_t *newlines);

/// What decides where a block of text ends.
struct text_contents {
  /// Lines that end in the block.
  size_t newlines;
  /// Just behind the last of them; 0 where there is none.
  size_t end_of_lines;
  /// Whether there are quotes, which may hide newlines.
  bool quotes;
};

/// Looks for newlines and quotes.
struct text_contents text_scan(const uint8_t *bytes, size_t length);

/// A word as it first stands in a block's column.
struct text_word {
  uint32_t offset, length, row, hash;
  bool doubled;
};

/// What a column's fields are. An undecided column becomes numbers or words with its first field that is not missing.
/// Verbatim fields are words as they stand, of which only the empty one is missing.
enum text_kind { text_skipped, text_undecided, text_numbers, text_words, text_verbatim };

/// Where a column's fields go, and what was found.
struct text_column {
  /// What the fields are above the block; afterwards, below it.
  enum text_kind kind;

  /// For numbers (and as long as it is undecided), one per row; NaN where one is missing.
  double *numbers;
  /// What the texts of numbers say beyond the nearest double, one per row; null where nobody asks.
  double *rests;

  /// For words, one per row: the position in `levels`, −1 where the field is missing.
  int32_t *codes;
  /// The words that are different, in the order in which they first stand; room for one per row. Before that, as long
  /// as rows are read, the word of each.
  struct text_word *levels;
  /// A table to find them by: `slot_count` is a power of 2, at least twice the number of rows.
  uint32_t *slots;
  size_t slot_count;
  size_t level_count;

  /// For numbers: how many fields are something else, and the first. Their place in `numbers` holds NaN; that of a
  /// whole number of which a double loses digits holds the nearest, where its rest is asked for.
  size_t fault_count;
  /// How many of them are such whole numbers.
  size_t inexact_count;
  size_t fault_row;
  struct text_field fault;
  enum text_class fault_class;
};

/// Rows that were read.
struct text_rows {
  size_t count;
  /// What ended the reading; or, where they are counted, the first ragged row.
  struct text_fault fault;
  size_t ragged_count;
};

/// Reads the rows of a block, which ends with a row.
///
/// Blank lines and comments are skipped. With one column blank lines are rows, except at the end of a file.
///
/// - `row_capacity`: room for rows; one more than there are newlines is enough.
/// - `lines`: one per row, the number of newlines above it.
/// - `ends_file`: whether nothing follows.
struct text_rows text_read_rows(
    const uint8_t *bytes, size_t length, const struct text_format *format, struct text_column *columns,
    size_t column_count, size_t row_capacity, uint32_t *lines, bool ends_file);

// MARK: Numbers to text

/// No number's text is longer.
enum { number_text_capacity = 32 };

/// Writes a number's text, in the fewest digits that read back to the same bits, without a NUL behind.
///
/// Whole numbers have no point; from 1e-4 to below 1e16 there is no exponent, as in Python. An infinity is "inf"; NaN,
/// the missing number, is no text.
///
/// - `text`: room for number_text_capacity bytes.
/// - Returns: the text's length.
int format_double(double value, char *text);

/// The same in the digits that a float needs: 0.1f is "0.1".
int format_float(float value, char *text);

#ifdef __cplusplus
}
#endif

#endif
