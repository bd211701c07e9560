extension UpperTriangularMatrix {
  /// The width of the panels that were fastest, for orders from 50 to 2000.
  private var panelWidth: Int { min(order, order < 160 ? 8 : 32) }

  /// Elements of work space that adding rows takes.
  package var rowsWorkspaceCount: Int { 2 * panelWidth * order }

  /// The factor of R with rows stacked below it: R ← the R of the QR factorisation of [R; B].
  ///
  /// - Parameters:
  ///   - rows: number of rows of B.
  ///   - b: B, column-major, columns `leadingDimension` elements apart; overwritten.
  ///   - triangular: whether B is upper triangular with as many rows as R.
  ///   - work: room for ``rowsWorkspaceCount`` elements.
  /// - Complexity: 2 p² rows flops, 2/3 p³ for a triangle; no allocation. Uses `?tpqrt`.
  package mutating func stack(
    rows: Int, _ b: UnsafeMutablePointer<Scalar>, leadingDimension: Int, isTriangular: Bool = false,
    work: UnsafeMutablePointer<Scalar>
  ) {
    if order == 0 || rows == 0 { return }
    precondition(!isTriangular || rows == order)
    let (order, panel) = (order, panelWidth)
    withUnsafeMutableColumns {
      _ = positiveInfo(
        "tpqrt",
        Scalar.routines.tpqrt(
          rows, order, isTriangular ? order : 0, panel, $0.baseAddress!, order, b, leadingDimension, work,
          panel, work + panel * order))
    }
  }

  /// R ← the R of the QR factorisation of B.
  ///
  /// - Parameters:
  ///   - rows: number of rows of B; where there are fewer than columns, the last rows of R are zeros.
  ///   - b: B, column-major, columns `leadingDimension` elements apart; overwritten.
  /// - Complexity: 2 p² (rows − p/3) flops, 2 rows² (p − rows/3) for fewer rows than columns. Uses `?geqrf`.
  package mutating func factorize(rows: Int, _ b: UnsafeMutablePointer<Scalar>, leadingDimension: Int) {
    if order == 0 { return }
    let order = order
    var tau = [Scalar](repeating: 0, count: max(1, min(rows, order)))
    if rows > 0 {
      tau.withUnsafeMutableBufferPointer { tau in
        _ = withWorkspace("geqrf") { work, count in
          Scalar.routines.geqrf(rows, order, b, leadingDimension, tau.baseAddress!, work, count)
        }
      }
    }
    withUnsafeMutableColumns { r in
      for j in 0..<order {
        for i in 0...j { r[j * order + i] = i < rows ? b[j * leadingDimension + i] : 0 }
      }
    }
  }

  /// The factor of R with a matrix of columns stacked below it.
  ///
  /// - Parameter columns: B, column-major without gaps.
  package mutating func stack(rows: Int, columns: consuming [Scalar]) {
    stack(rows: rows, columns: columns, isTriangular: false)
  }

  /// The factor of R with another factor of the same order stacked below it.
  /// - Complexity: 2/3 p³ flops. Uses `?tpqrt`.
  package mutating func stack(_ other: UpperTriangularMatrix) {
    precondition(other.order == order)
    stack(rows: order, columns: other.columnMajorElements, isTriangular: true)
  }

  private mutating func stack(rows: Int, columns: consuming [Scalar], isTriangular: Bool) {
    precondition(columns.count == rows * order)
    var work = [Scalar](repeating: 0, count: rowsWorkspaceCount)
    columns.withUnsafeMutableBufferPointer { columns in
      work.withUnsafeMutableBufferPointer { work in
        guard let columns = columns.baseAddress, let work = work.baseAddress else { return }
        stack(rows: rows, columns, leadingDimension: rows, isTriangular: isTriangular, work: work)
      }
    }
  }
}
