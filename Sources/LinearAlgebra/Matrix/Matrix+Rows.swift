// Row by row, and column by column.

extension Matrix {
  /// The rows, first to last, each an array: `for row in A.rows { … }`.
  ///
  /// A row is copied when it is asked for; ``withSpan(ofRow:_:)`` copies nothing.
  @inlinable
  public var rows: LazyMapCollection<Range<Int>, [Scalar]> { (0..<rowCount).lazy.map { self[row: $0] } }

  /// The columns, first to last, each an array, copied when it is asked for: `for column in A.columns { … }`.
  @inlinable
  public var columns: LazyMapCollection<Range<Int>, [Scalar]> {
    (0..<columnCount).lazy.map { self[column: $0] }
  }

  /// Calls `body` with row `i`, without copying it.
  ///
  /// ```swift
  /// let largest = A.withSpan(ofRow: 2) { row in row.indices.reduce(0) { max($0, abs(row[$1])) } }
  /// ```
  /// - Precondition: the row exists.
  @inlinable
  public func withSpan<Result, Failure>(
    ofRow i: Int, _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    require(i >= 0 && i < rowCount, "row \(i) is outside a \(shape) matrix; rows count from 0")
    return try body(storage.span.extracting(i * columnCount..<(i + 1) * columnCount))
  }
}
