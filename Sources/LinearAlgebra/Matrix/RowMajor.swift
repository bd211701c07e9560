/// A dense matrix whose rows lie one after the other in memory: a whole ``Matrix``, a ``RowBlock`` of one, or a mapped
/// file.
///
/// The functions that read matrices (``gemv(_:_:transpose:alpha:)``, ``gemm(_:_:transposeA:transposeB:alpha:)``, …)
/// take any `RowMajor`, so a block of rows needs no copy. A type of your own may conform: whoever reads its elements
/// does so by ``withUnsafeElements(_:)``, which checks that there are as many as the shape says before BLAS sees them.
public protocol RowMajor<Scalar>: Sendable {
  /// Type of the elements.
  associatedtype Scalar: BLASScalar

  /// Consecutive rows, sharing this matrix's memory; consecutive rows of those are of the same type.
  associatedtype Rows: RowMajor<Scalar> where Rows.Rows == Rows

  /// Number of rows.
  var rowCount: Int { get }

  /// Number of columns.
  var columnCount: Int { get }

  /// Calls `body` with the elements, row after row: `rowCount * columnCount` of them.
  ///
  /// What a conforming type has to provide; ``withUnsafeElements(_:)`` is what is called.
  func withUncheckedElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// Consecutive rows, without copying.
  /// - Precondition: `range` lies within `0 ..< rowCount`.
  subscript(rows range: Range<Int>) -> Rows { get }
}

extension RowMajor {
  /// Calls `body` with the elements, row after row.
  ///
  /// The buffer must not be used after `body` returns.
  /// - Precondition: the matrix hands out `rowCount * columnCount` elements.
  @inlinable
  @inline(__always)
  public func withUnsafeElements<Result, Failure>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeElements(of: shape, body)
  }

  /// Calls `body` with the elements of a matrix that was asked for its shape before. Another answer now than then, from
  /// a type of someone else's, stops the program.
  @inlinable
  @inline(__always)
  package func withUnsafeElements<Result, Failure>(
    of shape: Shape, _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUncheckedElements { (elements) throws(Failure) in
      require(
        elements.count == elementCount(shape.rows, shape.columns),
        "a \(shape) matrix hands out \(elements.count) elements")
      return try body(elements)
    }
  }

  /// Number of rows and columns.
  @inlinable
  public var shape: Shape { Shape(rowCount, columnCount) }

  /// Whether there is no element.
  @inlinable
  public var isEmpty: Bool { rowCount == 0 || columnCount == 0 }

  /// The rows in blocks that fit in the second-level cache, in order, without copying.
  ///
  /// A block depends on the shape alone, so that whatever is summed over blocks has the same bits every time.
  /// - Complexity: O(1); each block is O(1).
  public var rowBlocks: some Sequence<Rows> {
    rowBlocks(ofRows: rowsPerCacheBlock(rowBytes: columnCount * MemoryLayout<Scalar>.stride))
  }

  /// The rows in blocks of `count`, the last one shorter where `count` does not divide `rowCount`.
  /// - Precondition: `count` is positive.
  public func rowBlocks(ofRows count: Int) -> some Sequence<Rows> {
    require(count > 0, "blocks of \(count) rows: a block has at least one row")
    return stride(from: 0, to: rowCount, by: count).lazy.map { start in
      self[rows: start..<Swift.min(start + count, self.rowCount)]
    }
  }

  /// Position of the first element that is NaN or infinite, in row order; nil when all are finite.
  ///
  /// LAPACK cannot be trusted to notice: with one infinity in A, `gelsy` reports success and all zeros.
  /// - Complexity: O(rowCount · columnCount), at the speed of `?asum`: a sum of magnitudes is finite only if all are
  ///   (or it overflowed, in which case the elements are looked at one by one).
  public func firstNonFinite() -> (row: Int, column: Int)? {
    withUnsafeElements { elements in
      let chunk = 4096
      for start in stride(from: 0, to: elements.count, by: chunk) {
        let count = Swift.min(chunk, elements.count - start)
        if Scalar.routines.asum(count, elements.baseAddress! + start).isFinite { continue }
        for index in start..<start + count where !elements[index].isFinite {
          return (index / columnCount, index % columnCount)
        }
      }
      return nil
    }
  }
}

/// The number of rows whose elements fill a quarter of a mebibyte: half of a common second-level cache, so that the
/// vectors beside them fit too. At least 16, so that blocks remain worth a BLAS call however wide the row; at most
/// 2048, so that what BLAS adds up in Float before it is added up in Double keeps its digits.
@inlinable
package func rowsPerCacheBlock(rowBytes: Int) -> Int {
  Swift.min(largestCacheBlock.rows, Swift.max(16, largestCacheBlock.bytes / Swift.max(1, rowBytes)))
}

/// Whether so few rows are one block, without the division that it takes to know how many a block has.
@inlinable
package func isOneCacheBlock(rows: Int, rowBytes: Int) -> Bool {
  rows <= largestCacheBlock.rows && rows * rowBytes <= largestCacheBlock.bytes
}

/// What a block has at most.
@inlinable
var largestCacheBlock: (rows: Int, bytes: Int) { (2048, 256 << 10) }
