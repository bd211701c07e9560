// Row by row, and column by column.

extension Matrix {
  /// The rows, first to last, each an array: `for row in A.rows { … }`.
  ///
  /// A row is copied when it is asked for; ``withSpan(ofRow:_:)`` copies nothing.
  @inlinable
  public var rows: RowCollection<Scalar> { RowCollection(of: self) }

  /// The columns, first to last, each an array, copied when it is asked for: `for column in A.columns { … }`.
  @inlinable
  public var columns: ColumnCollection<Scalar> { ColumnCollection(of: self) }

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

/// The rows of a ``Matrix``, each an array of its elements; shares the matrix's storage.
public struct RowCollection<Scalar: BLASScalar>: RandomAccessCollection, Sendable {
  /// The matrix that the rows belong to.
  public let matrix: Matrix<Scalar>

  @usableFromInline
  init(of matrix: Matrix<Scalar>) { self.matrix = matrix }

  /// 0
  @inlinable
  public var startIndex: Int { 0 }

  /// Number of rows.
  @inlinable
  public var endIndex: Int { matrix.rowCount }

  /// Row `i`, copied.
  @inlinable
  public subscript(i: Int) -> [Scalar] { matrix[row: i] }
}

/// The columns of a ``Matrix``, each an array of its elements; shares the matrix's storage.
public struct ColumnCollection<Scalar: BLASScalar>: RandomAccessCollection, Sendable {
  /// The matrix that the columns belong to.
  public let matrix: Matrix<Scalar>

  @usableFromInline
  init(of matrix: Matrix<Scalar>) { self.matrix = matrix }

  /// 0
  @inlinable
  public var startIndex: Int { 0 }

  /// Number of columns.
  @inlinable
  public var endIndex: Int { matrix.columnCount }

  /// Column `j`, copied.
  @inlinable
  public subscript(j: Int) -> [Scalar] { matrix[column: j] }
}
