/// A dense matrix stored column after column without gaps, as LAPACK reads it.
struct ColumnMajor<Scalar: BLASScalar>: Sendable {
  let rowCount: Int, columnCount: Int
  var elements: [Scalar]

  init(rowCount: Int, columnCount: Int, elements: [Scalar]) {
    precondition(elements.count == rowCount * columnCount)
    (self.rowCount, self.columnCount, self.elements) = (rowCount, columnCount, elements)
  }

  /// A matrix of zeros.
  init(zeros rowCount: Int, _ columnCount: Int) {
    (self.rowCount, self.columnCount) = (rowCount, columnCount)
    elements = zeros(rowCount * columnCount)
  }

  /// The same matrix in the other order.
  init(_ matrix: some RowMajor<Scalar>) { self.init(matrix, matrix.shape) }

  /// The same matrix in the other order, whose shape was asked for before.
  init(_ matrix: some RowMajor<Scalar>, _ shape: Shape) {
    (rowCount, columnCount) = (shape.rows, shape.columns)
    elements = columnMajorElements(of: matrix, shape, leadingDimension: rowCount)
  }

  /// The transpose of a matrix: its rows become columns, without moving an element.
  init(transposing matrix: some RowMajor<Scalar>) {
    let shape = matrix.shape
    (rowCount, columnCount) = (shape.columns, shape.rows)
    elements = matrix.withUnsafeElements(of: shape) { Array($0) }
  }

  var shape: Shape { Shape(rowCount, columnCount) }

  /// The same matrix in the other order.
  var rowMajor: Matrix<Scalar> {
    Matrix(columnMajor: elements, rows: rowCount, columns: columnCount, leadingDimension: rowCount)
  }

  /// The transpose, row by row, without moving an element.
  var transposed: Matrix<Scalar> { Matrix(rows: columnCount, columns: rowCount, elements: elements) }

  /// The elements on the main diagonal.
  var diagonal: [Scalar] { (0..<min(rowCount, columnCount)).map { elements[$0 * rowCount + $0] } }

  /// ‖A‖₁: the largest sum of magnitudes in a column; 0 for an empty matrix.
  var norm1: Scalar {
    elements.withUnsafeBufferPointer { elements in
      guard rowCount > 0, let start = elements.baseAddress else { return 0 }
      return (0..<columnCount).reduce(0) { max($0, Scalar.routines.asum(rowCount, start + $1 * rowCount)) }
    }
  }

  /// Whether every element off the diagonal is zero.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func isDiagonal() -> Bool {
    for j in 0..<columnCount {
      for i in 0..<rowCount where i != j && elements[j * rowCount + i] != 0 { return false }
    }
    return true
  }

  /// The first `count` rows, row by row.
  func firstRows(_ count: Int) -> Matrix<Scalar> {
    Matrix(columnMajor: elements, rows: count, columns: columnCount, leadingDimension: rowCount)
  }

  /// The first `count` columns without their first element.
  func withoutFirstRow(columns count: Int) -> ColumnMajor {
    let height = rowCount - 1
    var result = ColumnMajor(zeros: height, count)
    if height == 0 || count == 0 { return result }
    result.elements.withUnsafeMutableBufferPointer { target in
      elements.withUnsafeBufferPointer { source in
        for j in 0..<count {
          (target.baseAddress! + j * height).update(
            from: source.baseAddress! + j * rowCount + 1, count: height)
        }
      }
    }
    return result
  }

  /// The first `count` rows on and above the diagonal, zeros below it: count × columns.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func upperTrapezoid(rows count: Int) -> ColumnMajor {
    var result = ColumnMajor(zeros: count, columnCount)
    for j in 0..<columnCount {
      for i in 0..<min(j + 1, count) { result.elements[j * count + i] = elements[j * rowCount + i] }
    }
    return result
  }

  /// The first `count` columns below the diagonal, ones on it, zeros above: rows × count.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func unitLowerTrapezoid(columns count: Int) -> ColumnMajor {
    var result = ColumnMajor(zeros: rowCount, count)
    for j in 0..<count {
      result.elements[j * rowCount + j] = 1
      for i in j + 1..<max(j + 1, rowCount) { result.elements[j * rowCount + i] = elements[j * rowCount + i] }
    }
    return result
  }
}

