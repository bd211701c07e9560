internal import CText

extension text_kind {
  /// Whether fields are told apart and never read as numbers.
  var holdsWords: Bool { self == text_words || self == text_verbatim }
}

/// A column of a block as C has read it.
struct ReadColumn {
  let name: String
  /// Its position in a record, from 0.
  let field: Int
  let found: text_column
  let rowCount: Int
  let places: RowPlaces
  /// The block.
  let bytes: UnsafeBufferPointer<UInt8>

  /// What its fields hold.
  var values: TableColumn.Values {
    if found.kind.holdsWords { return words }
    if found.fault_count > 0 { return .mixed(fault) }
    return .numbers(Array(UnsafeBufferPointer(start: found.numbers, count: rowCount)))
  }

  /// What its numbers are beyond Doubles, where that was asked for.
  var digits: TableColumn.LowPart? {
    guard !found.kind.holdsWords, let rests = found.rests else { return nil }
    func array(_ numbers: UnsafePointer<Double>) -> [Double] {
      Array(UnsafeBufferPointer(start: numbers, count: rowCount))
    }
    let isRounded = found.fault_count > 0 && found.fault_count == found.inexact_count
    return TableColumn.LowPart(rounded: isRounded ? array(found.numbers) : nil, low: array(rests))
  }

  private var words: TableColumn.Values {
    let codes = UnsafeBufferPointer(start: found.codes, count: rowCount)
    let words = UnsafeBufferPointer(start: found.levels, count: found.level_count)
    var column = TableColumn.Words(codes: Array(codes))
    column.levels.reserveCapacity(words.count, bytes: words.reduce(0) { $0 + Int($1.length) })
    for word in words {
      let field = text_field(offset: Int(word.offset), length: Int(word.length), doubled: word.doubled)
      if word.doubled {
        field.bytes(in: bytes).withUnsafeBufferPointer { column.levels.append(utf8: $0) }
      } else {
        column.levels.append(
          utf8: UnsafeBufferPointer(rebasing: bytes[field.offset..<field.offset + field.length]))
      }
    }
    // C compares bytes. A word may stand in quotes, with a doubled one inside, and without; or its accents may be
    // letters of their own.
    if column.levels.isASCII, !words.contains(where: \.doubled) { return .words(column) }
    let invalid = Set(
      column.levels.indices.filter { String(validating: column.levels.bytes($0), as: UTF8.self) == nil }
        .map(Int32.init))
    if let first = invalid.min() {
      let (file, line) = places[Int(words[Int(first)].row)]
      var fault = TableColumn.Fault.notUTF8(name, file: file, line: line, field: field)
      fault.count = codes.count { invalid.contains($0) }
      return .mixed(fault)
    }
    var (once, positions) = (TableColumn.Words(), [String: Int32]())
    once.append(column, &positions)
    return .words(once)
  }

  private var fault: TableColumn.Fault {
    let text = found.fault.bytes(in: bytes)
    let (file, line) = places[found.fault_row]
    var fault: TableColumn.Fault =
      switch found.fault_class {
      case text_too_large: .tooLarge(name, file: file, line: line, field: field, text: text)
      case text_inexact: .inexact(name, file: file, line: line, field: field, text: text)
      default: .notANumber(name, file: file, line: line, field: field, text: text)
      }
    fault.count = found.fault_count
    fault.losesDigits = found.fault_count == found.inexact_count
    return fault
  }
}
