/// An upper triangular matrix R of order p, such as the factor of A = Q R.
///
/// Stored column after column, as LAPACK reads it, with zeros below the diagonal.
public struct UpperTriangularMatrix<Scalar: BLASScalar>: Equatable, Sendable {
  /// Number of rows and columns, p.
  public let order: Int

  /// Elements, column after column.
  @usableFromInline
  var storage: [Scalar]

  /// Elements, column after column.
  package var columnMajorElements: [Scalar] { storage }

  /// Creates a matrix of zeros.
  @specialized(where Scalar == Double)
  public init(order: Int) {
    self.order = order
    storage = Array(repeating: 0, count: elementCount(order, order))
  }

  /// The element in row `i` and column `j`, counted from 0.
  /// - Precondition: both are in bounds; an element below the diagonal cannot be set.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    get {
      require(i >= 0 && i < order && j >= 0 && j < order, "element (\(i), \(j)) is outside order \(order)")
      return storage[j * order + i]
    }
    set {
      require(
        i >= 0 && i <= j && j < order, "element (\(i), \(j)) is outside an upper triangle of order \(order)")
      storage[j * order + i] = newValue
    }
  }

  /// Calls `body` with the elements, column after column, to be changed in place; those below the diagonal stay zero.
  package mutating func withUnsafeMutableColumns<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) -> Result
  ) -> Result {
    storage.withUnsafeMutableBufferPointer { body($0) }
  }

  /// Calls `body` with the elements, column after column.
  package func withUnsafeColumns<Result>(_ body: (UnsafeBufferPointer<Scalar>) -> Result) -> Result {
    storage.withUnsafeBufferPointer(body)
  }
}

extension UpperTriangularMatrix {
  /// Replaces a symmetric positive definite matrix, given by its upper triangle, by its Cholesky factor: A = RᵀR.
  ///
  /// - Throws: ``LAPACKError/notPositiveDefinite(order:)``, and the contents are then of no use. NaN and infinities are
  ///   not looked for.
  /// - Complexity: p³/3 flops. Uses `?potrf`.
  public mutating func factorizeCholesky() throws(LAPACKError) {
    if order == 0 { return }
    let order = order
    let info = storage.withUnsafeMutableBufferPointer {
      positiveInfo("potrf", Scalar.routines.potrf(upperTriangle, order, $0.baseAddress!, order))
    }
    if info > 0 { throw .notPositiveDefinite(order: info) }
  }

  /// R⁻¹
  ///
  /// - Throws: ``LAPACKError/singular(index:)`` where an element of the diagonal is zero;
  ///   ``LAPACKError/overflow(result:)`` where the inverse is not finite. NaN and infinities in R are not looked for.
  /// - Complexity: p³/3 flops. Uses `?trtri`.
  public func inverse() throws(LAPACKError) -> UpperTriangularMatrix {
    if order == 0 { return self }
    var result = self
    let info = result.storage.withUnsafeMutableBufferPointer {
      positiveInfo("trtri", Scalar.routines.trtri(upperTriangle, order, $0.baseAddress!, order))
    }
    if info > 0 { throw .singular(index: info - 1) }
    if !areFinite(result.storage) { throw .overflow(result: "the inverse") }
    return result
  }

  /// X with op(R) X = B
  ///
  /// - Parameters:
  ///   - b: B, p × k.
  ///   - transpose: op(R) = R or Rᵀ.
  /// - Returns: X, p × k.
  /// - Throws: ``LAPACKError/singular(index:)`` where an element of the diagonal is zero;
  ///   ``LAPACKError/nonFinite(argument:row:column:)``; ``LAPACKError/overflow(result:)`` where X is not finite but B
  ///   is. NaN and infinities in R are not looked for.
  /// - Precondition: B has p rows.
  /// - Complexity: p² k flops. Uses `?trtrs`.
  public func solve(
    _ b: Matrix<Scalar>, transpose: Transpose = .none
  ) throws(LAPACKError) -> Matrix<Scalar> {
    require(b.rowCount == order, "solve: R has order \(order) but B is \(b.shape)")
    if b.isEmpty { return b }
    var x = LinearAlgebra.columnMajorElements(of: b, b.shape, leadingDimension: order)
    let info = x.withUnsafeMutableBufferPointer { x in
      columnMajorElements.withUnsafeBufferPointer { r in
        positiveInfo(
          "trtrs",
          Scalar.routines.trtrs(
            upperTriangle, transpose, order, b.columnCount, r.baseAddress!, order, x.baseAddress!, order))
      }
    }
    if info > 0 { throw .singular(index: info - 1) }
    if !areFinite(x) {
      // From B, or from R. A B that is not finite gives an X that is not.
      try checkFinite(b, "B")
      throw .overflow(result: "the solution")
    }
    return Matrix(columnMajor: x, rows: order, columns: b.columnCount, leadingDimension: order)
  }

  /// The singular value decomposition R = U diag(σ) Vᵀ.
  ///
  /// - Throws: ``LAPACKError/noConvergence(remaining:)``.
  /// - Complexity: about 22 p³ flops. Uses `?gesdd`.
  public func singularValueDecomposition() throws(LAPACKError) -> SVD<Scalar> {
    let parts = try gesdd(ColumnMajor(rowCount: order, columnCount: order, elements: storage), .thin)
    return SVD(u: parts.u.rowMajor, values: parts.values, v: parts.vt.transposed)
  }
}

private func areFinite<Scalar: BLASScalar>(_ elements: [Scalar]) -> Bool {
  Matrix(rows: 1, columns: elements.count, elements: elements).firstNonFinite() == nil
}

extension UpperTriangularMatrix {
  /// The elements on and above the diagonal, column by column: p (p + 1) / 2 of them.
  package var packedColumns: [Scalar] {
    (0..<order).flatMap { j in columnMajorElements[j * order...j * order + j] }
  }

  /// Creates a matrix from its elements on and above the diagonal, column by column.
  /// - Precondition: there are p (p + 1) / 2 elements.
  package init(order: Int, packedColumns elements: [Scalar]) {
    require(
      elements.count == order * (order + 1) / 2,
      "an upper triangle of order \(order) has \(order * (order + 1) / 2) elements, not \(elements.count)")
    self.init(order: order)
    var next = 0
    for j in 0..<order {
      for i in 0...j {
        storage[j * order + i] = elements[next]
        next += 1
      }
    }
  }
}
