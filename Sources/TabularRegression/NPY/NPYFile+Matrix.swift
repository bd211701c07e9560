internal import LinearAlgebra
internal import LinearRegression

extension NPYFile {
  /// Whether the elements lie as numbers of this type do in memory, row after row.
  func isStored<Scalar: BLASScalar>(as _: Scalar.Type) -> Bool {
    guard let element = layout.element else { return false }
    return element.kind == .float && element.size == MemoryLayout<Scalar>.size && !isFortranOrder
      && element.isBigEndian == (1.bigEndian == 1)
  }

  /// Reads the rows in blocks, on all threads, as they are stored.
  ///
  /// - Parameters:
  ///   - columns: positions of the columns that are read, in the file's order.
  ///   - work: works on a block, on any thread.
  ///   - take: takes what that gave in the file's order, on the caller's thread.
  /// - Precondition: the elements are stored as numbers of this type.
  func forEachMatrix<Scalar: BLASScalar, Result: Sendable>(
    _ columns: [Int], of _: Scalar.Type,
    work: @escaping @Sendable (Matrix<Scalar>) throws(TabularError) -> Result,
    take: (Result) throws(TabularError) -> Void
  ) throws(TabularError) {
    precondition(isStored(as: Scalar.self))
    try forEachRange { (rows) throws(TabularError) in
      let elements = try elements(rows, of: Scalar.self)
      if columns.count == columnNames.count {
        return try work(Matrix(rows: rows.count, columns: columns.count, elements: elements))
      }
      return try work(
        Matrix(rows: rows.count, columns: columns.count) { elements[$0 * columnNames.count + columns[$1]] })
    } take: { (result) throws(TabularError) in
      try take(result)
    }
  }

  private func elements<Scalar: BLASScalar>(
    _ rows: Range<Int>, of _: Scalar.Type
  ) throws(TabularError) -> [Scalar] {
    let rowBytes = layout.rowBytes
    var failure: TabularError?
    let elements = [Scalar](unsafeUninitializedCapacity: rows.count * columnNames.count) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(rows.count * rowBytes)])
      do throws(TabularError) {
        try file.read(bytes, at: offset + rows.lowerBound * rowBytes)
        count = rows.count * columnNames.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }
}