extension ColumnMajor {
  /// A symmetric matrix, of which what lies above the diagonal is set to zero.
  ///
  /// - Parameter triangle: the triangle to read; nil for the upper one of two that are equal but for rounding, as those
  ///   of a product A Aᵀ: up to n ε max |A|.
  init(
    symmetric matrix: some RowMajor<Scalar>, _ triangle: Triangle?, _ routine: StaticString
  ) throws(LAPACKError) {
    // The upper triangle row by row is the lower one column by column.
    self = triangle == .lower ? ColumnMajor(matrix) : ColumnMajor(transposing: matrix)
    require(rowCount == columnCount, "\(routine): A is \(Shape(rowCount, columnCount)), not square")
    if triangle == nil {
      try checkFinite(matrix, "A")
      let n = columnCount
      func firstAsymmetry(_ tolerance: Scalar) -> (row: Int, column: Int)? {
        elements.withUnsafeBufferPointer { LinearAlgebra.firstAsymmetry($0, n, tolerance: tolerance) }
      }
      if firstAsymmetry(0) != nil,
        let (row, column) = firstAsymmetry(Scalar(n) * Scalar.ulpOfOne * matrix.norm(.max))
      {
        throw .notSymmetric(row: row, column: column)
      }
    }
    clearUpperTriangle()
    if triangle != nil, let (column, row) = transposed.firstNonFinite() {
      throw triangle == .lower
        ? .nonFinite(argument: "A", row: row, column: column)
        : .nonFinite(argument: "A", row: column, column: row)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func clearUpperTriangle() {
    elements.withUnsafeMutableBufferPointer { a in
      for j in 0..<columnCount {
        for i in 0..<min(j, rowCount) { a[j * rowCount + i] = 0 }
      }
    }
  }

  /// ‖A‖₁ of a symmetric matrix, given by what lies on and below the diagonal.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func symmetricNorm1() -> Scalar {
    var sums: [Scalar] = zeros(columnCount)
    for j in 0..<columnCount {
      sums[j] += abs(elements[j * rowCount + j])
      for i in j + 1..<max(j + 1, rowCount) {
        let magnitude = abs(elements[j * rowCount + i])
        sums[i] += magnitude
        sums[j] += magnitude
      }
    }
    return sums.max() ?? 0
  }

  /// Copies the triangle below the diagonal to above it.
  mutating func mirrorLowerTriangle() {
    // Row by row it is the upper one.
    elements.withUnsafeMutableBufferPointer { mirrorUpperTriangle(of: $0, order: rowCount) }
  }
}

/// The first place above the diagonal, by tiles, where a square matrix of order n is not symmetric up to a tolerance.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func firstAsymmetry<Scalar: BLASScalar>(
  _ a: UnsafeBufferPointer<Scalar>, _ n: Int, tolerance: Scalar
) -> (row: Int, column: Int)? {
  let tile = 32
  for top in stride(from: 0, to: n, by: tile) {
    for left in stride(from: top, to: n, by: tile) {
      for i in top..<min(top + tile, n) {
        for j in max(left, i + 1)..<max(left, i + 1, min(left + tile, n)) {
          let (above, below) = (a[i * n + j], a[j * n + i])
          if above != below && !(abs(above - below) <= tolerance) { return (i, j) }
        }
      }
    }
  }
  return nil
}

/// So many zeros. A generic `Array(repeating:count:)` stores them one by one.
func zeros<Scalar: BLASScalar>(_ count: Int) -> [Scalar] {
  [Scalar](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    UnsafeMutableRawBufferPointer(
      rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(count * MemoryLayout<Scalar>.stride)]
    )
    .initializeMemory(as: UInt8.self, repeating: 0)
    initializedCount = count
  }
}
