// Products of matrices and vectors, by the signs that people write.

extension Matrix {
  /// A B, the matrix product. Sometimes called `matmul`.
  ///
  /// - Parameters:
  ///   - a: A, m × k.
  ///   - b: B, k × n.
  /// - Returns: the product, m × n; zeros where k = 0.
  /// - Precondition: B has as many rows as A has columns.
  /// - Complexity: 2 m n k flops, one allocation. Uses `?gemm`; a large product is divided among threads. For Aᵀ B
  ///   without a transpose of A in memory, see ``gemm(_:_:transposeA:transposeB:alpha:)``.
  public static func * (a: Matrix, b: Matrix) -> Matrix { product(a, b) }
}

extension RowMajor {
  /// A B, the matrix product, of blocks of rows without copying them.
  /// - Precondition: B has as many rows as A has columns.
  public static func * <B: RowMajor<Scalar>>(a: Self, b: B) -> Matrix<Scalar> { product(a, b) }

  /// A x, the product of a matrix and a column.
  ///
  /// - Parameters:
  ///   - a: A, m × n.
  ///   - x: n elements.
  /// - Returns: m elements; zeros where n = 0.
  /// - Precondition: x has as many elements as A has columns.
  /// - Complexity: 2 m n flops, one allocation. Uses `?gemv`; a large product is divided among threads. For Aᵀ x see
  ///   ``gemv(_:_:transpose:alpha:)``.
  public static func * (a: Self, x: [Scalar]) -> [Scalar] {
    require(a.columnCount == x.count, "*: A is \(a.shape) but x has \(x.count) elements")
    return gemv(a, x)
  }
}

private func product<A: RowMajor, B: RowMajor<A.Scalar>>(_ a: A, _ b: B) -> Matrix<A.Scalar> {
  require(a.columnCount == b.rowCount, "*: A is \(a.shape) but B is \(b.shape)")
  return gemm(a, b)
}

/// x yᵀ, the outer product.
///
/// - Parameters:
///   - x: m elements.
///   - y: n elements.
/// - Returns: the matrix of all xᵢ yⱼ, m × n.
/// - Complexity: m n flops, one allocation.
public func outer<Scalar: BLASScalar>(_ x: [Scalar], _ y: [Scalar]) -> Matrix<Scalar> {
  Matrix(rows: x.count, columns: y.count) { result in
    y.withUnsafeBufferPointer { y in
      for (i, factor) in x.enumerated() {
        apply(
          .multiply, .scalar(factor), .elements(y.baseAddress!), count: y.count,
          into: result.baseAddress! + i * y.count)
      }
    }
  }
}

/// A ⊗ B, the Kronecker product: each element of A times the whole of B.
///
/// - Parameters:
///   - a: A, m × n.
///   - b: B, p × q.
/// - Returns: m p × n q; element (i p + k, j q + l) is A's (i, j) times B's (k, l).
/// - Complexity: m n p q flops, one allocation.
public func kronecker<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Matrix<Scalar> {
  let rows = a.rowCount.multipliedReportingOverflow(by: b.rowCount)
  let columns = a.columnCount.multipliedReportingOverflow(by: b.columnCount)
  require(!rows.overflow && !columns.overflow, "kronecker: too large, \(a.shape) and \(b.shape)")
  return Matrix(rows: rows.partialValue, columns: columns.partialValue) { result in
    b.withUnsafeElements { b0 in
      var target = result.baseAddress!
      for i in 0..<a.rowCount {
        for k in 0..<b.rowCount {
          for j in 0..<a.columnCount {
            let row = ElementOperand.elements(b0.baseAddress! + k * b.columnCount)
            apply(.multiply, .scalar(a[i, j]), row, count: b.columnCount, into: target)
            target += b.columnCount
          }
        }
      }
    }
  }
}
