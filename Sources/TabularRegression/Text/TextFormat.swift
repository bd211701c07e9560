internal import CText

/// How fields are told apart and read, as C has it.
struct TextFormat: Sendable {
  var delimiter: UInt8 {
    get { format.delimiter }
    set { format.delimiter = newValue }
  }
  /// In lower case, each with a NUL behind.
  private let missing: [CChar]
  /// The numbers among them, which are missing however they are written.
  private let missingNumbers: [Double]
  /// What lines begin with that are no rows.
  private let comment: [CChar]
  /// All but the pointers to these.
  nonisolated(unsafe) private var format: text_format

  /// Commas, and the usual texts for missing values.
  static let standard = TextFormat(
    delimiter: UInt8(ascii: ","), missingTexts: ReadingOptions.usualMissingTexts)

  /// - Parameters:
  ///   - file: the file's name in messages.
  ///   - countsRaggedRows: whether rows of another number of fields than the header's are counted, and not refused.
  ///   - usesVectors: whether numbers are read by instructions that not every processor has, where this one has them.
  init(
    _ options: ReadingOptions, file: String, countsRaggedRows: Bool = false, usesVectors: Bool = true
  ) throws(TabularError) {
    let character = options.delimiter ?? ","
    guard let delimiter = Self.delimiter(character) else {
      throw .unusable(
        file: file,
        message:
          "\(shown(String(character))) cannot stand between fields; give one ASCII character that is no letter, digit, sign, point or quote"
      )
    }
    let comment = options.comment ?? ""
    if options.comment == "" || comment.utf8.contains(where: { $0 == 0x0A || $0 == 0 }) {
      throw .unusable(
        file: file,
        message: "lines cannot be told by \(shown(comment)) that they begin with; give a character such as #")
    }
    self.init(delimiter: delimiter, missingTexts: options.missingTexts, comment: comment)
    (format.counts_ragged_rows, format.uses_vectors) = (countsRaggedRows, usesVectors)
  }

  /// The byte of a character that can stand between fields; nil for another.
  private static func delimiter(_ character: Character) -> UInt8? {
    let isPartOfFields = character.isLetter || character.isNumber || "\n\0\r\"+-.".contains(character)
    return isPartOfFields || character.utf8.count != 1 ? nil : character.asciiValue
  }

  private init(delimiter: UInt8, missingTexts: [String], comment: String = "") {
    var format = text_format()
    format.delimiter = delimiter
    var missing: [CChar] = []
    for text in missingTexts {
      let bytes = Array(text.utf8)[...].trimmingSpaces().map { $0.isUppercase ? $0 | 0x20 : $0 }
      guard let first = bytes.first, !bytes.contains(0) else { continue }
      missing += bytes.map { CChar(bitPattern: $0) } + [0]
      withUnsafeMutableBytes(of: &format.begins_missing) {
        $0[Int(first)] = 1
        if (first & ~0x20).isUppercase { $0[Int(first & ~0x20)] = 1 }
      }
    }
    format.missing_length = missing.count
    self.missing = missing
    self.comment = comment.utf8.map { CChar(bitPattern: $0) }
    format.comment_length = self.comment.count
    missingNumbers = missingTexts.compactMap { text in
      var plain = text_format(), value = 0.0
      let kind = Array(text.utf8)[...].trimmingSpaces().withUnsafeBufferPointer {
        text_read_number($0.baseAddress, $0.count, &plain, &value)
      }
      return kind == text_value ? value : nil
    }
    format.missing_number_count = missingNumbers.count
    self.format = format
  }

  /// Calls `body` with the format that C reads by.
  func withPointer<Result>(_ body: (UnsafePointer<text_format>) -> Result) -> Result {
    missing.withUnsafeBufferPointer { missing in
      missingNumbers.withUnsafeBufferPointer { numbers in
        comment.withUnsafeBufferPointer { comment in
          var format = format
          format.missing = missing.baseAddress
          format.missing_numbers = numbers.baseAddress
          format.comment = comment.baseAddress
          return withUnsafePointer(to: &format, body)
        }
      }
    }
  }
}

extension UInt8 {
  fileprivate var isUppercase: Bool { self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") }
}
