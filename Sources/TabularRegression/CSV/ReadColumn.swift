internal import CNumberText

/// A column of a block as C has read it.
struct ReadColumn {
  let name: String
  /// Its position in a record, from 0.
  let field: Int
  let found: number_text_column
  let rowCount: Int
  let places: RowPlaces
  /// The block.
  let bytes: UnsafeBufferPointer<UInt8>

  /// What its fields hold.
  func values(_ kind: ColumnKind) -> TableColumn.Values {
    if kind == .words { return words }
    if found.fault_count > 0 { return .mixed(fault) }
    return .numbers(Array(UnsafeBufferPointer(start: found.numbers, count: rowCount)))
  }

  private var words: TableColumn.Values {
    let codes = UnsafeBufferPointer(start: found.codes, count: rowCount)
    let words = UnsafeBufferPointer(start: found.levels, count: found.level_count)
    var column = TableColumn.Words(codes: Array(codes)), invalid: Set<Int32> = []
    column.levels.reserveCapacity(words.count)
    for (index, word) in words.enumerated() {
      let text = bytes[Int(word.offset)..<Int(word.offset) + Int(word.length)]
      let level =
        word.doubled
        ? String(validating: withQuotesOnce(text), as: UTF8.self) : String(validating: text, as: UTF8.self)
      if level == nil { invalid.insert(Int32(index)) }
      column.levels.append(level ?? "")
    }
    if let first = invalid.min() {
      let (file, line) = places[Int(words[Int(first)].row)]
      var fault = TableColumn.Fault.notUTF8(name, file: file, line: line, field: field)
      fault.count = codes.count { invalid.contains($0) }
      return .mixed(fault)
    }
    // C compares bytes. A word may stand in quotes, with a doubled one inside, and without; or its accents may be letters of
    // their own.
    let mayRepeat =
      words.contains(where: \.doubled) || column.levels.contains { !$0.utf8.allSatisfy { $0 < 0x80 } }
    if !mayRepeat { return .words(column) }
    var (once, positions) = (TableColumn.Words(), [String: Int32]())
    once.append(column, &positions)
    return .words(once)
  }

  private var fault: TableColumn.Fault {
    let field = bytes[found.fault_offset..<found.fault_offset + found.fault_length]
    let text = found.fault_is_doubled ? withQuotesOnce(field) : Array(field)
    let (file, line) = places[found.fault_row]
    var fault: TableColumn.Fault =
      found.fault_is_too_large
      ? .tooLarge(name, file: file, line: line, field: self.field, text: text)
      : .notANumber(name, file: file, line: line, field: self.field, text: text)
    fault.count = found.fault_count
    return fault
  }
}

/// A field's text, where quotes are doubled, without the second of each two.
private func withQuotesOnce(_ text: some Sequence<UInt8>) -> [UInt8] {
  var isFirst = false
  return text.filter { byte in
    if byte != UInt8(ascii: "\"") { return true }
    isFirst.toggle()
    return isFirst
  }
}
