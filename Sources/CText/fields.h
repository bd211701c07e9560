// Fields and records, as RFC 4180 has them: fields between delimiters, in quotes where they hold delimiters, newlines
// or (doubled) quotes; records end in LF or CRLF, the last one need not.
#pragma once

#include <algorithm>

#include "numbers.h"

namespace {

bool is_space(Byte byte) { return byte == ' ' || byte == '\t'; }

/// Whether a line ends at p, which is before `end`.
bool ends_line(const Byte *p, const Byte *end) { return *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n')); }

/// Without spaces and tabs at either end.
void trim(const Byte *&p, const Byte *&end) {
  while (p < end && is_space(*p)) ++p;
  while (p < end && is_space(end[-1])) --end;
}

/// Finds where fields without quotes end: among the 32 bytes from each place on, since most fields are shorter.
struct Stops {
  const Byte *end;
  Byte delimiter;

  /// The first delimiter, newline or NUL byte from p on, or the end.
  const Byte *from(const Byte *p) const {
#if defined(__x86_64__)
    const __m128i delimiters = _mm_set1_epi8(char(delimiter)), newlines = _mm_set1_epi8('\n');
    const auto found = [&](const Byte *p) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(p));
      return uint32_t(_mm_movemask_epi8(_mm_or_si128(
          _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters), _mm_cmpeq_epi8(bytes, newlines)),
          _mm_cmpeq_epi8(bytes, _mm_setzero_si128()))));
    };
    for (; end - p >= 32; p += 32)
      if (const uint32_t any = found(p) | found(p + 16) << 16) return p + __builtin_ctz(any);
#endif
    while (p < end && *p != delimiter && *p != '\n' && *p != 0) ++p;
    return p;
  }

  /// Behind the delimiters from p on that count as one with the delimiter or the line's beginning before them.
  const Byte *behind_run(const Byte *p) const {
    if (delimiter == ' ')
      while (p < end && *p == ' ') ++p;
    return p;
  }

  /// Whether a line ends at p, or the text.
  bool is_at_end(const Byte *p) const { return p == end || ends_line(p, end); }
};

/// Whether the line that begins at p, before `end`, is blank.
bool is_blank(const Byte *p, const Stops &stops) {
  return stops.delimiter == ' ' ? stops.is_at_end(stops.behind_run(p)) : ends_line(p, stops.end);
}

/// Whether the line that begins at p is a comment.
bool is_comment(const Byte *p, const Byte *end, const text_format &format) {
  return format.comment_length > 0 && size_t(end - p) >= format.comment_length
      && std::memcmp(p, format.comment, format.comment_length) == 0;
}

/// Whether it may be one when more of it is there.
bool may_be_comment(const Byte *p, const Byte *end, const text_format &format) {
  return size_t(end - p) < format.comment_length && std::memcmp(p, format.comment, size_t(end - p)) == 0;
}

/// Behind the newline of a line, or the text's end.
const Byte *behind_line(const Byte *p, const Byte *end) {
  const Byte *newline = static_cast<const Byte *>(std::memchr(p, '\n', size_t(end - p)));
  return newline ? newline + 1 : end;
}

/// A field: its text without quotes around it, and without spaces and tabs at either end.
struct Field {
  const Byte *start, *end;
  /// The text as it stands: in quotes with the spaces at either end.
  const Byte *whole_start, *whole_end;
  /// The delimiter, the line's end or the text's end behind it.
  const Byte *stop;
  /// Whether it has quotes inside, each of which is doubled.
  bool doubled = false;
  /// Number of newlines inside.
  size_t newlines = 0;
  text_fault_kind fault = text_sound;

  /// An empty one.
  explicit Field(const Byte *place) : start(place), end(place), whole_start(place), whole_end(place), stop(place) {}

  /// The field that begins at p.
  Field(const Byte *p, const Stops &stops) : start(p) {
    while (p < stops.end && is_space(*p) && *p != stops.delimiter) ++p;
    const bool quoted = p < stops.end && *p == '"';
    if (quoted) {
      take_quoted(p + 1, stops);
    } else {
      find_stop(start, stops);
      end = stop;
      if (end > start && end[-1] == '\r' && (stop == stops.end || *stop == '\n')) --end;
    }
    whole_start = start;
    whole_end = end;
    trim(start, end);
    if (!quoted) whole_start = start, whole_end = end;
  }

  text_field in(const Byte *text) const { return {size_t(start - text), size_t(end - start), doubled}; }

 private:
  void find_stop(const Byte *p, const Stops &stops) {
    for (stop = stops.from(p); stop < stops.end && *stop == 0; stop = stops.from(stop + 1))
      if (fault == text_sound) fault = text_nul;
  }

  void take_quoted(const Byte *p, const Stops &stops) {
    start = p;
    for (;; p = end + 2) {
      end = static_cast<const Byte *>(std::memchr(p, '"', size_t(stops.end - p)));
      if (!end) {
        end = stop = stops.end;
        fault = text_open_quote;
        return;
      }
      newlines += size_t(std::count(p, end, '\n'));
      if (std::memchr(p, 0, size_t(end - p)) && fault == text_sound) fault = text_nul;
      if (end + 1 == stops.end || end[1] != '"') break;
      doubled = true;
    }
    p = end + 1;
    while (p < stops.end && is_space(*p) && *p != stops.delimiter) ++p;
    if (p < stops.end && *p != stops.delimiter && !ends_line(p, stops.end) && fault == text_sound)
      fault = text_behind_quote;
    find_stop(p, stops);
  }
};

/// Reads the record that begins at p, and gives its fields to `put`, with their positions.
///
/// - `may_have_runs`: whether the delimiter may be a space, of which a run is one.
/// - `line`: number of newlines above.
/// - `quick`: what takes fields that are nothing but a short number; false where a field is something else.
/// - `stop`: becomes the newline behind the record, or the text's end.
template <bool may_have_runs, typename Quick, typename Put>
inline text_record read_record(
    const Byte *p, const Stops &stops, size_t line, Quick quick, Put put, const Byte *&stop) {
  text_record record = {};
  if (may_have_runs) p = stops.behind_run(p);
  for (size_t j = 0;; ++j) {
    stop = stops.from(p);
    if (!quick(j, p, stop)) {
      const Field field(p, stops);
      if (field.fault != text_sound && record.fault.kind == text_sound)
        record.fault = {
            field.fault, j, line + record.newlines + (field.fault == text_behind_quote ? field.newlines : 0)};
      put(j, field);
      record.newlines += field.newlines;
      stop = field.stop;
    }
    if (stop == stops.end || *stop == '\n') {
      record.field_count = j + 1;
      return record;
    }
    p = stop + 1;
    if (may_have_runs && stops.delimiter == ' ') {
      p = stops.behind_run(p);
      if (!stops.is_at_end(p)) continue;
      stop = stops.from(p);
      record.field_count = j + 1;
      return record;
    }
  }
}

}  // namespace
