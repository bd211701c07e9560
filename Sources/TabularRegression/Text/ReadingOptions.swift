/// How a table's text is read.
public struct ReadingOptions: Sendable, Equatable {
  /// What stands between fields: one ASCII character that no number holds. Nil for a comma, and for a tab in each file
  /// whose name ends in `.tsv`.
  public var delimiter: Character?

  /// Whether the first line names the columns. Without names they are V1, V2 and so on, as in R.
  public var hasHeader: Bool

  /// Names of the columns where no line names them, and of a matrix's; nil for V1, V2 and so on, or the names beside a
  /// matrix file.
  public var names: [String]?

  /// Texts that stand for a missing value, in upper or lower case; an empty field always does.
  public var missingTexts: [String]

  /// What lines begin with that are passed over, such as "#"; nil for none. Inside quotes it begins no such line.
  public var comment: String?

  /// So many lines at the beginning of each file are passed over.
  public var skippedLines: Int

  /// How characters are written as bytes.
  public var encoding: Encoding

  /// Ways to write characters as bytes.
  public enum Encoding: String, CaseIterable, Sendable {
    /// UTF-8, with or without a byte order mark.
    case utf8
    /// ISO 8859-1, with Windows-1252's characters in the place of control characters.
    case latin1
    /// UTF-16 in either byte order, which a byte order mark tells, or where there is none its zeros.
    case utf16
  }

  /// Columns whose fields are words, of digits too.
  public var categories: Set<String>

  /// Columns whose fields are kept as they stand, but for quotes around them: no text is missing but the empty one.
  package var verbatim = Columns.some([])

  /// Which numbers are kept to all digits of their texts.
  package var digits = KeptDigits.none

  /// Which numbers are kept to all digits of their texts, as the sums of two Doubles.
  package enum KeptDigits: Sendable {
    case none
    /// Those of files that are one block.
    case ofSmallFiles
    case all
  }

  /// Columns by their names.
  package enum Columns: Sendable, Equatable {
    case all
    case some(Set<String>)

    func contains(_ name: String) -> Bool {
      switch self {
      case .all: true
      case .some(let names): names.contains(name)
      }
    }
  }

  /// Commas between fields, a first line of names, and the usual words for nothing.
  public init(
    delimiter: Character? = nil, hasHeader: Bool = true, names: [String]? = nil,
    missingTexts: [String] = Self.usualMissingTexts, categories: Set<String> = [],
    comment: String? = nil, skippedLines: Int = 0, encoding: Encoding = .utf8
  ) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.names = names
    self.missingTexts = missingTexts
    self.categories = categories
    self.comment = comment
    self.skippedLines = skippedLines
    self.encoding = encoding
  }

  /// What decides which fields rows have and what they stand for, in words.
  var facts: String {
    [
      delimiter.map { "delimiter \($0)" }, hasHeader ? nil : "no header",
      names.map { "names \($0)" }, missingTexts == Self.usualMissingTexts ? nil : "missing \(missingTexts)",
      categories.isEmpty ? nil : "categories \(categories.sorted())", comment.map { "comment \($0)" },
      skippedLines > 0 ? "\(skippedLines) lines skipped" : nil, encoding == .utf8 ? nil : encoding.rawValue,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// NA, N/A, NaN and null.
  public static let usualMissingTexts = ["NA", "N/A", "NaN", "null"]
}
