/// A column of a table: its name and what its fields hold.
package struct TableColumn: Sendable, Equatable {
  package let name: String
  package var values: Values
  /// What numbers are beyond Doubles, where that was asked for.
  package var digits: LowPart?
  /// Whether numbers are the nearest Doubles to what a text says.
  package var isFromText = false
  /// Whether words are words because they were handed in so, and not because a category was asked for.
  package var isOfGivenWords = false
  /// Position in the file's records, from 0; nil where it is the position in the table.
  package let field: Int?

  package init(
    name: String, values: Values, digits: LowPart? = nil, isFromText: Bool = false, field: Int? = nil
  ) {
    self.name = name
    self.values = values
    self.digits = digits
    self.isFromText = isFromText
    self.field = field
  }

  package enum Values: Sendable, Equatable {
    /// Numbers; NaN where one is missing.
    case numbers([Double])
    /// Words, each kept once.
    case words(Words)
    /// Numbers, and further down something else.
    case mixed(Fault)
  }

  /// Numbers as the sums of two Doubles.
  package struct LowPart: Sendable, Equatable {
    /// The nearest Doubles, where some are whole numbers that lose digits so; the values are then a fault. Nil where
    /// the values are the nearest Doubles.
    package var rounded: [Double]?
    /// What the texts say beyond the nearest Doubles; 0 where a number is missing.
    package var low: [Double]
  }

  /// The values, or what they round to where some lose digits and all of them are kept beside.
  package var roundedValues: Values { digits?.rounded.map(Values.numbers) ?? values }

  /// Words: positions in a list of those that are different.
  package struct Words: Sendable, Equatable {
    /// One per row: its position among the levels, or −1 where the field is missing.
    package var codes: [Int32]
    /// The words, in the order in which they first stand in the column.
    package var levels: WordList

    package init(codes: [Int32] = [], levels: WordList = []) {
      self.codes = codes
      self.levels = levels
    }

    /// A word for each row; nil where one is missing.
    init(_ words: some Sequence<String?>) {
      self.init()
      var positions: [String: Int32] = [:]
      for word in words {
        if let word, positions[word] == nil {
          positions[word] = Int32(levels.count)
          levels.append(word)
        }
        codes.append(word.flatMap { positions[$0] } ?? -1)
      }
    }

    /// The words of some rows, and the levels that these have.
    func of(_ rows: [Int]) -> Words {
      Words(codes: rows.map { codes[$0] }, levels: levels).withoutUnused
    }

    /// The same rows without levels that none of them has; the others are counted as they come.
    var withoutUnused: Words {
      var used = Words(), numbers = [Int32](repeating: -1, count: levels.count)
      used.codes = codes.map { code in
        if code < 0 { return -1 }
        if numbers[Int(code)] < 0 {
          numbers[Int(code)] = Int32(used.levels.count)
          used.levels.append(levels, Int(code))
        }
        return numbers[Int(code)]
      }
      return used
    }

    /// Appends words, among which one level may stand more than once.
    ///
    /// - Parameter positions: the position of each level, before and after.
    mutating func append(_ more: Words, _ positions: inout [String: Int32]) {
      let translated = more.levels.map { level in
        if let position = positions[level] { return position }
        let position = Int32(levels.count)
        positions[level] = position
        levels.append(level)
        return position
      }
      codes += more.codes.lazy.map { $0 < 0 ? -1 : translated[Int($0)] }
    }
  }

  /// The first field that does not fit those above it, and how many follow.
  package struct Fault: Sendable, Equatable, Codable {
    package let file: String
    package let line: Int
    package let field: Int
    package private(set) var message: String
    package var count = 1
    /// Whether all such fields are whole numbers of more digits than a Double holds.
    package var losesDigits = false
    /// What is said in place of the message where the column may be a category; nil for the same.
    private var categoryMessage: String?

    package init(file: String, line: Int, field: Int, message: String, categoryMessage: String? = nil) {
      (self.file, self.line, self.field) = (file, line, field)
      (self.message, self.categoryMessage) = (message, categoryMessage)
    }

    /// The fault of a column that may be a category.
    package var ofPossibleCategory: Fault {
      var fault = self
      fault.message = categoryMessage ?? message
      return fault
    }

    package var error: TabularError {
      .malformed(
        file: file, line: line, column: field,
        message: count > 1 ? "\(message) (\(count) such fields in the column)" : message)
    }
  }
}
