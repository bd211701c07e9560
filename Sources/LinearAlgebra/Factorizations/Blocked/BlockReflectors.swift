/// A = Q R with Q as blocks of Householder reflectors I − V T Vᵀ (Schreiber and Van Loan 1989, doi:10.1137/0910005).
///
/// Columns are divided among threads; the cut depends on the shape alone, so that results have the same bits for any
/// number of threads.
struct BlockReflectors<Scalar: BLASScalar>: Sendable {
  /// R on and above the diagonal, V below it: m × n.
  private(set) var factors: ColumnMajor<Scalar>

  /// The triangles T, `blockSize` rows, side by side.
  private var t: [Scalar]

  /// The number of reflectors, min(m, n).
  let count: Int

  /// The number of reflectors of a block, of which a panel has several.
  private let blockSize: Int

  private static var largestBlock: Int { 32 }
  private static var largestGivenBlock: Int { 64 }
  private static var panelWidth: Int { 64 }
  private static var chunkWidth: Int { 128 }

  /// Factors a matrix: while one thread factors the next panel, the others update the columns to the right of it.
  init(factoring a: consuming ColumnMajor<Scalar>) {
    factors = a
    count = min(factors.rowCount, factors.columnCount)
    blockSize = max(1, min(Self.largestBlock, count))
    t = zeros(blockSize * count)
    if count == 0 { return }
    let (m, n, count, blockSize) = (factors.rowCount, factors.columnCount, count, blockSize)
    factors.elements.withUnsafeMutableBufferPointer { a in
      t.withUnsafeMutableBufferPointer { t in
        let steps = ReflectorSteps(m: m, n: n, blockSize: blockSize, v: a.baseAddress!, t: t.baseAddress!)
        if n < smallestParallelOrder || m < smallestParallelOrder { return steps.factorize(0..<n) }
        for panel in chunks(0..<count, Self.panelWidth) {
          // All but the first panel have been factored by the thread that updated them.
          if panel.lowerBound == 0 { steps.factorize(panel) }
          let next = panel.upperBound..<min(panel.upperBound + Self.panelWidth, count)
          let rest = (next.isEmpty ? [] : [next]) + chunks(next.upperBound..<n, Self.chunkWidth)
          concurrently(rest.count) { index in
            let columns = rest[index]
            steps.multiply(steps.v + columns.lowerBound * m, columns.count, panel, .transpose)
            if columns == next { steps.factorize(next) }
          }
        }
      }
    }
  }

  /// The product of reflectors I − τ v vᵀ that another factorization has found.
  ///
  /// - Parameters:
  ///   - vectors: their vectors v below the diagonal, m × k with m ≥ k.
  ///   - tau: k factors τ.
  init(vectors: consuming ColumnMajor<Scalar>, tau: [Scalar]) {
    factors = vectors
    let (m, count) = (factors.rowCount, factors.columnCount)
    let blockSize = max(1, min(Self.largestGivenBlock, count))
    (self.count, self.blockSize) = (count, blockSize)
    t = zeros(blockSize * count)
    if count == 0 { return }
    let blocks = chunks(0..<count, blockSize)
    factors.elements.withUnsafeMutableBufferPointer { v in
      t.withUnsafeMutableBufferPointer { t in
        let steps = ReflectorSteps(m: m, n: count, blockSize: blockSize, v: v.baseAddress!, t: t.baseAddress!)
        concurrently(blocks.count) { steps.combine(blocks[$0], tau) }
      }
    }
  }

  /// B ← Q B or Qᵀ B, of which the rows above `firstRow` stay as they are.
  func multiply(_ b: inout ColumnMajor<Scalar>, _ op: Transpose, firstRow: Int = 0) {
    if count == 0 || b.columnCount == 0 { return }
    let m = b.rowCount
    precondition(m == firstRow + factors.rowCount)
    let isSmall = m < smallestParallelOrder || b.columnCount <= Self.chunkWidth
    let parts = chunks(0..<b.columnCount, isSmall ? b.columnCount : Self.chunkWidth)
    withSteps(&b) { steps, b in
      concurrently(parts.count) {
        steps.multiply(
          b.pointer + parts[$0].lowerBound * m + firstRow, parts[$0].count, 0..<count, op, stride: m)
      }
    }
  }

