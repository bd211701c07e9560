internal import LinearAlgebra
internal import LinearRegression
private import Synchronization

/// A matrix in a file of NumPy's with names for its columns: rows come out as tables.
///
/// Format versions 1 to 3, floats of 2, 4 and 8 bytes, integers and booleans, in either byte order and in C or Fortran
/// order; one dimension makes a column, and the fields of records are columns with names. NaN is a missing value. A
/// message counts rows from 1 where it has a text file's lines.
package struct NPYFile: TableSource {
  /// The file's name in messages.
  package var name: String { file.name }
  package var source: String { file.name }
  package let columnNames: [String]
  package let rowCount: Int
  /// Whether the numbers are of single precision.
  package let isSinglePrecision: Bool

  let file: RandomAccessFile
  let layout: NPYLayout
  let isFortranOrder: Bool
  let offset: Int
  private let blockBytes: Int
  /// The part of the rows that is read; nil for all.
  private let part: Part?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input, which is held in memory.
  ///   - names: the columns' names; nil for those in the file of names beside it, or V1, V2, … where there is none.
  ///   - blockBytes: bytes of a block of rows.
  ///   - part: the part of the leaves that is read; nil for all.
  /// - Throws: ``TabularError``: a file that cannot be read, or is no matrix of numbers; names that do not fit it.
  package init(
    _ path: String, names: [String]? = nil, blockBytes: Int = 4 << 20, part: Part? = nil
  ) throws(TabularError) {
    (self.blockBytes, self.part) = (blockBytes, part)
    file = try RandomAccessFile(path, upTo: (NPYHeader.longest, NPYHeader.end))
    let start = try file.bytes(NPYHeader.longest)
    let checksum: String?
    do throws(NPYHeader.Fault) {
      let header = try NPYHeader(start, fileSize: file.size)
      layout = try header.layout(fileSize: file.size)
      // Records are one after the other in either order.
      isFortranOrder = header.isFortranOrder && layout.names == nil
      (offset, checksum) = (header.offset, header.checksum)
    } catch {
      throw .matrix(path: file.name, message: error.message)
    }
    rowCount = layout.rowCount
    isSinglePrecision = layout.isSinglePrecision
    columnNames = try ColumnNames(
      names ?? layout.names, of: path, checksum: checksum, count: layout.columns.count
    ).names
  }

  /// Reads the rows in blocks, on all threads, in constant memory.
  ///
  /// - Parameters:
  ///   - columns: the columns that are read; nil for all.
  ///   - work: works on a block, on any thread.
  ///   - take: takes the blocks' results in the file's order, on the caller's thread.
  package func forEachBlock<Result: Sendable>(
    columns: Set<String>? = nil, work: @escaping @Sendable (Table) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    let missing = columns?.subtracting(columnNames).min()
    if let missing { throw .noColumn(missing, file: name, available: columnNames) }
    let chosen = columnNames.indices.filter { columns?.contains(columnNames[$0]) ?? true }
    try forEachRange { (rows) throws(TabularError) in
      try work(try table(rows, columns: chosen))
    } take: { (result) throws(TabularError) in
      try take(result)
    }
  }

  /// Works on ranges of rows of a few mebibytes, on all threads.
  func forEachRange<Result: Sendable>(
    work: @escaping @Sendable (Range<Int>) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    let blocks = division.range, position = Counter()
    try inOrder(threads: max(1, min(blocks.count, Parallelism.threads))) {
      let block = position.next()
      return block < blocks.count
        ? (position: block, piece: (blocks.lowerBound + block) * blockRows) : nil
    } makeWork: {
      { (first) throws(TabularError) in try work(first..<min(first + blockRows, rowCount)) }
    } take: { (result) throws(TabularError) in
      try take(result)
    }
    try file.requireUnchanged()
  }

  /// Rows of a block. Column after column it is as many pieces of the file as it has columns: they should not be small.
  /// Of wide rows there are twice as many as columns, up to 256 MiB: merging their factors takes as long as adding so
  /// many.
  var blockRows: Int {
    let rowBytes = layout.rowBytes
    let rows = max(1, (isFortranOrder ? 4 * blockBytes : blockBytes) / rowBytes)
    return columnNames.count > 512 ? max(rows, min(2 * columnNames.count, (256 << 20) / rowBytes)) : rows
  }

  package var division: Division {
    let name = source.split(separator: "/").last.map(String.init) ?? source
    let leaves = FileLeaves([
      FileLeaves.File(
        name: name, bytes: file.size, modified: FileStamp(path: source)?.modified,
        leaves: max(1, (rowCount + blockRows - 1) / blockRows))
    ])
    return Division(leaves, part)
  }

  package var matrix: NPYFile? { self }

  /// Nothing: the bytes of a pipe are in memory.
  package func prepareToRepeat() {}

  package func firstBlock() throws(TabularError) -> Table {
    try table(0..<min(rowCount, 1000), columns: Array(columnNames.indices))
  }

  /// Columns of consecutive rows.
  private func table(_ rows: Range<Int>, columns: [Int]) throws(TabularError) -> Table {
    let rowBytes = layout.rowBytes
    let most = isFortranOrder ? layout.columns.map(\.element.size).max() ?? 0 : rowBytes
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: rows.count * most, alignment: 16)
    defer { buffer.deallocate() }
    if !isFortranOrder { try file.read(buffer, at: offset + rows.lowerBound * rowBytes) }
    let start = UnsafeRawPointer(buffer.baseAddress!)
    var result: [TableColumn] = []
    for column in columns {
      let (element, place) = (layout.columns[column].element, layout.columns[column].offset)
      if isFortranOrder {
        try file.read(buffer, at: offset + (column * rowCount + rows.lowerBound) * element.size)
      }
      do throws(NPYElementType.InexactInteger) {
        let numbers =
          isFortranOrder
          ? try element.doubles(start, stride: element.size, count: rows.count)
          : try element.doubles(start + place, stride: rowBytes, count: rows.count)
        result.append(TableColumn(name: columnNames[column], values: .numbers(numbers)))
      } catch {
        throw .malformed(
          file: name, line: rows.lowerBound + error.row + 1, column: column + 1,
          message:
            "column \"\(printable(columnNames[column]))\": \(error.text) has more digits than a Double holds; write array.astype('<f8') if it may be rounded"
        )
      }
    }
    return Table(
      source: name, columns: result, rowCount: rows.count,
      places: RowPlaces(file: name, firstLine: rows.lowerBound + 1))
  }
}

