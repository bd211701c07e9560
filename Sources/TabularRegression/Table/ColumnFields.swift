/// How the fields of a column in memory become numbers or words: as those of a CSV file do.
struct ColumnFields {
  /// What messages call the table.
  let source: String
  let name: String
  /// Position of the column, from 0.
  let position: Int
  /// Whether numbers are words too.
  let isCategory: Bool

  /// Numbers or words, as the first field is that is not missing.
  func values(of fields: [Table.Field]) -> TableColumn.Values {
    let holdsWords = isCategory || fields.first { !$0.isMissing }?.isWord ?? false
    let wrong = fields.indices.filter { fields[$0].isInfinite || fields[$0].isWord && !holdsWords }
    if let row = wrong.first {
      var fault = fault(of: fields[row], row)
      fault.count = wrong.count
      fault.losesDigits = wrong.allSatisfy { fields[$0].losesDigits }
      return .mixed(fault)
    }
    return holdsWords
      ? .words(TableColumn.Words(fields.lazy.map(\.text))) : .numbers(fields.map { $0.number ?? .nan })
  }

  /// Numbers, NaN where one is missing.
  func values(of numbers: [Double]) -> TableColumn.Values {
    isCategory || numbers.contains(where: \.isInfinite)
      ? values(of: numbers.map(Table.Field.number)) : .numbers(numbers)
  }

  /// A number that is not finite, or a word among numbers.
  private func fault(of field: Table.Field, _ row: Int) -> TableColumn.Fault {
    guard case .word(let word) = field else {
      return TableColumn.Fault(
        name, file: source, line: row + 1, field: position,
        "\(field.text ?? "") is not a finite number; correct it, or leave the row out")
    }
    let text = Array(word.utf8)
    switch DecimalNumber(text[...]) {
    case .value: return .wordAmongNumbers(name, file: source, line: row + 1, field: position, word: word)
    case .tooLarge: return .tooLarge(name, file: source, line: row + 1, field: position, text: text)
    case .inexact: return .inexact(name, file: source, line: row + 1, field: position, text: text)
    case .missing, .notANumber:
      return .notANumber(name, file: source, line: row + 1, field: position, text: text)
    }
  }
}

extension TableColumn.Fault {
  /// A word that reads as a number, where numbers are needed.
  static func wordAmongNumbers(
    _ name: String, file: String, line: Int, field: Int, word: String
  ) -> Self {
    Self(
      name, file: file, line: line, field: field,
      "\(shown(word)) is a word among numbers; give the number, or make the column a category")
  }
}

extension Table.Field {
  /// The number; nil for a word, and where it is missing.
  fileprivate var number: Double? {
    if case .number(let value) = self, !value.isNaN { value } else { nil }
  }

  fileprivate var isWord: Bool { if case .word = self { true } else { false } }
  fileprivate var isMissing: Bool { !isWord && number == nil }
  fileprivate var isInfinite: Bool { number?.isInfinite ?? false }

  fileprivate var losesDigits: Bool {
    guard case .word(let word) = self, case .inexact = DecimalNumber(Array(word.utf8)[...]) else {
      return false
    }
    return true
  }

  /// The word, or the number in the fewest digits that read back to the same bits; nil where it is missing. A whole
  /// number below 2¹²⁸ has all its digits and no exponent, as in the text of a file.
  fileprivate var text: String? {
    if case .word(let word) = self { return word }
    return number.map { value in
      if let whole = Int(exactly: value) { return String(whole) }
      if let magnitude = UInt128(exactly: value.magnitude) { return "\(value < 0 ? "-" : "")\(magnitude)" }
      return Expression.text(of: value)
    }
  }
}
