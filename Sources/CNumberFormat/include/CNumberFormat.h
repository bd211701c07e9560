// Numbers as text that reads back to the same bits, in the fewest digits, by std::to_chars.
#ifndef CNUMBERFORMAT_H
#define CNUMBERFORMAT_H

#ifdef __cplusplus
extern "C" {
#endif

/// No text below is longer.
enum { number_text_capacity = 32 };

/// Writes a number's text, without a zero byte behind it.
///
/// Whole numbers have no point; from 1e-4 to below 1e16 there is no exponent, as in Python. An infinity is "inf"; NaN, the
/// missing number, is no text.
/// \param text room for number_text_capacity bytes.
/// \return the text's length.
int format_double(double value, char *text);

/// The same in the digits that a float needs: 0.1f is "0.1".
int format_float(float value, char *text);

#ifdef __cplusplus
}
#endif

#endif