/// Counts from 0, for several threads.
private final class Counter: Sendable {
  private let count = Atomic(0)
  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

extension Table {
  /// Reads a matrix from a file of NumPy's.
  ///
  /// Format versions 1 to 3, floats of 2, 4 and 8 bytes, integers and booleans, in either byte order and in C or
  /// Fortran order; one dimension makes a column, and the fields of records are columns with names. NaN is a missing
  /// value. An error's message counts rows from 1 in the place of lines.
  ///
  /// - Parameters:
  ///   - path: the file, or "-" for standard input.
  ///   - names: the columns' names; nil for those of the fields of records, or the lines of the file of names beside it
  ///     (`X.names` beside `X.npy`), or V1, V2, … where there is none.
  /// - Throws: ``TabularError``: a file that cannot be read, or is no matrix of numbers; an integer of 64 bits that no
  ///   Double is equal to; names that do not fit.
  public init(npy path: String, names: [String]? = nil) throws(TabularError) {
    let file = try NPYFile(path, names: names)
    var columns = file.columnNames.map { _ in [Double]() }
    for index in columns.indices { columns[index].reserveCapacity(file.rowCount) }
    try file.forEachBlock { (block) throws(TabularError) in
      block.columns
    } take: { (block) throws(TabularError) in
      for (index, column) in block.enumerated() {
        if case .numbers(let numbers) = column.values { columns[index] += numbers }
      }
    }
    self.init(
      source: file.name,
      columns: zip(file.columnNames, columns).map { TableColumn(name: $0, values: .numbers($1)) },
      rowCount: file.rowCount, places: RowPlaces(file: file.name, firstLine: 1))
  }
}