  /// The first columns of Q.
  ///
  /// - Complexity: the block of columns j … has an effect on columns j … of the identity only, which halves the flops.
  func orthogonalColumns(_ columnCount: Int) -> ColumnMajor<Scalar> {
    let m = factors.rowCount, width = Self.panelWidth
    var q = ColumnMajor<Scalar>(zeros: m, columnCount)
    for i in 0..<columnCount { q.elements[i * m + i] = 1 }
    if count == 0 || columnCount == 0 { return q }
    let panels = chunks(0..<count, width)
    let parts = chunks(0..<columnCount, m < smallestParallelOrder ? columnCount : Self.chunkWidth)
    withSteps(&q) { steps, q in
      concurrently(parts.count) { index in
        let part = parts[parts.count - 1 - index]  // those with most work first
        for panel in panels.reversed() where panel.lowerBound < part.upperBound {
          let first = max(panel.lowerBound, part.lowerBound)
          steps.multiply(q.pointer + first * m, part.upperBound - first, panel, .none)
        }
      }
    }
    return q
  }

  private func withSteps(
    _ b: inout ColumnMajor<Scalar>,
    _ body: (ReflectorSteps<Scalar>, SharedColumns<Scalar>) -> Void
  ) {
    let (m, n) = (factors.rowCount, factors.columnCount)
    factors.elements.withUnsafeBufferPointer { a in
      t.withUnsafeBufferPointer { t in
        b.elements.withUnsafeMutableBufferPointer { b in
          let steps = ReflectorSteps(
            m: m, n: n, blockSize: blockSize, v: UnsafeMutablePointer(mutating: a.baseAddress!),
            t: UnsafeMutablePointer(mutating: t.baseAddress!))
          body(steps, SharedColumns(pointer: b.baseAddress!))
        }
      }
    }
  }
}

/// The memory that the threads share. Safe: each writes columns of its own, and reads reflectors that are done.
private struct ReflectorSteps<Scalar: BLASScalar>: @unchecked Sendable {
  let m: Int, n: Int, blockSize: Int
  let v: UnsafeMutablePointer<Scalar>, t: UnsafeMutablePointer<Scalar>

  /// Factors columns from the diagonal down.
  func factorize(_ panel: Range<Int>) {
    let j = panel.lowerBound, size = min(blockSize, panel.count, m - j)
    var work: [Scalar] = zeros(size * panel.count)
    positiveInfo(
      "geqrt",
      Scalar.routines.geqrt(m - j, panel.count, size, v + j * m + j, m, t + j * blockSize, blockSize, &work))
  }

  /// The triangle T of a block of reflectors.
  func combine(_ block: Range<Int>, _ tau: [Scalar]) {
    let j = block.lowerBound
    _ = tau.withUnsafeBufferPointer { tau in
      positiveInfo(
        "larft",
        Scalar.routines.larft(
          m - j, block.count, v + j * m + j, m, tau.baseAddress! + j, t + j * blockSize, blockSize))
    }
  }

  /// Multiplies columns, which are `stride` elements apart or m, by the reflectors of a panel or by their transpose.
  func multiply(
    _ columns: UnsafeMutablePointer<Scalar>, _ columnCount: Int, _ panel: Range<Int>, _ op: Transpose,
    stride: Int? = nil
  ) {
    let j = panel.lowerBound, size = min(blockSize, panel.count)
    var work: [Scalar] = zeros(size * columnCount)
    positiveInfo(
      "gemqrt",
      Scalar.routines.gemqrt(
        op, m - j, columnCount, panel.count, size, v + j * m + j, m, t + j * blockSize, blockSize,
        columns + j, stride ?? m, &work))
  }
}

/// Columns that threads divide. Safe: each writes columns of its own.
private struct SharedColumns<Scalar>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>
}

/// A range cut into pieces of a width, the last one narrower.
func chunks(_ range: Range<Int>, _ width: Int) -> [Range<Int>] {
  stride(from: range.lowerBound, to: range.upperBound, by: width).map {
    $0..<min($0 + width, range.upperBound)
  }
}
