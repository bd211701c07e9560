import ArgumentParser

/// The files of data that the command reads.
struct FilesTopic: HelpTopic {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "Files of data: formats, delimiters, missing values, pipes, names.",
    discussion: """
      Names tell the format: .csv, .tsv with tabs, .npy; files of other names are CSV,
      but convert wants to be told, by --from and --to. A text may be compressed by
      gzip, with .gz behind its ending or not. "-" is standard input. fit, train,
      accumulate and survey read several files with the same columns as one table.

      A text is UTF-8, with lines that end in LF, CRLF or CR, and fields in quotes as
      RFC 4180 has them. Its first line names the columns. A row with more or fewer
      fields than that is an error which names the line. These options tell what is
      different:

      -d CHARACTER, -t   what separates fields; of spaces a run is one, so that ' '
                         is for columns that are aligned
      --comment TEXT     what lines begin with that are passed over, such as '#'
      --skip N           so many lines at the beginning of each file are passed over
      --encoding NAME    latin1, which is Windows-1252 too, or utf16
      --no-header        the first line holds data; columns are V1, V2, …
      --names a,b,c      names of columns that have none
      --null-value TEXT  what stands for a missing value

      A field is missing where it is empty, NA, N/A, NaN or null, in any case, so Na
      too; --null-value names other texts in place of these words, and an empty
      field, or one of blanks alone, is missing always. Blanks at either end of a
      field are not part of it, in quotes too. In a column that is used a missing
      field is an error that says where it is. --missing drop leaves such rows out,
      --missing mean or --missing 0 fills numbers; targets, weights and categories
      are never filled. The model treats the rows that it predicts in the same way.

      A column holds numbers, or words, which are a category. A word among numbers is
      an error, and so are numbers and dates in other spellings (1,5 or 2024-01-05),
      unless C() makes the column a category; so are whole numbers that a Double would
      round, but for fits of texts of up to 4 MB. A first column without a name, as R
      and pandas write them, holds names of rows: it is called row.names and is not
      part of "." in a formula.

      In a list of names a name that holds a comma is in quotes, as in CSV:
      --columns '"a,b",c'.

      Files larger than some 16 MB are read in blocks, and may be larger than memory.
      A pipe that has to be read twice is copied to a temporary file (TMPDIR says
      where). predict answers the rows of a pipe as they arrive.

      NumPy's .npy files hold floats, integers, booleans, or records, whose fields are
      columns. The columns of X.npy have the names that are the lines of X.names, or
      those of --names, or V1, V2, …

      Example: linreg check measurements.txt -d ' ' --comment '#' --no-header
      """,
    shouldDisplay: false)
}
