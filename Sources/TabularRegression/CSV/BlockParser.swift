internal import CNumberText

/// How blocks are read; the results are the same, which is what the others are for.
enum ParsingWay {
  case usual
  /// Without instructions that only some processors have.
  case withoutVectors
  /// Field by field.
  case withCare
}

/// Reads blocks of text into tables; one for each thread, for the memory it works in.
///
/// Blocks without quotes and NUL bytes are read by C, which gives back those that are out of the ordinary. They are read
/// field by field, as are the others; both ways lead to the same table.
final class BlockParser {
  private let source: String
  private let columnNames: [String]
  private let format: TextFormat
  /// Positions of the columns to read, in their order.
  private let fields: [Int]
  private var columns: [number_text_column]
  private let numbers = Scratch<Double>()
  private let codes = Scratch<Int32>()
  private let levels = Scratch<number_text_word>()
  private let slots = Scratch<UInt32>()
  private let way: ParsingWay

  init(
    source: String, columnNames: [String], selected: Set<String>?, format: TextFormat, way: ParsingWay
  ) {
    self.source = source
    self.columnNames = columnNames
    self.format = format
    self.way = way
    fields = columnNames.indices.filter { selected?.contains(columnNames[$0]) ?? true }
    columns = Array(repeating: number_text_column(), count: columnNames.count)
  }

  /// Reads a block.
  ///
  /// - Parameter kinds: what the columns' fields are above the block; afterwards, below it.
  func parse(_ block: TextBlock, _ kinds: inout [ColumnKind]) throws(TabularError) -> Table {
    if !block.needsCare && way != .withCare, let table = parseQuickly(block, &kinds) { return table }
    return try parseWithCare(block, &kinds)
  }

  /// Whether a block can decide what a column's fields are, with what is known above it.
  func mayDecide(_ kinds: [ColumnKind]) -> Bool { fields.contains { kinds[$0] == .undecided } }

  // MARK: Field by field

  private func parseWithCare(
    _ block: TextBlock, _ kinds: inout [ColumnKind]
  ) throws(TabularError) -> Table {
    var records = CSVRecords(
      block.bytes, 0..<block.count, file: block.file, line: block.firstLine, delimiter: format.delimiter)
    records.blankLinesAreFields = columnNames.count == 1
    records.endsFile = block.endsFile
    var builders = fields.map {
      ColumnBuilder(name: columnNames[$0], field: $0, kind: kinds[$0], format: format)
    }
    var positions = [Int?](repeating: nil, count: columnNames.count)
    for (position, field) in fields.enumerated() { positions[field] = position }
    var lines: [Int] = []
    while true {
      let count = try records.nextRecord { (field) throws(TabularError) in
        // Fields too many are counted, and reported below.
        guard field.index < positions.count, let position = positions[field.index] else { return }
        builders[position].append(field.bytes, file: block.file, line: field.line)
      }
      guard let count else { break }
      if count != columnNames.count {
        throw .malformed(
          file: block.file, line: records.recordLine,
          column: min(count, columnNames.count) + (count > columnNames.count ? 1 : 0),
          message:
            "the row has \(count) \(count == 1 ? "field" : "fields"), the header has \(columnNames.count); give each row one field per column"
        )
      }
      lines.append(records.recordLine)
    }
    for builder in builders { kinds[builder.field] = builder.kind }
    let follow = lines.indices.allSatisfy { lines[$0] == lines[0] + $0 }
    return Table(
      source: source, columns: builders.map(\.column), rowCount: lines.count,
      places: follow
        ? RowPlaces(file: block.file, firstLine: lines.first ?? block.firstLine)
        : RowPlaces(file: block.file, lines: lines))
  }

  // MARK: By C

  private func parseQuickly(_ block: TextBlock, _ kinds: inout [ColumnKind]) -> Table? {
    block.bytes.withUnsafeBufferPointer { bytes in
      let bytes = UnsafeBufferPointer(rebasing: bytes[..<block.count])
      // A row has a newline, or is the last, and no fewer bytes than delimiters and its newline.
      let capacity = min(block.newlines, block.count / columnNames.count) + 1
      guard var rows = parse(bytes, kinds, capacity) else { return nil }
      let before = kinds
      for field in fields where before[field] == .undecided { kinds[field] = kind(columns[field], rows) }
      if fields.contains(where: { before[$0] == .undecided && kinds[$0] == .words }) {
        guard let again = parse(bytes, kinds, capacity) else { return nil }
        rows = again
      }
      return Table(
        source: source, columns: fields.map { column($0, rows, bytes, block, kinds[$0]) }, rowCount: rows,
        places: RowPlaces(file: block.file, firstLine: block.firstLine))
    }
  }

