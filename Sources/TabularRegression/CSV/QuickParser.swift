internal import CNumberText

/// Reads blocks of text by C.
final class QuickParser {
  private let source: String
  private let columnNames: [String]
  /// Positions of the columns to read, in their order.
  private let fields: [Int]
  private let format: TextFormat
  private let usesVectors: Bool
  private var columns: [number_text_column]
  private let numbers = GrowingMemory<Double>()
  private let codes = GrowingMemory<Int32>()
  private let levels = GrowingMemory<number_text_word>()
  private let slots = GrowingMemory<UInt32>()
  private let lines = GrowingMemory<UInt32>()

  /// - Parameter fields: positions of the columns to read.
  init(source: String, columnNames: [String], fields: [Int], format: TextFormat, usesVectors: Bool) {
    self.source = source
    self.columnNames = columnNames
    self.fields = fields
    self.format = format
    self.usesVectors = usesVectors
    columns = Array(repeating: number_text_column(), count: columnNames.count)
  }

  /// Reads a block; nil, and `kinds` as it was, where that has to be done with more care.
  ///
  /// - Parameter kinds: what the columns' fields are above the block; afterwards, below it.
  func parse(_ block: TextBlock, _ kinds: inout [ColumnKind]) -> Table? {
    if block.hasNULs || block.hasQuotes && format.missingTextsHaveQuotes { return nil }
    return block.bytes.withUnsafeBufferPointer { (bytes) -> Table? in
      let bytes = UnsafeBufferPointer(rebasing: bytes[..<block.count])
      // A row has a newline, or is the last, and no fewer bytes than delimiters and its newline.
      let capacity = min(block.newlines, block.count / columnNames.count) + 1
      let newlinesAbove = block.hasQuotes ? lines.room(capacity) : nil
      guard var count = read(bytes, kinds, capacity, newlinesAbove) else { return nil }
      var found = kinds
      for field in fields where kinds[field] == .undecided { found[field] = kind(columns[field], count) }
      if fields.contains(where: { kinds[$0] == .undecided && found[$0] == .words }) {
        guard let again = read(bytes, found, capacity, newlinesAbove) else { return nil }
        count = again
      }
      kinds = found
      let places =
        // Newlines above a row are as many as rows, and more from the first field with one inside on.
        if let newlinesAbove, count > 0, newlinesAbove[count - 1] >= count {
          RowPlaces(file: block.file, lines: (0..<count).map { block.firstLine + Int(newlinesAbove[$0]) })
        } else {
          RowPlaces(file: block.file, firstLine: block.firstLine)
        }
      let values = fields.map { field in
        let column = ReadColumn(
          name: columnNames[field], field: field, found: columns[field], rowCount: count, places: places,
          bytes: bytes)
        return TableColumn(name: column.name, values: column.values(found[field]), field: field)
      }
      return Table(source: source, columns: values, rowCount: count, places: places)
    }
  }

  /// Lets C read the rows; returns how many there are, nil where it has to be done with more care.
  private func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ kinds: [ColumnKind], _ capacity: Int,
    _ newlinesAbove: UnsafeMutablePointer<UInt32>?
  ) -> Int? {
    let words = fields.count { kinds[$0] == .words }
    var slotCount = 16
    while slotCount < 2 * capacity { slotCount *= 2 }
    var numbers = numbers.room((fields.count - words) * capacity)
    var codes = codes.room(words * capacity)
    var levels = levels.room(words * capacity)
    var slots = slots.room(words * slotCount)
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
        bytes.baseAddress, bytes.count, $0, &columns, columns.count, capacity, newlinesAbove, usesVectors)
    }
    return rows == Int(bitPattern: UInt.max) ? nil : rows
  }

  /// What the fields are that C has read as numbers.
  private func kind(_ column: number_text_column, _ rows: Int) -> ColumnKind {
    if column.fault_count > 0, column.fault_row < column.first_number { return .words }
    return column.first_number < rows ? .numbers : .undecided
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
