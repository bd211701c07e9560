/// Consecutive rows of a ``Matrix``, sharing its storage.
///
/// A block counts its rows from 0. It keeps the whole matrix alive; `Matrix(block)` copies the rows out, for arithmetic
/// element by element.
public struct RowBlock<Scalar: BLASScalar>: RowMajor, Sendable {
  /// The matrix that the rows belong to.
  public let matrix: Matrix<Scalar>

  /// The rows' positions in ``matrix``.
  public let range: Range<Int>

  @usableFromInline
  init(of matrix: Matrix<Scalar>, range: Range<Int>) {
    require(
      range.lowerBound >= 0 && range.upperBound <= matrix.rowCount,
      "rows \(range.lowerBound)..<\(range.upperBound) are outside a \(matrix.shape) matrix")
    self.matrix = matrix
    self.range = range
  }

  /// Number of rows.
  @inlinable
  public var rowCount: Int { range.count }

  /// Number of columns.
  @inlinable
  public var columnCount: Int { matrix.columnCount }

  /// The elements, row after row, for ``RowMajor/withUnsafeElements(_:)``.
  @inlinable
  @inline(__always)
  public func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try matrix.withUnsafeElements { (whole) throws(Failure) in
      let start = range.lowerBound * columnCount
      return try body(UnsafeBufferPointer(rebasing: whole[start..<start + range.count * columnCount]))
    }
  }

  /// Rows of this block, counted from the block's first.
  public subscript(rows range: Range<Int>) -> RowBlock<Scalar> {
    require(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "rows \(range.lowerBound)..<\(range.upperBound) are outside a block of \(shape)")
    let start = self.range.lowerBound
    return RowBlock(of: matrix, range: start + range.lowerBound..<start + range.upperBound)
  }

  /// The elements, row after row, copied.
  /// - Complexity: O(rowCount · columnCount).
  public var elements: [Scalar] { withUnsafeElements { Array($0) } }

  /// Row `i` of the block, copied.
  /// - Precondition: the row exists.
  public subscript(row i: Int) -> [Scalar] {
    require(i >= 0 && i < rowCount, "row \(i) is outside a block of \(shape); rows count from 0")
    return matrix[row: range.lowerBound + i]
  }

  /// Column `j` of the block, copied.
  /// - Precondition: the column exists.
  public subscript(column j: Int) -> [Scalar] {
    require(j >= 0 && j < columnCount, "column \(j) is outside a block of \(shape); columns count from 0")
    return range.map { matrix[$0, j] }
  }

  /// The transpose of the block.
  /// - Complexity: O(rowCount · columnCount), tile by tile.
  public func transposed() -> Matrix<Scalar> {
    Matrix(
      rows: columnCount, columns: rowCount,
      elements: columnMajorElements(of: self, shape, leadingDimension: rowCount))
  }

  /// The element in row `i` of the block and column `j`, both counted from 0.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    require(i >= 0 && i < rowCount, "row \(i) is outside a block of \(shape); rows count from 0")
    return matrix[range.lowerBound + i, j]
  }
}
