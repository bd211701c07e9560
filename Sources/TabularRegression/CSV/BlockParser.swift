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
/// Blocks are read by C, which gives back those that are out of the ordinary: they are read field by field, which says what is
/// wrong with them. Both ways lead to the same table.
final class BlockParser {
  private let source: String
  private let columnNames: [String]
  private let format: TextFormat
  private let way: ParsingWay
  /// Whether rows of another number of fields than the header's are counted, and not refused.
  private let countsRaggedRows: Bool
  /// Positions of the columns to read, in their order.
  private let fields: [Int]
  private let quick: QuickParser

  init(
    source: String, columnNames: [String], selected: Set<String>?, format: TextFormat, way: ParsingWay,
    countsRaggedRows: Bool = false
  ) {
    self.source = source
    self.columnNames = columnNames
    self.format = format
    self.way = way
    self.countsRaggedRows = countsRaggedRows
    fields = columnNames.indices.filter { selected?.contains(columnNames[$0]) ?? true }
    quick = QuickParser(
      source: source, columnNames: columnNames, fields: fields, format: format, usesVectors: way == .usual)
  }

  /// Reads a block.
  ///
  /// - Parameter kinds: what the columns' fields are above the block; afterwards, below it.
  func parse(_ block: TextBlock, _ kinds: inout [ColumnKind]) throws(TabularError) -> Table {
    if way != .withCare, let table = quick.parse(block, &kinds) { return table }
    return try parseWithCare(block, &kinds)
  }

  /// Whether a block can decide what a column's fields are, with what is known above it.
  func mayDecide(_ kinds: [ColumnKind]) -> Bool { fields.contains { kinds[$0] == .undecided } }

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
    var ragged: TableColumn.Fault?
    while true {
      let count = try records.nextRecord { (field) throws(TabularError) in
        // Fields too many are counted, and reported below.
        guard field.index < positions.count, let position = positions[field.index] else { return }
        builders[position].append(field.bytes, file: block.file, line: field.line)
      }
      guard let count else { break }
      if count != columnNames.count {
        let fault = raggedRow(count, file: block.file, line: records.recordLine)
        if !countsRaggedRows { throw fault.error }
        for (position, field) in fields.enumerated() where field >= count {
          builders[position].append([], file: block.file, line: records.recordLine)
        }
        if ragged == nil { ragged = fault } else { ragged?.count += 1 }
      }
      lines.append(records.recordLine)
    }
    for builder in builders { kinds[builder.field] = builder.kind }
    var table = Table(
      source: source, columns: builders.map(\.column), rowCount: lines.count,
      places: RowPlaces(file: block.file, lines: lines))
    table.ragged = ragged
    return table
  }

  /// What is wrong with a row of so many fields.
  private func raggedRow(_ count: Int, file: String, line: Int) -> TableColumn.Fault {
    TableColumn.Fault(
      file: file, line: line, field: min(count, columnNames.count) + (count > columnNames.count ? 1 : 0),
      message:
        "the row has \(counted(count, "field")), the header has \(columnNames.count); give each row one field per column"
    )
  }
}
