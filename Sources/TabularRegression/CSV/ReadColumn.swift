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
    let levels = words.map { String(validating: text(of: $0), as: UTF8.self) }
    if let first = levels.firstIndex(of: nil) {
      var fault = TableColumn.Fault.notUTF8(
        name, file: places[Int(words[first].row)].file, line: places[Int(words[first].row)].line, field: field
      )
      fault.count = codes.count { $0 >= 0 && levels[Int($0)] == nil }
      return .mixed(fault)
    }
    let column = TableColumn.Words(codes: Array(codes), levels: levels.compactMap(\.self))
    // C compares bytes. A word may stand in quotes, with a doubled one inside, and without; or its accents may be letters of
    // their own.
    let mayRepeat =
      words.contains(where: \.doubled) || column.levels.contains { !$0.utf8.allSatisfy { $0 < 0x80 } }
    return .words(mayRepeat ? column.withLevelsOnce : column)
  }

  private var fault: TableColumn.Fault {
    let text = text(
      offset: found.fault_offset, length: found.fault_length, doubled: found.fault_is_doubled)
    let (file, line) = places[found.fault_row]
    var fault: TableColumn.Fault =
      found.fault_is_too_large
      ? .tooLarge(name, file: file, line: line, field: field, text: text)
      : .notANumber(name, file: file, line: line, field: field, text: text)
    fault.count = found.fault_count
    return fault
  }

  private func text(of word: number_text_word) -> [UInt8] {
    text(offset: Int(word.offset), length: Int(word.length), doubled: word.doubled)
  }

  /// A field's text, without the second of each two quotes where they are doubled.
  private func text(offset: Int, length: Int, doubled: Bool) -> [UInt8] {
    let text = bytes[offset..<offset + length]
    if !doubled { return Array(text) }
    var isFirst = false
    return text.filter { byte in
      if byte != UInt8(ascii: "\"") { return true }
      isFirst.toggle()
      return isFirst
    }
  }
}

extension TableColumn.Words {
  /// The same words, each of them one level.
  fileprivate var withLevelsOnce: Self {
    var (result, positions) = (Self(), [String: Int32]())
    let newCodes = levels.map { level in
      if let position = positions[level] { return position }
      let position = Int32(result.levels.count)
      positions[level] = position
      result.levels.append(level)
      return position
    }
    result.codes = codes.map { $0 < 0 ? $0 : newCodes[Int($0)] }
    return result
  }
}
