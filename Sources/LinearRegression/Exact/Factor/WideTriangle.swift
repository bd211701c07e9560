internal import LinearAlgebra

/// Triangles of so many columns that threads divide one factorisation or inversion among them: by blocks of columns,
/// which follow from the shape alone, so that the bits are the same for any number of threads.
extension UpperTriangularMatrix<Double> {
  /// Whether a triangle of this order is wide.
  static func isWide(_ order: Int) -> Bool { order > TriangleUpdate.largestPreconditioned }

  /// The factor of R with rows stacked below it: R ← the R of the QR factorisation of [R; B].
  ///
  /// - Parameters:
  ///   - rows: number of rows of B.
  ///   - b: B, column-major, columns `leadingDimension` elements apart; overwritten.
  /// - Complexity: 2 p² rows flops. Uses `dtpqrt` and `dtpmqrt`.
  mutating func stackInPanels(
    rows: Int, _ b: UnsafeMutablePointer<Double>, leadingDimension: Int, threads: Int
  ) {
    if order == 0 || rows == 0 { return }
    let order = order
    withUnsafeMutableColumns { r in
      let r = r.baseAddress!
      inPanels(columns: order, until: order, threads: threads) { panel, inner, t in
        let j = panel.lowerBound
        var work: [Double] = zeros(inner * panel.count)
        positiveInfo(
          "tpqrt",
          Double.routines.tpqrt(
            rows, panel.count, 0, min(inner, panel.count), r + j * order + j, order, b + j * leadingDimension,
            leadingDimension,
            t, inner, &work))
      } reflect: { columns, panel, inner, t in
        let (i, j) = (panel.lowerBound, columns.lowerBound)
        var work: [Double] = zeros(inner * columns.count)
        positiveInfo(
          "tpmqrt",
          Double.routines.tpmqrt(
            rows, columns.count, panel.count, min(inner, panel.count), b + i * leadingDimension,
            leadingDimension, t, inner,
            r + j * order + i, order, b + j * leadingDimension, leadingDimension, &work))
      }
    }
  }

  /// R ← the R of the QR factorisation of fewer rows than there are columns; its last rows are zeros.
  ///
  /// - Parameters: as ``stackInPanels(rows:_:leadingDimension:threads:)``
  /// - Complexity: 2 rows² (p − rows/3) flops. Uses `dgeqrt` and `dgemqrt`.
  mutating func factorizeInPanels(
    rows: Int, _ b: UnsafeMutablePointer<Double>, leadingDimension: Int, threads: Int
  ) {
    precondition(rows <= order)
    let order = order
    inPanels(columns: order, until: rows, threads: threads) { panel, inner, t in
      let j = panel.lowerBound
      var work: [Double] = zeros(inner * panel.count)
      positiveInfo(
        "geqrt",
        Double.routines.geqrt(
          rows - j, panel.count, min(inner, panel.count, rows - j), b + j * leadingDimension + j,
          leadingDimension, t, inner,
          &work))
    } reflect: { columns, panel, inner, t in
      let (i, j) = (panel.lowerBound, columns.lowerBound), reflections = min(panel.count, rows - i)
      var work: [Double] = zeros(inner * columns.count)
      positiveInfo(
        "gemqrt",
        Double.routines.gemqrt(
          .transpose, rows - i, columns.count, reflections, min(inner, reflections),
          b + i * leadingDimension + i, leadingDimension, t, inner, b + j * leadingDimension + i,
          leadingDimension, &work))
    }
    withUnsafeMutableColumns { r in
      for j in 0..<order {
        for i in 0...j { r[j * order + i] = i < rows ? b[j * leadingDimension + i] : 0 }
      }
    }
  }

  /// R⁻¹, on all threads where R is wide: block by block of the columns of R X = I, of which what is below the diagonal
  /// stays zero.
  ///
  /// - Throws: ``LAPACKError/singular(index:)`` where an element of the diagonal is zero.
  /// - Complexity: p³/3 flops. Uses `dtrtrs`.
  func inverseOnAllThreads() throws(LAPACKError) -> UpperTriangularMatrix {
    if !Self.isWide(order) { return try inverse() }
    if let index = (0..<order).first(where: { self[$0, $0] == 0 }) { throw .singular(index: index) }
    let order = order, width = 64, count = (order + width - 1) / width
    var result = UpperTriangularMatrix(order: order)
    withUnsafeColumns { r in
      result.withUnsafeMutableColumns { x in
        let (r, x) = (r.baseAddress!, x.baseAddress!)
        forEachRound(count, threads: Parallelism.threads) { index in
          // The last columns take longest, and are first.
          let start = (count - 1 - index) * width, end = min(start + width, order)
          for j in start..<end { x[j * order + j] = 1 }
          positiveInfo(
            "trtrs",
            Double.routines.trtrs(
              upperTriangle, .none, end, end - start, r, order, x + start * order, order))
        } next: {
          nil
        }
      }
    }
    return result
  }
}

/// A QR factorisation by panels of columns: when one is factorised, its reflections go to the columns behind it, block
/// by block on all threads; the first block is the next panel, and is factorised at once (Kurzak and Dongarra 2007,
/// "look-ahead").
///
/// - Parameters:
///   - limit: the first column that needs no reflection of its own.
///   - factorize: factorises a panel, by so many columns at a time, and writes the triangles of the reflections.
///   - reflect: applies the reflections of a panel to columns behind it.
private func inPanels(
  columns: Int, until limit: Int, threads: Int,
  factorize: @escaping (_ panel: Range<Int>, _ inner: Int, _ t: UnsafeMutablePointer<Double>) -> Void,
  reflect:
    @escaping (
      _ columns: Range<Int>, _ panel: Range<Int>, _ inner: Int, _ t: UnsafePointer<Double>
    ) -> Void
) {
  // The widths that were fastest for orders from 600 to 5000.
  let (width, inner, blockWidth) = (64, 32, 256)
  let triangles = Scratch<Double>(inner * columns, repeating: 0)
  func range(from start: Int, _ width: Int) -> Range<Int> { start..<min(start + width, columns) }
  func t(_ panel: Range<Int>) -> UnsafeMutablePointer<Double> {
    triangles.pointer! + inner * panel.lowerBound
  }
  var panel = range(from: 0, width)
  factorize(panel, inner, t(panel))
  /// The columns behind the panel, a block for each task.
  func tasks() -> Int {
    let behind = columns - panel.upperBound
    return behind == 0 ? 0 : 1 + (max(0, behind - width) + blockWidth - 1) / blockWidth
  }
  forEachRound(tasks(), threads: threads) { index in
    let next = range(from: panel.upperBound, width)
    if index > 0 {
      let block = range(from: next.upperBound + (index - 1) * blockWidth, blockWidth)
      return reflect(block, panel, inner, t(panel))
    }
    reflect(next, panel, inner, t(panel))
    if next.lowerBound < limit { factorize(next, inner, t(next)) }
  } next: {
    panel = range(from: panel.upperBound, width)
    return panel.lowerBound < limit && !panel.isEmpty ? tasks() : nil
  }
}
