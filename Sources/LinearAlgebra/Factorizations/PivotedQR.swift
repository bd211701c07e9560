// LAPACK: the QR factorization with column pivoting.

/// A P = Q R of an m × n matrix: P a permutation of columns that brings the largest remaining column to the front, so
/// that the magnitudes on R's diagonal do not increase and tell the rank (Quintana-Ortí, Sun and Bischof 1998,
/// doi:10.1137/S1064827595296732).
public struct PivotedQR<Scalar: BLASScalar>: Sendable {
  /// R on and above the diagonal; below it the vectors of the reflectors.
  private let factors: ColumnMajor<Scalar>

  /// σ, the power of two that what was factored is A times.
  private let scale: Scalar

  /// The scalar factors of the min(m, n) reflectors.
  private let tau: [Scalar]

  /// P as a list: column j of Q R is column `permutation[j]` of A.
  public let permutation: [Int]

  /// Factors a matrix of any shape.
  ///
  /// - Parameter a: A, m × n.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``.
  /// - Complexity: 2 n² (m − n/3) flops for m ≥ n, half of them at the speed of memory; one copy. Uses `?geqp3`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M) throws(LAPACKError) {
    try checkFinite(a, "A")
    var factors = ColumnMajor(a)
    scale = factors.scaleToSafeRange()
    let (m, n) = (factors.rowCount, factors.columnCount)
    var tau: [Scalar] = zeros(min(m, n))
    var pivots = [Int32](repeating: 0, count: n)  // zero: every column may move
    if tau.isEmpty {
      permutation = Array(0..<n)
    } else {
      _ = withWorkspace("geqp3") { work, lwork in
        Scalar.routines.geqp3(m, n, &factors.elements, m, &pivots, &tau, work, lwork)
      }
      permutation = pivots.map { Int($0) - 1 }
    }
    (self.factors, self.tau) = (factors, tau)
  }

  /// The number of rows of A, m.
  public var rowCount: Int { factors.rowCount }

  /// The number of columns of A, n.
  public var columnCount: Int { factors.columnCount }

  private var shape: Shape { factors.shape }

  /// R, min(m, n) × n. Its diagonal may have either sign; its magnitudes do not increase.
  public var r: Matrix<Scalar> {
    factors.upperTrapezoid(rows: tau.count).times(1 / scale).rowMajor
  }

  /// The first min(m, n) columns of Q.
  /// - Complexity: 4 m n² − 2 … 4/3 n³ flops for m ≥ n. Uses `?orgqr`.
  public var q: Matrix<Scalar> {
    if tau.isEmpty { return .zeros(rowCount, 0) }
    let (m, k) = (rowCount, tau.count)
    var q = ColumnMajor(rowCount: m, columnCount: k, elements: Array(factors.elements[..<(m * k)]))
    _ = withWorkspace("orgqr") { work, lwork in
      Scalar.routines.orgqr(m, k, k, &q.elements, m, tau, work, lwork)
    }
    return q.rowMajor
  }

  /// Q R Pᵀ, m × n: A but for rounding.
  /// - Complexity: 4 m n² flops for m ≥ n. Uses `?ormqr`.
  public func reconstructed() -> Matrix<Scalar> {
    var product = factors.upperTrapezoid(rows: rowCount)
    multiplyByQ(&product, .none)
    // Columns back to their places are rows of the transpose.
    return product.times(1 / scale).transposed.rows(inversePermutation).transposed()
  }

  /// The numerical rank: the number of elements on R's diagonal above a tolerance.
  ///
  /// There are matrices whose rank it overestimates (Kahan 1966); ``SVD/rank(relativeTolerance:)`` does not.
  /// - Parameter relativeTolerance: the tolerance in units of the first of them; max(m, n) ε by default.
  public func rank(relativeTolerance: Scalar? = nil) -> Int {
    let tolerance = LinearAlgebra.relativeTolerance(relativeTolerance, shape, "rank: relativeTolerance")
    let diagonal = factors.diagonal
    guard let first = diagonal.first else { return 0 }
    return diagonal.prefix { abs($0) > tolerance * abs(first) }.count
  }

  /// An estimate of κ₁ of R's first min(m, n) columns; infinity where the diagonal has a zero, 1 for an empty matrix.
  /// - Complexity: O(min(m, n)²) flops. Uses `?trcon`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar {
    1 / triangularReciprocalCondition(factors, tau.count, upperTriangle)
  }

  private var inversePermutation: [Int] {
    var inverse = permutation
    for (j, column) in permutation.enumerated() { inverse[column] = j }
    return inverse
  }

  private func multiplyByQ(_ b: inout ColumnMajor<Scalar>, _ op: Transpose) {
    if tau.isEmpty || b.columnCount == 0 { return }
    let (m, k) = (rowCount, b.columnCount)
    _ = withWorkspace("ormqr") { work, lwork in
      Scalar.routines.ormqr(op, m, k, tau.count, factors.elements, m, tau, &b.elements, m, work, lwork)
    }
  }
}

extension PivotedQR {
  /// The least-squares solution of least norm, as `solve` for a matrix of one right-hand side.
  ///
  /// - Parameters:
  ///   - b: m elements.
  ///   - relativeTolerance: as for ``rank(relativeTolerance:)``.
  /// - Returns: n elements.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: b has m elements.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar], relativeTolerance: Scalar? = nil) throws(LAPACKError) -> [Scalar] {
    require(b.count == rowCount, "solve: A is \(shape) but b has \(b.count) elements")
    return try solve(Matrix(column: b), relativeTolerance: relativeTolerance).elements
  }

  /// The X of least norm among those that minimise ‖B − A X‖₂, column by column, for A of any shape and rank.
  ///
  /// - Parameters:
  ///   - b: B, m × k.
  ///   - relativeTolerance: as for ``rank(relativeTolerance:)``; what lies below the rank counts as zero.
  /// - Returns: X, n × k.
  /// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
  /// - Precondition: B has m rows.
  /// - Complexity: 4 m n k flops, and 2 n r² for a rank r < n. Uses `?ormqr`, `?trtrs`, `?geqrt`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(
    _ b: Matrix<Scalar>, relativeTolerance: Scalar? = nil
  ) throws(LAPACKError) -> Matrix<Scalar> {
    require(b.rowCount == rowCount, "solve: A is \(shape) but B is \(b.shape)")
    try checkFinite(b, "B")
    let rank = rank(relativeTolerance: relativeTolerance), n = columnCount
    if rank == 0 { return .zeros(n, b.columnCount) }
    var product = ColumnMajor(b)
    let scaleOfB = product.scaleToSafeRange()
    multiplyByQ(&product, .transpose)
    var x = ColumnMajor<Scalar>(zeros: n, b.columnCount)
    for column in 0..<b.columnCount {
      let (from, to) = (column * rowCount, column * n)
      x.elements.replaceSubrange(to..<to + rank, with: product.elements[from..<from + rank])
    }
    if rank == n {
      try solveTriangle(factors, n, upperTriangle, .none, &x)
    } else {
      // [R₁₁ R₁₂]ᵀ = W S: z = W S⁻ᵀ c is the solution of least norm of [R₁₁ R₁₂] z = c.
      let trapezoid = factors.upperTrapezoid(rows: rank).rowMajor
      let w = BlockReflectors(factoring: ColumnMajor(transposing: trapezoid))
      try solveTriangle(w.factors, rank, upperTriangle, .transpose, &x)
      w.multiply(&x, .none)
    }
    x.multiply(by: scale, over: scaleOfB)
    return try finite(x.rowMajor.rows(inversePermutation), "the solution")
  }
}
