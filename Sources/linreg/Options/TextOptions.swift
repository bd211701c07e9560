public import ArgumentParser
import TabularRegression

/// How the text of tables is read.
struct TextOptions: ParsableArguments {
  @Option(
    name: [.customShort("d"), .long],
    help:
      "The character between fields of all files (default: a comma, and a tab in each .tsv file); of spaces a run is one.",
    transform: delimiter)
  var delimiter: Character?

  @Flag(name: [.customShort("t"), .long], help: "Fields are separated by tabs.")
  var tabs = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Lines that begin with this text are passed over, such as '#'.", valueName: "text"))
  var comment: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("So many lines at the beginning of each file are passed over.", valueName: "lines"))
  var skip = 0

  @Option(help: "How characters are bytes; latin1 is Windows-1252 too, utf16 has either byte order.")
  var encoding = ReadingOptions.Encoding.utf8

  @Flag(help: "The first line holds data; columns are V1, V2 and so on.")
  var noHeader = false

  @Option(
    name: .customLong("names"),
    help: ArgumentHelp(
      "Names of the columns of an NPY file, or with --no-header, \(betweenCommas).", valueName: "names"),
    transform: names)
  var columnNames: [String]?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A text that stands for a missing value, in any case, in place of NA, N/A, NaN and null; may be given again. An empty field always does: '' is for that alone, so that Na may be sodium.",
      valueName: "text"))
  var nullValue: [String] = []

  func validate() throws {
    if tabs && delimiter != nil {
      throw ValidationError("--delimiter and --tabs cannot be given together.")
    }
    if skip < 0 { throw ValidationError("--skip is \(skip); it is 0 or more.") }
    if comment == "" {
      throw ValidationError("--comment is empty; it is what lines begin with, such as '#'.")
    }
  }

  /// The options, for tables in which some columns are categories.
  func options(categories: Set<String> = []) -> ReadingOptions {
    ReadingOptions(
      delimiter: delimiter ?? (tabs ? "\t" : nil), hasHeader: !noHeader, names: columnNames,
      missingTexts: nullValue.isEmpty ? ReadingOptions.usualMissingTexts : nullValue, categories: categories,
      comment: comment, skippedLines: skip, encoding: encoding)
  }

  @Sendable private static func delimiter(_ text: String) throws -> Character {
    let text = text == "\\t" ? "\t" : text
    guard text.utf8.count == 1, let character = text.first else {
      throw ValidationError("it is one character")
    }
    return character
  }
}

extension ReadingOptions.Encoding: ExpressibleByArgument {}
