internal import CText

/// Reads blocks of text into tables; one for each thread, for the memory it works in.
final class BlockParser {
  private let source: String
  private let columnNames: [String]
  /// Positions of the columns to read, in their order.
  private let fields: [Int]
  private var format: TextFormat
  private let countsRaggedRows: Bool
  private let digits: ReadingOptions.KeptDigits
  private var columns: [text_column]
  private let numbers = GrowingMemory<Double>()
  private let rests = GrowingMemory<Double>()
  private let codes = GrowingMemory<Int32>()
  private let levels = GrowingMemory<text_word>()
  private let slots = GrowingMemory<UInt32>()
  private let lines = GrowingMemory<UInt32>()

  /// - Parameter selected: names of the columns to read; nil for all.
  init(
    source: String, columnNames: [String], selected: Set<String>?, format: TextFormat, countsRaggedRows: Bool,
    digits: ReadingOptions.KeptDigits
  ) {
    self.source = source
    self.columnNames = columnNames
    self.format = format
    self.countsRaggedRows = countsRaggedRows
    self.digits = digits
    fields = columnNames.indices.filter { selected?.contains(columnNames[$0]) ?? true }
    columns = Array(repeating: text_column(), count: columnNames.count)
  }

  /// Whether a block can decide what a column's fields are, with what is known above it.
  func mayDecide(_ kinds: [ColumnKind]) -> Bool { fields.contains { kinds[$0] == text_undecided } }

  /// Reads a block.
  ///
  /// - Parameter kinds: what the columns' fields are above the block; afterwards, below it.
  func parse(_ block: TextBlock, _ kinds: inout [ColumnKind]) throws(TabularError) -> Table {
    // A row has a newline, or is the last; where none is ragged, it has no fewer bytes than delimiters and its newline.
    let capacity =
      (countsRaggedRows ? block.newlines : min(block.newlines, block.count / columnNames.count)) + 1
    let isSmallFile = digits == .ofSmallFiles && block.isSmallFile
    prepare(kinds, capacity, keepsRests: digits == .all || isSmallFile)
    format.delimiter = block.delimiter
    let lines = lines.room(capacity)
    return try block.bytes.withUnsafeBufferPointer { (bytes) throws(TabularError) -> Table in
      let bytes = UnsafeBufferPointer(rebasing: bytes[..<block.count])
      let rows = format.withPointer {
        text_read_rows(
          bytes.baseAddress, bytes.count, $0, &columns, columns.count, capacity, lines, block.endsFile)
      }
      let fault = TableColumn.Fault(
        rows.fault, file: block.file, line: block.firstLine, columns: columnNames.count,
        count: rows.ragged_count)
      if rows.fault.kind != text_sound, !countsRaggedRows || rows.fault.kind != text_ragged {
        throw fault.error
      }
      let places =
        // Lines above a row are as many as rows where none is blank and no field holds a newline.
        if rows.count == 0 || lines[rows.count - 1] == rows.count - 1 {
          RowPlaces(file: block.file, firstLine: block.firstLine)
        } else {
          RowPlaces(file: block.file, lines: (0..<rows.count).map { block.firstLine + Int(lines[$0]) })
        }
      for field in fields { kinds[field] = columns[field].kind }
      let values = fields.map { field in
        let column = ReadColumn(
          name: columnNames[field], field: field, found: columns[field], rowCount: rows.count, places: places,
          bytes: bytes)
        return TableColumn(
          name: column.name, values: column.values, digits: column.digits, isFromText: true,
          field: field)
      }
      var table = Table(source: source, columns: values, rowCount: rows.count, places: places)
      if rows.fault.kind == text_ragged { table.ragged = fault }
      if isSmallFile { table.bytesOfSmallFiles = block.count }
      return table
    }
  }

  /// Gives each column room for what it may hold.
  private func prepare(_ kinds: [ColumnKind], _ capacity: Int, keepsRests: Bool) {
    var slotCount = 16
    while slotCount < 2 * capacity { slotCount *= 2 }
    let words = fields.count { kinds[$0] != text_numbers }
    let mayBeNumbers = fields.count { !kinds[$0].holdsWords }
    var numbers = numbers.room(mayBeNumbers * capacity)
    var rests = keepsRests ? rests.room(mayBeNumbers * capacity) : nil
    var codes = codes.room(words * capacity)
    var levels = levels.room(words * capacity)
    var slots = slots.room(words * slotCount)
    for field in fields {
      columns[field].kind = kinds[field]
      columns[field].rests = nil
      if !kinds[field].holdsWords {
        (columns[field].numbers, numbers) = (numbers, numbers + capacity)
        (columns[field].rests, rests) = (rests, rests.map { $0 + capacity })
      }
      if kinds[field] != text_numbers {
        (columns[field].codes, codes) = (codes, codes + capacity)
        (columns[field].levels, levels) = (levels, levels + capacity)
        (columns[field].slots, slots) = (slots, slots + slotCount)
        columns[field].slot_count = slotCount
      }
    }
  }
}

/// Memory that grows, and is not initialised.
private final class GrowingMemory<Element: BitwiseCopyable> {
  private var buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: 1)

  /// Room for so many elements, valid until the next call.
  func room(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > buffer.count {
      buffer.deallocate()
      buffer = .allocate(capacity: count)
    }
    return buffer.baseAddress!
  }

  deinit { buffer.deallocate() }
}