  /// Lets C read the rows; returns how many there are, nil where it has to be done with more care.
  private func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ kinds: [ColumnKind], _ capacity: Int) -> Int? {
    let words = fields.count { kinds[$0] == .words }
    var slotCount = 16
    while slotCount < 2 * capacity { slotCount *= 2 }
    var numbers = numbers.memory((fields.count - words) * capacity)
    var codes = codes.memory(words * capacity)
    var levels = levels.memory(words * capacity)
    var slots = slots.memory(words * slotCount)
    for field in columns.indices { columns[field].kind = number_text_skipped }
    for field in fields {
      if kinds[field] == .words {
        columns[field].kind = number_text_words
        (columns[field].codes, codes) = (codes, codes + capacity)
        (columns[field].levels, levels) = (levels, levels + capacity)
        (columns[field].slots, slots) = (slots, slots + slotCount)
        columns[field].slot_count = slotCount
      } else {
        columns[field].kind = number_text_numbers
        (columns[field].numbers, numbers) = (numbers, numbers + capacity)
      }
    }
    let rows = format.withPointer {
      number_text_read_rows(
        bytes.baseAddress, bytes.count, $0, &columns, columns.count, capacity, way == .usual)
    }
    return rows == Int(bitPattern: UInt.max) ? nil : rows
  }

  /// What the fields are that C has read as numbers.
  private func kind(_ column: number_text_column, _ rows: Int) -> ColumnKind {
    if column.fault_count > 0, column.fault_row < column.first_number { return .words }
    return column.first_number < rows ? .numbers : .undecided
  }

  private func column(
    _ field: Int, _ rows: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ block: TextBlock, _ kind: ColumnKind
  ) -> TableColumn {
    let (name, found) = (columnNames[field], columns[field])
    let values: TableColumn.Values =
      if kind == .words {
        words(name, field, found, rows, bytes, block)
      } else if found.fault_count > 0 {
        .mixed(fault(name, field, found, bytes, block))
      } else {
        .numbers(Array(UnsafeBufferPointer(start: found.numbers, count: rows)))
      }
    return TableColumn(name: name, values: values, field: field)
  }

  private func words(
    _ name: String, _ field: Int, _ found: number_text_column, _ rows: Int,
    _ bytes: UnsafeBufferPointer<UInt8>, _ block: TextBlock
  ) -> TableColumn.Values {
    let codes = UnsafeBufferPointer(start: found.codes, count: rows)
    var levels: [String] = []
    levels.reserveCapacity(found.level_count)
    var invalid: Set<Int32> = []
    var firstInvalidRow = 0
    for (index, word) in UnsafeBufferPointer(start: found.levels, count: found.level_count).enumerated() {
      let text = bytes[Int(word.offset)..<Int(word.offset) + Int(word.length)]
      if let text = String(validating: text, as: UTF8.self) {
        levels.append(text)
      } else {
        if invalid.isEmpty { firstInvalidRow = Int(word.row) }
        invalid.insert(Int32(index))
      }
    }
    if invalid.isEmpty { return .words(TableColumn.Words(codes: Array(codes), levels: levels)) }
    var fault = TableColumn.Fault.notUTF8(
      name, file: block.file, line: block.firstLine + firstInvalidRow, field: field)
    fault.count = codes.count { invalid.contains($0) }
    return .mixed(fault)
  }

  private func fault(
    _ name: String, _ field: Int, _ found: number_text_column, _ bytes: UnsafeBufferPointer<UInt8>,
    _ block: TextBlock
  ) -> TableColumn.Fault {
    let text = bytes[found.fault_offset..<found.fault_offset + found.fault_length]
    let line = block.firstLine + found.fault_row
    var fault: TableColumn.Fault =
      found.fault_is_too_large
      ? .tooLarge(name, file: block.file, line: line, field: field, text: text)
      : .notANumber(name, file: block.file, line: line, field: field, text: text)
    fault.count = found.fault_count
    return fault
  }
}

/// Memory that grows, and is not initialised.
private final class Scratch<Element: BitwiseCopyable> {
  private var buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: 1)

  /// Room for so many elements, valid until the next call.
  func memory(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > buffer.count {
      buffer.deallocate()
      buffer = .allocate(capacity: count)
    }
    return buffer.baseAddress!
  }

  deinit { buffer.deallocate() }
}
