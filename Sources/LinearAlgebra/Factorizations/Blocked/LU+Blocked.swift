/// The number of columns of a panel, which one thread factors.
private let panelWidth = 128

/// A ← the factors of P A = L U, by blocks: while one thread factors the next panel, the others update the columns to
/// the right of it. The cut depends on n alone, so that the result has the same bits for any number of threads.
///
/// - Parameters:
///   - a: A, n × n.
///   - pivots: n elements, as `?getrf` writes them.
/// - Returns: the position of the first zero on U's diagonal, from 0.
/// - Complexity: 2/3 n³ flops, no copy. Uses `?getrf`, `?laswp`, `?trsm`, `?gemm`.
func factorizeLU<Scalar: BLASScalar>(_ a: inout ColumnMajor<Scalar>, _ pivots: inout [Int32]) -> Int? {
  let n = a.rowCount
  if n == 0 { return nil }
  return a.elements.withUnsafeMutableBufferPointer { a in
    pivots.withUnsafeMutableBufferPointer { pivots in
      let steps = LUSteps(n: n, a: a.baseAddress!, pivots: pivots.baseAddress!)
      if n < smallestParallelOrder { return steps.factorize(0..<n) }
      return steps.factorize()
    }
  }
}

/// The memory that the threads share. Safe: each writes columns of its own, and pivots of its own.
private struct LUSteps<Scalar: BLASScalar>: @unchecked Sendable {
  let n: Int
  let a: UnsafeMutablePointer<Scalar>
  let pivots: UnsafeMutablePointer<Int32>

  func factorize() -> Int? {
    let panels = stride(from: 0, to: n, by: panelWidth).map { $0..<min($0 + panelWidth, n) }
    nonisolated(unsafe) var firstZero = factorize(panels[0])
    for (index, panel) in panels.enumerated().dropLast() {
      // The next panel is factored by whoever updates it, and only one does.
      let rest = panels[(index + 1)...]
      concurrently(rest.count) {
        update(rest[rest.startIndex + $0], by: panel)
        if $0 == 0 {
          let zero = factorize(rest[rest.startIndex])
          firstZero = firstZero ?? zero
        }
      }
    }
    concurrently(panels.count - 1) { exchangeRows(of: panels[$0], panels[$0].upperBound..<n) }
    return firstZero
  }

  /// Factors a panel from its diagonal block down.
  func factorize(_ panel: Range<Int>) -> Int? {
    let j = panel.lowerBound
    let info = positiveInfo(
      "getrf", Scalar.routines.getrf(n - j, panel.count, a + j * n + j, n, pivots + j))
    for i in panel { pivots[i] += Int32(j) }
    return info > 0 ? j + info - 1 : nil
  }

  /// Columns to the right of a panel: its exchanges, its rows of U, and what remains below.
  private func update(_ columns: Range<Int>, by panel: Range<Int>) {
    let (j, next) = (panel.lowerBound, panel.upperBound), above = a + columns.lowerBound * n + j
    exchangeRows(of: columns, panel)
    // In row-major order everything is its own transpose: Uᵀ Lᵀ = Aᵀ.
    Scalar.routines.trsm(
      .right, .upper, .none, .ones, columns.count, panel.count, a + j * n + j, n, above, n)
    Scalar.routines.gemm(
      .none, .none, columns.count, n - next, panel.count, -1, above, n, a + j * n + next, n, 1,
      a + columns.lowerBound * n + next, n)
  }

  private func exchangeRows(of columns: Range<Int>, _ rows: Range<Int>) {
    positiveInfo(
      "laswp",
      Scalar.routines.laswp(
        columns.count, a + columns.lowerBound * n, n, rows.lowerBound + 1, rows.upperBound, pivots))
  }
}
