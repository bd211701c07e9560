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
///   - solve: overwrites some columns of B, `order` elements apart, by those of X; it is given their number.
/// - Throws: ``LAPACKError/nonFinite(argument:row:column:)``, ``LAPACKError/overflow(result:)``.
func solution<Scalar: BLASScalar>(
  _ b: Matrix<Scalar>, _ order: Int, _ solve: @Sendable (UnsafeMutablePointer<Scalar>, Int) -> Void
) throws(LAPACKError) -> Matrix<Scalar> {
  require(b.rowCount == order, "solve: A is \(Shape(order, order)) but B is \(b.shape)")
  try checkFinite(b, "B")
  if b.isEmpty { return b }
  var x = ColumnMajor(b)
  let count = b.columnCount, isSmall = order < smallestParallelOrder || count <= columnsOfOneSolution
  let step = isSmall ? count : columnsOfOneSolution
  x.elements.withUnsafeMutableBufferPointer {
    nonisolated(unsafe) let x = $0.baseAddress!
    concurrently((count + step - 1) / step) { index in
      let first = index * step
      solve(x + first * order, min(step, count - first))
    }
  }
  return try finite(x.rowMajor, "the solution")
}

/// x for one right-hand side b, as above.
func solution<Scalar: BLASScalar>(
  _ b: [Scalar], _ order: Int, _ solve: (UnsafeMutablePointer<Scalar>, Int) -> Void
) throws(LAPACKError) -> [Scalar] {
  require(b.count == order, "solve: A is \(Shape(order, order)) but b has \(b.count) elements")
  try checkFinite(Matrix(column: b), "b")
  if b.isEmpty { return b }
  var x = b
  x.withUnsafeMutableBufferPointer { solve($0.baseAddress!, 1) }
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
