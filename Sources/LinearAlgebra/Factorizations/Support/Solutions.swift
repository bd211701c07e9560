// What the solvers have in common.

/// The number of columns that one thread solves for at a time.
private let columnsOfOneSolution = 128

/// The order from which factorizations are divided among threads.
let smallestParallelOrder = 256

/// X for a matrix B of right-hand sides.
///
/// - Parameters:
///   - b: B, n × k.
///   - order: n.
///   - scale: the power of two that the factored matrix is A times.
///   - solve: overwrites some columns of B, `order` elements apart, by those of X; it is given their number.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
func solution<Scalar: BLASScalar>(
  _ b: Matrix<Scalar>, _ order: Int, scale: Scalar,
  _ solve: @Sendable (UnsafeMutablePointer<Scalar>, Int) -> Void
) throws(LAPACKError) -> Matrix<Scalar> {
  require(b.rowCount == order, "solve: A is \(Shape(order, order)) but B is \(b.shape)")
  try checkFinite(b, "B")
  if b.isEmpty { return b }
  var x = ColumnMajor(b)
  // σ A x = σ b: the product with a large σ comes last, that with a small one first.
  if scale < 1 { x.multiply(by: scale) }
  let count = b.columnCount, isSmall = order < smallestParallelOrder || count <= columnsOfOneSolution
  let step = isSmall ? count : columnsOfOneSolution
  x.elements.withUnsafeMutableBufferPointer {
    nonisolated(unsafe) let x = $0.baseAddress!
    concurrently((count + step - 1) / step) { index in
      let first = index * step
      solve(x + first * order, min(step, count - first))
    }
  }
  if scale > 1 { x.multiply(by: scale) }
  return try finite(x.rowMajor, "the solution")
}

/// x for one right-hand side b, as above.
func solution<Scalar: BLASScalar>(
  _ b: [Scalar], _ order: Int, scale: Scalar, _ solve: (UnsafeMutablePointer<Scalar>, Int) -> Void
) throws(LAPACKError) -> [Scalar] {
  require(b.count == order, "solve: A is \(Shape(order, order)) but b has \(b.count) elements")
  try checkFinite(Matrix(column: b), "b")
  if b.isEmpty { return b }
  var x = scale < 1 ? scale * b : b
  x.withUnsafeMutableBufferPointer { solve($0.baseAddress!, 1) }
  if scale > 1 { x = scale * x }
  _ = try finite(Matrix(column: x), "the solution")
  return x
}

/// The result, where all its elements are finite.
func finite<Scalar: BLASScalar>(
  _ result: Matrix<Scalar>, _ name: StaticString
) throws(LAPACKError) -> Matrix<Scalar> {
  if result.firstNonFinite() != nil { throw .overflow(result: "\(name)") }
  return result
}

/// What one of LAPACK's condition estimators finds.
func reciprocalConditionNumber<Scalar: BLASScalar>(
  _ routine: StaticString, _ order: Int, workPerColumn: Int,
  _ call: (
    _ result: UnsafeMutablePointer<Scalar>, _ work: UnsafeMutablePointer<Scalar>,
    _ integers: UnsafeMutablePointer<Int32>
  ) -> Int32
) -> Scalar {
  var result: Scalar = 0
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: workPerColumn * order) { work in
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: order) { integers in
      _ = positiveInfo(routine, call(&result, work.baseAddress!, integers.baseAddress!))
    }
  }
  return result
}

/// The order up to which 1 / κ₁ is computed, which is faster there than LAPACK's estimate.
let largestOrderOfExactCondition = 8

/// 1 / κ₁(A) for a small A, from ‖A‖₁ and the factors of A = L U, or of a permutation of A's rows.
///
/// - Parameters:
///   - factors: L below the diagonal, column-major, n × n; and U or, for `isSymmetric`, L's diagonal, with U = Lᵀ.
///   - norm: ‖A‖₁.
/// - Complexity: 4/3 n³ flops, one small allocation on the stack.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func smallReciprocalCondition<Scalar: BLASScalar>(
  _ factors: ColumnMajor<Scalar>, isSymmetric: Bool, norm: Scalar
) -> Scalar {
  let n = factors.rowCount
  let (row, column) = isSymmetric ? (n, 1) : (1, n)  // strides of U
  let largest = withUnsafeTemporaryAllocation(of: Scalar.self, capacity: n) { x in
    factors.elements.withUnsafeBufferPointer { f in
      var largest: Scalar = 0
      for unit in 0..<n {
        // L U x = a column of the identity; the order of the columns is of no matter.
        for i in 0..<n {
          var sum: Scalar = i == unit ? 1 : 0
          for j in unit..<max(unit, i) { sum -= f[j * n + i] * x[j] }
          x[i] = i < unit ? 0 : isSymmetric ? sum / f[i * n + i] : sum
        }
        var magnitudes: Scalar = 0
        for i in (0..<n).reversed() {
          for j in i + 1..<n { x[i] -= f[i * row + j * column] * x[j] }
          x[i] /= f[i * n + i]
          magnitudes += abs(x[i])
        }
        // Not max(): NaN, of infinities that cancel, has to get through.
        if !(magnitudes <= largest) { largest = magnitudes }
      }
      return largest
    }
  }
  let reciprocal = 1 / largest / norm
  return reciprocal.isFinite ? reciprocal : 0
}
