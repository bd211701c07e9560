/// Blocks of a table's rows, joined.
package struct JoinedRows {
  private(set) var rowCount = 0
  private(set) var places = RowPlaces()
  package private(set) var columns: [TableColumn] = []
  private var bytesOfSmallFiles = 0
  /// Codes of the words of each column.
  private var codes: [[String: Int32]] = []

  /// No rows.
  package init() {}

  /// Appends a block with the same columns.
  package mutating func append(_ block: Table) {
    if columns.isEmpty {
      columns = block.columns
      codes = columns.map {
        guard case .words(let words) = $0.values else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(words.levels, 0...))
      }
    } else {
      for (index, column) in block.columns.enumerated() {
        columns[index].append(digits: column)
        append(column.values, to: index)
      }
    }
    places.append(block.places, afterRow: rowCount)
    rowCount += block.rowCount
    // Several small files have as many digits as one file of all rows.
    bytesOfSmallFiles += block.bytesOfSmallFiles
    if bytesOfSmallFiles > TableReader.usualBlockSize {
      for index in columns.indices { columns[index].digits = nil }
    }
  }

  private mutating func append(_ values: TableColumn.Values, to index: Int) {
    // Moved out and in again, so that appending does not copy.
    let earlier = columns[index].values
    columns[index].values = .numbers([])
    switch (consume earlier, values) {
    case (.mixed(var fault), .mixed(let later)):
      fault.count += later.count
      fault.losesDigits = fault.losesDigits && later.losesDigits
      columns[index].values = .mixed(fault)
    case (.mixed(let fault), _), (_, .mixed(let fault)):
      columns[index].values = .mixed(fault)
    case (.numbers(var numbers), .numbers(let more)):
      numbers += more
      columns[index].values = .numbers(numbers)
    case (.words(var words), .words(let more)):
      words.append(more, &codes[index])
      columns[index].values = .words(words)
    case (.numbers(let missing), .words(let more)):
      // All missing so far.
      var words = TableColumn.Words(codes: Array(repeating: -1, count: missing.count))
      words.append(more, &codes[index])
      columns[index].values = .words(words)
    case (.words(var words), .numbers(let missing)):
      words.codes += repeatElement(-1, count: missing.count)
      columns[index].values = .words(words)
    }
  }
}

extension TableColumn {
  /// Appends what the numbers of later rows are beyond Doubles; where they do not say it, it is not known here either.
  fileprivate mutating func append(digits later: TableColumn) {
    guard let more = later.digits, var joined = digits.take() else { return digits = nil }
    joined.low += more.low
    if joined.rounded != nil || more.rounded != nil {
      guard case .numbers(let earlier) = joined.rounded.map(Values.numbers) ?? values,
        case .numbers(let following) = later.roundedValues
      else { return digits = nil }
      joined.rounded = earlier + following
    }
    digits = joined
  }
}

extension Table {
  init(_ source: String, _ rows: JoinedRows) {
    self.init(source: source, columns: rows.columns, rowCount: rows.rowCount, places: rows.places)
  }

  /// All rows of a source, in memory.
  ///
  /// - Parameter progress: called with the number of rows that were read.
  package init(all rows: some TableSource, progress: (Int) -> Void = { _ in }) throws(TabularError) {
    var joined = JoinedRows(), count = 0
    try rows.forEachBlock(columns: nil) { (block) in
      block
    } take: { (block) in
      joined.append(block)
      count += block.rowCount
      progress(count)
    }
    self.init(rows.source, joined)
  }
}
