/// The number of columns of a panel.
private let panelWidth = 128

/// A ← L with A = L Lᵀ, by blocks: threads divide the rows of a panel, then the columns to the right of it. The cut
/// depends on n alone, so that the result has the same bits for any number of threads.
///
/// - Parameter a: A, n × n, of which what lies above the diagonal is neither read nor written.
/// - Returns: the order of the first leading minor that is not positive, and then the contents are of no use.
/// - Complexity: n³/3 flops, no copy. Uses `?potrf`, `?trsm`, `?syrk`, `?gemm`.
func factorizeCholesky<Scalar: BLASScalar>(_ a: inout ColumnMajor<Scalar>) -> Int? {
  let n = a.rowCount
  if n == 0 { return nil }
  return a.elements.withUnsafeMutableBufferPointer { a in
    let steps = CholeskySteps(n: n, a: a.baseAddress!)
    return n < smallestParallelOrder ? steps.factorize(0..<n) : steps.factorize()
  }
}

/// The memory that the threads share. Safe: each writes a block of its own.
private struct CholeskySteps<Scalar: BLASScalar>: @unchecked Sendable {
  let n: Int
  let a: UnsafeMutablePointer<Scalar>

  func factorize() -> Int? {
    let panels = stride(from: 0, to: n, by: panelWidth).map { $0..<min($0 + panelWidth, n) }
    nonisolated(unsafe) var minor = factorize(panels[0])
    for (index, panel) in panels.enumerated().dropLast() {
      if minor != nil { break }
      let rest = panels[(index + 1)...]
      concurrently(rest.count) { solve(rest[rest.startIndex + $0], panel) }
      concurrently(rest.count) {
        update(rest[rest.startIndex + $0], by: panel)
        // The next diagonal block is factored by whoever updates it, and only one does.
        if $0 == 0 { minor = factorize(rest[rest.startIndex]) }
      }
    }
    return minor
  }

  /// Factors a diagonal block.
  func factorize(_ block: Range<Int>) -> Int? {
    let j = block.lowerBound
    let info = positiveInfo(
      "potrf", Scalar.routines.potrf(lowerTriangle, block.count, a + j * n + j, n))
    return info > 0 ? j + info : nil
  }

  /// Rows of L below a diagonal block. In row-major order everything is its own transpose: L Lᵢᵀ = Aᵢᵀ.
  private func solve(_ rows: Range<Int>, _ panel: Range<Int>) {
    let j = panel.lowerBound
    Scalar.routines.trsm(
      .left, .upper, .transpose, .stored, panel.count, rows.count, a + j * n + j, n,
      a + j * n + rows.lowerBound, n)
  }

  /// Columns to the right of a panel, on and below the diagonal.
  private func update(_ columns: Range<Int>, by panel: Range<Int>) {
    let (first, next) = (columns.lowerBound, columns.upperBound), l = a + panel.lowerBound * n
    Scalar.routines.syrk(
      .upper, .transpose, columns.count, panel.count, -1, l + first, n, 1, a + first * n + first, n)
    if next == n { return }
    Scalar.routines.gemm(
      .transpose, .none, columns.count, n - next, panel.count, -1, l + first, n, l + next, n, 1,
      a + first * n + next, n)
  }
}
