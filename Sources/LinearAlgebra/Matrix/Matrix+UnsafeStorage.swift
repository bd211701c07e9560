// The package's unsafe access to a matrix's memory.

extension Matrix {
  /// The elements, row after row, for ``RowMajor/withUnsafeElements(_:)``.
  @inlinable
  @inline(__always)
  public func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements, row after row, to be changed in place.
  ///
  /// The buffer must not be used after `body` returns.
  @inlinable
  public mutating func withUnsafeMutableElements<Result, Failure>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in try body(buffer) }
  }
}

extension Matrix {
  /// Creates a matrix whose elements `initialize` writes, all of them, row after row; it is not called where there are
  /// none, so that the buffer has a `baseAddress`.
  package init(rows: Int, columns: Int, initialize: (UnsafeMutableBufferPointer<Scalar>) -> Void) {
    let count = elementCount(rows, columns)
    let elements: [Scalar] =
      count == 0
      ? []
      : Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        initialize(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      }
    self.init(rows: rows, columns: columns, elements: elements)
  }
}

/// The elements of a row-major matrix in column-major order, columns `leadingDimension` elements apart; what lies
/// between the end of a column and the next one is zero.
///
/// - Parameter shape: the matrix's shape as it was asked for before; another one now stops the program.
func columnMajorElements<M: RowMajor>(
  of matrix: M, _ shape: Shape, leadingDimension: Int
) -> [M.Scalar] {
  precondition(leadingDimension >= shape.rows)
  return Array(unsafeUninitializedCapacity: elementCount(leadingDimension, shape.columns)) { target, count in
    count = leadingDimension * shape.columns
    if leadingDimension > shape.rows { target.initialize(repeating: 0) }
    matrix.withUnsafeElements(of: shape) { source in
      transpose(
        rows: shape.rows, columns: shape.columns, source, stride: shape.columns, into: target,
        stride: leadingDimension)
    }
  }
}

extension Matrix {
  /// Creates a matrix from column-major elements, of which the first `rows` of each column are taken.
  init(columnMajor elements: [Scalar], rows: Int, columns: Int, leadingDimension: Int) {
    precondition(leadingDimension >= rows && elements.count >= leadingDimension * columns)
    self = elements.withUnsafeBufferPointer { source in
      Matrix(rows: rows, columns: columns) { target in
        transpose(
          rows: columns, columns: rows, source, stride: leadingDimension, into: target, stride: columns)
      }
    }
  }
}

/// target(j, i) ← source(i, j) for a source of `rows` × `columns` elements, its rows `sourceStride` apart and the
/// target's `targetStride`.
///
/// LAPACKE's own row-major mode copies both ways and element by element; this copies in tiles that fit the
/// first-level cache.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func transpose<Scalar: BLASScalar>(
  rows: Int, columns: Int, _ source: UnsafeBufferPointer<Scalar>, stride sourceStride: Int,
  into target: UnsafeMutableBufferPointer<Scalar>, stride targetStride: Int
) {
  if rows == 0 || columns == 0 { return }
  precondition(source.count >= (rows - 1) * sourceStride + columns && sourceStride >= columns)
  precondition(target.count >= (columns - 1) * targetStride + rows && targetStride >= rows)
  let tile = 32
  for top in stride(from: 0, to: rows, by: tile) {
    for left in stride(from: 0, to: columns, by: tile) {
      for j in left..<min(left + tile, columns) {
        for i in top..<min(top + tile, rows) {
          target[j * targetStride + i] = source[i * sourceStride + j]
        }
      }
    }
  }
}

/// Copies a block of `rows` × `columns` elements, row by row; in the source its rows are `sourceStride` apart from
/// `sourceStart` on, in the target `targetStride` from `targetStart` on.
func copyBlock<Scalar: BLASScalar>(
  rows: Int, columns: Int, _ source: UnsafeBufferPointer<Scalar>, from sourceStart: Int,
  stride sourceStride: Int, into target: UnsafeMutableBufferPointer<Scalar>, from targetStart: Int,
  stride targetStride: Int
) {
  if rows == 0 || columns == 0 { return }
  precondition(sourceStart >= 0 && source.count - sourceStart >= (rows - 1) * sourceStride + columns)
  precondition(targetStart >= 0 && target.count - targetStart >= (rows - 1) * targetStride + columns)
  precondition(sourceStride >= columns && targetStride >= columns)
  for i in 0..<rows {
    (target.baseAddress! + targetStart + i * targetStride).update(
      from: source.baseAddress! + sourceStart + i * sourceStride, count: columns)
  }
}
