// LAPACK: symmetric matrices that need not be positive definite.

/// P A Pᵀ = L D Lᵀ of a symmetric matrix: L unit lower triangular, D block diagonal with blocks of order 1 and 2, P a
/// permutation (Bunch and Kaufman 1977, doi:10.1090/S0025-5718-1977-0428694-0).
///
/// A singular matrix has the factorization too; it has no solution and no inverse.
public struct LDL<Scalar: BLASScalar>: Sendable {
  /// D on the diagonal and below it where a block has the order 2, L elsewhere below it.
  private let factors: ColumnMajor<Scalar>

  /// As `?sytrf` writes them for the lower triangle: from 1; negative for both columns of a block of order 2.
  private let pivots: [Int32]

  /// ‖σ A‖₁
  private let norm: Scalar

  /// σ, the power of two that what was factored is A times.
  private let scale: Scalar

  /// Position of the first zero on D's diagonal, from 0; nil where there is none.
  public let firstZeroPivot: Int?

  /// Factors a symmetric matrix.
  ///
  /// - Parameters:
  ///   - a: A, n × n.
  ///   - triangle: the triangle of A that is read; what the other holds does not matter. Nil, the default, reads both,
  ///     which have to be equal up to n ε max |A|, and uses the upper one.
  /// - Throws: ``LAPACKError/notSymmetric(row:column:)``, ``LAPACKError/nonFinite(argument:row:column:)``;
  ///   ``LAPACKError/overflow(result:)`` where pivots are so small beside other elements that their reciprocals overflow.
  /// - Precondition: A is square.
  /// - Complexity: n³/3 flops, one copy. Uses `?sytrf`.
  @specialized(where Scalar == Float, M == Matrix<Float>)
  @specialized(where Scalar == Double, M == Matrix<Double>)
  public init<M: RowMajor<Scalar>>(factoring a: M, triangle: Triangle? = nil) throws(LAPACKError) {
    var factors = try ColumnMajor(symmetric: a, triangle, "LDL")
    let n = factors.rowCount
    scale = factors.scaleToSafeRange()
    norm = factors.symmetricNorm1()
    var pivots = [Int32](repeating: 0, count: n)
    var info = 0
    if n > 0 {
      info = withWorkspace("sytrf") { work, lwork in
        Scalar.routines.sytrf(lowerTriangle, n, &factors.elements, n, &pivots, work, lwork)
      }
    }
    try factors.checkPivots()
    firstZeroPivot = info > 0 ? info - 1 : nil
    (self.factors, self.pivots) = (factors, pivots)
  }

  /// The order of A, n.
  public var order: Int { factors.rowCount }

  /// Whether D is exactly singular.
  public var isSingular: Bool { firstZeroPivot != nil }

  /// The positions of D's blocks on the diagonal, in order.
  private var blocks: [Range<Int>] {
    var blocks: [Range<Int>] = [], start = 0
    while start < order {
      blocks.append(start..<start + (pivots[start] > 0 ? 1 : 2))
      start = blocks.last!.upperBound
    }
    return blocks
  }

  private subscript(i: Int, j: Int) -> Scalar { factors.elements[j * order + i] }

  /// P as a list: row and column i of L D Lᵀ are row and column `permutation[i]` of A.
  public var permutation: [Int] {
    var rows = Array(0..<order)
    for block in blocks { rows.swapAt(block.upperBound - 1, Int(abs(pivots[block.lowerBound])) - 1) }
    return rows
  }

  /// L, n × n, with ones on the diagonal.
  public var lower: Matrix<Scalar> {
    var l = factors.unitLowerTrapezoid(columns: order).rowMajor
    for block in blocks {
      if block.count == 2 { l[block.lowerBound + 1, block.lowerBound] = 0 }
      // `?sytrf` leaves the columns before a block as they were before its rows were exchanged.
      let (i, pivot) = (block.upperBound - 1, Int(abs(pivots[block.lowerBound])) - 1)
      if i == pivot { continue }
      for j in 0..<block.lowerBound { (l[i, j], l[pivot, j]) = (l[pivot, j], l[i, j]) }
    }
    return l
  }

  /// D, n × n.
  public var blockDiagonal: Matrix<Scalar> { (1 / scale) * scaledBlockDiagonal }

  /// σ D
  private var scaledBlockDiagonal: Matrix<Scalar> {
    var d = Matrix<Scalar>.zeros(order, order)
    for block in blocks {
      let i = block.lowerBound
      d[i, i] = self[i, i]
      if block.count == 2 {
        d[i + 1, i + 1] = self[i + 1, i + 1]
        d[i, i + 1] = self[i + 1, i]
        d[i + 1, i] = self[i + 1, i]
      }
    }
    return d
  }

  /// Pᵀ L D Lᵀ P, n × n: A but for rounding.
  /// - Complexity: 4 n³ flops.
  public func reconstructed() -> Matrix<Scalar> {
    var inverse = permutation
    for (i, row) in permutation.enumerated() { inverse[row] = i }
    let l = lower.rows(inverse)
    return gemm(gemm(l, scaledBlockDiagonal), l, transposeB: .transpose, alpha: 1 / scale)
  }
}

extension LDL {
  /// The numbers of positive, negative and zero eigenvalues of A, which are those of D (Sylvester's law of inertia).
  ///
  /// Rounding makes small ones of what is zero in exact arithmetic.
  /// - Complexity: O(n).
  public var inertia: (positive: Int, negative: Int, zero: Int) {
    blocks.reduce(into: (0, 0, 0)) { counts, block in
      if block.count == 2 {
        // Chosen where the off-diagonal element is so large that the determinant is negative.
        counts.0 += 1
        counts.1 += 1
      } else {
        let pivot = self[block.lowerBound, block.lowerBound]
        if pivot > 0 { counts.0 += 1 } else if pivot < 0 { counts.1 += 1 } else { counts.2 += 1 }
      }
    }
  }

  /// det A; 0 for a singular matrix, 1 for an empty one. Overflows and underflows only where det A itself does.
  /// - Complexity: O(n).
  public var determinant: Scalar { diagonalProduct.value }

  /// The sign of det A and ln |det A|, which does not overflow.
  /// - Complexity: O(n).
  public var logDeterminant: LogDeterminant<Scalar> { diagonalProduct.logarithm }

  private var diagonalProduct: ScaledProduct<Scalar> {
    var product = ScaledProduct<Scalar>()
    for block in blocks {
      let i = block.lowerBound
      if block.count == 1 {
        product.multiply(by: self[i, i])
      } else {
        // d₁ d₂ − e² = e² (d₁/e · d₂/e − 1)
        let e = self[i + 1, i]
        product.multiply(by: e)
        product.multiply(by: e)
        product.multiply(by: self[i, i] / e * (self[i + 1, i + 1] / e) - 1)
      }
    }
    product.multiply(by: 1 / scale, times: order)
    return product
  }

  /// An estimate of κ₁(A) = ‖A‖₁ ‖A⁻¹‖₁: infinity for a singular matrix, 1 for an empty one. Seldom too small by more
  /// than a factor of 3 (Higham 1988, doi:10.1145/50063.214386).
  /// - Complexity: O(n²) flops. Uses `?sycon`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func conditionEstimate() -> Scalar {
    if order == 0 { return 1 }
    if isSingular { return .infinity }
    return 1
      / reciprocalConditionNumber("sycon", order, workPerColumn: 2) { result, work, integers in
        Scalar.routines.sycon(
          lowerTriangle, order, factors.elements, order, pivots, norm, result, work, integers)
      }
  }

  /// x with A x = b.
  ///
  /// - Parameter b: n elements.
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/overflow(result:)``.
  /// - Precondition: b has n elements.
  /// - Complexity: 2 n² flops. Uses `?sytrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: [Scalar]) throws(LAPACKError) -> [Scalar] {
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    return try solution(b, order, scale: scale, sytrs)
  }

  /// X with A X = B.
  ///
  /// - Parameter b: B, n × k.
  /// - Returns: X, n × k.
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/nonFinite(argument:row:column:)``,
  ///   ``LAPACKError/overflow(result:)``.
  /// - Precondition: B has n rows.
  /// - Complexity: 2 n² k flops; one copy of B. Uses `?sytrs`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func solve(_ b: Matrix<Scalar>) throws(LAPACKError) -> Matrix<Scalar> {
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    return try solution(b, order, scale: scale, sytrs)
  }

  @Sendable
  private func sytrs(_ x: UnsafeMutablePointer<Scalar>, _ count: Int) {
    positiveInfo(
      "sytrs", Scalar.routines.sytrs(lowerTriangle, order, count, factors.elements, order, pivots, x, order))
  }

  /// A⁻¹, n × n, exactly symmetric.
  ///
  /// - Throws: ``LAPACKError/singular(index:)``, ``LAPACKError/overflow(result:)``.
  /// - Complexity: 2/3 n³ flops beyond the factorization, at the speed of memory. Uses `?sytri`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inverse() throws(LAPACKError) -> Matrix<Scalar> {
    if let firstZeroPivot { throw .singular(index: firstZeroPivot) }
    if order == 0 { return .zeros(0, 0) }
    var result = factors
    var work: [Scalar] = zeros(order)
    positiveInfo("sytri", Scalar.routines.sytri(lowerTriangle, order, &result.elements, order, pivots, &work))
    result.mirrorLowerTriangle()
    result.multiply(by: scale)
    return try finite(result.transposed, "the inverse")
  }
}
